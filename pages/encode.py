import streamlit as st

from kdviz.ui import chosen, encoding, picking
from kdviz.ui.shell import link
from kdviz.ui.words import say

st.title("Encode")
st.caption(say("encode"))
data = chosen.data()
which, of = st.columns(2)
with which:
    number = picking.series(data)
with of:
    channel = picking.channel(data)
left, right = st.columns([1, 2], gap="large")
with left:
    name, settings = encoding.pick_view()
with right:
    encoding.show(data, number, channel, name, settings)
st.caption(say("same in shell"))
st.code(encoding.command(chosen.data_id(), data, name, settings), language="bash")
link("distill", "Teach with it")
