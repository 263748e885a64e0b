import streamlit as st

from kdviz.ui import cached, chosen, learning

st.title("Learn")
st.caption("Each word in three sentences, with a figure computed from your data.")
learning.concepts(chosen.data())
learning.methods(cached.catalogue()["methods"])
learning.limits()
