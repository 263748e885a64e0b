import streamlit as st

from kdviz.ui import opening, starting
from kdviz.ui.words import say

st.title("Does the small model look where its teacher looks?")
st.markdown(say("start"))
with st.container(border=True, key="finished_run"):
    opening.show()
starting.drop()
starting.cards()
