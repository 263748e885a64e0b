import streamlit as st

from kdviz.ui.data import my_data, open_file, overview
from kdviz.ui.shell.frame import go, link
from kdviz.ui.state import current
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.upload import TO_WATCH

st.title(say("page data"))
st.caption(say("data"))
open_file.bring()
my_data.note()
data = current.data()
with st.container(horizontal=True, key="onwards"):
    if not data.labelled and st.button(say("watch it instead"), key="watch_this", icon=":material/monitor_heart:"):
        st.session_state[TO_WATCH] = True
        go("watch")
    link("encode", say("see as images"))
    link("distill", say("teach with it"))
open_file.explain(data)
overview.one(data)
overview.numbers(data)
overview.classes(data)
overview.table(data)
page_links.questions("gaf", "persistence", "kd")
my_data.yours()
