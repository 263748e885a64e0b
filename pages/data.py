import streamlit as st

from kdviz.ui import asking, chosen, hosted, reading, surveying
from kdviz.ui.shell import link
from kdviz.ui.words import say

st.title("Data")
st.caption(say("data"))
reading.bring()
hosted.note()
data = chosen.data()
reading.explain(data)
surveying.numbers(data)
surveying.classes(data)
surveying.one(data)
surveying.table(data)
st.markdown(asking.asked("gaf", "persistence", "kd"))
with st.container(horizontal=True):
    link("encode", "See it as images")
    link("distill", "Teach with it")
hosted.yours()
