import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import chosen, run_detail, runs_page
from kdviz.ui.escape import sentence

st.title("Runs")
st.caption("Everything that was trained here: find it, open it, go on with it, hand it over.")
runs_page.just_deleted()
runs_page.table()
run = chosen.run()
if run is not None:
    try:
        with st.container(border=True):
            run_detail.show(run)
    except UserError as wrong:
        st.warning(sentence(wrong), title="This run cannot be shown")
runs_page.bring()
runs_page.room()
