import streamlit as st

from kdviz.ui import asking, sweep_page
from kdviz.ui.under_runs import views

st.title("Sweep")
st.caption("Many runs as one: every method with every seed, student and data set, on teachers that are trained once.")
views("sweep")
st.markdown(asking.asked("kd", "control"))
sweep_page.show()
