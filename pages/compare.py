import streamlit as st

from kdviz.ui.compare import compare_view
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets.page_links import views

header = st.container(horizontal=True, vertical_alignment="center", gap="small")
with header:
    st.title(say("page compare"), anchor=False, width="content")
    views("compare", titled=True)
compare_view.show_comparison(header)
