import streamlit as st

from kdviz.ui import cached, chosen, learning, methods_told
from kdviz.ui.words import say

st.title("Learn")
st.caption(say("learn"))
st.markdown(say("on this page"))
learning.concepts(chosen.data())
methods_told.methods(cached.catalogue()["methods"])
learning.glossary()
learning.limits()
