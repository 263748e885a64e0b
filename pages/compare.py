import streamlit as st

from kdviz.ui import compare_page
from kdviz.ui.under_runs import views

st.title("Compare")
st.caption("Is one method better than another, at what price, and how sure may one be?")
views("compare")
compare_page.show()
