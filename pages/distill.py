import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.distill import live_run, setup
from kdviz.ui.shell.frame import command
from kdviz.ui.state import cache, current, launch
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links

st.title(say("page distill"))
st.caption(say("distill"))
data = current.data()
run = current.run()
try:
    setup.about(data)
    st.markdown(page_links.question_links("kd", "control", "eskd"))
    rows = cache.catalogue()["methods"]
    row = setup.pick_method(rows)
    asked, learning = st.columns([2, 3], gap="large")
    with learning, st.container(border=True, key="live"):
        if run is None:
            live_run.nothing_yet()
        else:
            live_run.panel(run)
    with asked:
        wish, settings = setup.wishes(row, data)
        cannot = setup.refused(row, wish, data)
        if st.button(say("begin"), key="start", icon=":material/play_arrow:", disabled=cannot):
            launch.begin(data, wish, settings)
            st.rerun()
        setup.disabled(rows, wish)
    command(setup.command(data, wish, settings))
except UserError as wrong:
    st.error(sentence(wrong), title=say("cannot start"))
