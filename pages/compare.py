import streamlit as st

from kdviz.ui.compare import compare_view
from kdviz.ui.widgets.page_links import views

st.title("Compare")
st.caption("Is one method better than another, at what price, and how sure may one be?")
views("compare")
compare_view.show_comparison()
