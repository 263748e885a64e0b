from kdviz.ui.shell import ensure

ensure(__file__)

import streamlit as st  # noqa: E402

from kdviz.errors import UserError  # noqa: E402
from kdviz.ui import cached, chosen, distilling, live  # noqa: E402

st.title("Distill")
st.caption("Teach a small model, and keep a from-scratch control beside it.")
data = chosen.data()
st.markdown(
    f"Data: **{len(data.classes)} classes**, {data.train.size} series to learn from, {data.test.size} to test on."
)
run = chosen.run()
if run is not None:
    with st.container(border=True, key="live"):
        live.panel(run)
try:
    row = distilling.pick_method(cached.catalogue()["methods"])
    wish, settings = distilling.wishes(row, data)
    if st.button("Start", type="primary", key="start", icon=":material/play_arrow:"):
        distilling.begin(data, wish, settings)
        st.rerun()
    st.code(distilling.command(chosen.data_id(), wish, settings), language="bash")
except UserError as sentence:
    st.error(str(sentence), title="This cannot start so")
