import streamlit as st

from kdviz.ui import start
from kdviz.ui.shell.frame import link
from kdviz.ui.texts.sentences import say

st.title(say("start title"))
with st.container(key="lead_in"):
    st.markdown(say("start"))
with st.container(border=True, key="finished_run"):
    start.show_demo()
link("watch", say("start watch"))
start.drop()
start.cards()
