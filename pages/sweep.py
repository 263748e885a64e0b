import streamlit as st

from kdviz.ui.sweep import sweep_view
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.page_links import views

st.title("Sweep")
st.caption("Many runs as one: every method with every seed, student and data set, on teachers that are trained once.")
views("sweep")
st.markdown(page_links.question_links("kd", "control"))
sweep_view.show_sweep()
