import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.runs import run_detail, runs_list, trash_list
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.page_links import views

st.title(say("page runs"))
st.caption(say("runs"))
views("runs")
trash_list.just_deleted()
one = runs_list.table()
page_links.questions("control")
run = current.any_run()
if run is not None and one:
    try:
        with st.container(border=True):
            run_detail.show_detail(run)
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("run cannot show"))
runs_list.bring()
trash_list.room()
