import streamlit as st

from kdviz.ui.data import my_data, open_file, overview
from kdviz.ui.shell.frame import link
from kdviz.ui.state import current
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links

st.title(say("page data"))
st.caption(say("data"))
open_file.bring()
my_data.note()
data = current.data()
with st.container(horizontal=True, key="onwards"):
    link("encode", say("see as images"))
    link("distill", say("teach with it"))
open_file.explain(data)
overview.one(data)
overview.numbers(data)
overview.classes(data)
overview.table(data)
page_links.questions("gaf", "persistence", "kd")
my_data.yours()
