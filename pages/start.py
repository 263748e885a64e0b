import streamlit as st

from kdviz.ui import start
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import shipped_runs

st.title(say("start title"))
with st.container(key="lead_in"):
    st.markdown(say("start"))
with st.container(border=True, key="finished_run"):
    start.show_demo()
with st.container(border=True, key="finished_watch"):
    shipped_runs.show_watch()
start.drop()
start.cards()
