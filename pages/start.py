import streamlit as st

from kdviz.ui import starting
from kdviz.ui.shell import link
from kdviz.ui.words import say

st.title("Does the small model look where its teacher looks?")
st.markdown(say("start"))
st.caption(say("start how"))
starting.cards()
with st.container(horizontal=True):
    link("data", "Bring your own series")
