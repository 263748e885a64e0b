import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import asking, chosen, encoding, further, picking
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command, link
from kdviz.ui.words import say

st.title("Encode")
st.caption(say("encode"))
data = chosen.data()
which, of = st.columns(2)
with which:
    number = picking.series(data)
with of:
    channel = picking.channel(data)
name = encoding.pick_view()
lens = st.container()
left, right = st.columns([1, 2.4], gap="large")
with left:
    settings = encoding.pick_settings(name)
looked = encoding.Chosen(data, number, channel, name, settings)
try:
    with lens:
        encoding.look_through(looked)
    with right:
        further.show(looked)
except UserError as wrong:
    st.warning(sentence(wrong), title=say("cannot be seen"))
st.markdown(asking.asked("gaf", "persistence"))
st.caption(say("same in shell"))
command(encoding.command(chosen.data_id(), looked))
link("distill", "Teach with it")
