import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import asking, cached, chosen, distilling, entry, live
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command

st.title("Distill")
st.caption("Teach a small model, and keep a from-scratch control beside it.")
data = chosen.data()
run = chosen.run()
try:
    distilling.about(data)
    st.markdown(asking.asked("kd", "control", "eskd"))
    rows = cached.catalogue()["methods"]
    row = distilling.pick_method(rows)
    asked, learning = st.columns([2, 3], gap="large")
    with learning, st.container(border=True, key="live"):
        if run is None:
            live.nothing_yet()
        else:
            live.panel(run)
    with asked:
        wish, settings = distilling.wishes(row, data)
        cannot = entry.refused(row, wish)
        if st.button("Start", key="start", icon=":material/play_arrow:", disabled=cannot):
            distilling.begin(data, wish, settings)
            st.rerun()
        entry.disabled(rows, wish)
    command(distilling.command(chosen.data_id(), wish, settings))
except UserError as wrong:
    st.error(sentence(wrong), title="This cannot start so")
