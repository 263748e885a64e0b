import streamlit as st

from kdviz.ui import learn
from kdviz.ui.state import cache, current
from kdviz.ui.texts.sentences import say

st.title(say("page learn"))
st.caption(say("learn"))
st.markdown(say("on this page"))
learn.concepts(current.data())
learn.methods(cache.catalogue()["methods"])
learn.glossary()
learn.limits()
