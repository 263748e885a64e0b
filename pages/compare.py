import streamlit as st

from kdviz.ui.compare import compare_view
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets.page_links import views

st.title(say("page compare"))
st.caption(say("compare"))
views("compare")
compare_view.show_comparison()
