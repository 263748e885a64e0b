import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import asking, chosen, run_detail, runs_page, trash_can
from kdviz.ui.escape import sentence
from kdviz.ui.under_runs import views

st.title("Runs")
st.caption("Everything that was trained here: find it, open it, go on with it, hand it over.")
views("runs")
trash_can.just_deleted()
runs_page.table()
st.markdown(asking.asked("control"))
run = chosen.run()
if run is not None:
    try:
        with st.container(border=True):
            run_detail.show(run)
    except UserError as wrong:
        st.warning(sentence(wrong), title="This run cannot be shown")
runs_page.bring()
trash_can.room()
