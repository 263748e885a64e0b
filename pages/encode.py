import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.encode import sections, view_choice
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links, series_picker

st.title(say("page encode"))
st.caption(say("encode"))
data = current.data()
which, of = st.columns(2)
with which:
    number = series_picker.series(data)
with of:
    channel = series_picker.channel(data)
name = view_choice.pick_view()
lens = st.container()
left, right = st.columns([1, 2.4], gap="large")
with left:
    settings = view_choice.pick_settings(name)
looked = view_choice.ViewSelection(data, number, channel, name, settings)
try:
    with lens:
        view_choice.look_through(looked)
    with right:
        sections.show_sections(looked)
except UserError as wrong:
    st.warning(sentence(wrong), title=say("cannot be seen"))
page_links.questions("gaf", "persistence")
st.caption(say("same in shell"))
command(view_choice.command(current.data_id(), looked))
link("distill", say("teach with it"))
