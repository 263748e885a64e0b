import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.shell.frame import command
from kdviz.ui.state import launch
from kdviz.ui.state.watched import watch_of_link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.watch import watch_setup, watch_view

st.title(say("page watch"))
st.caption(say("watch asks"))
try:
    stretch = watch_setup.choose()
    watch_setup.about(stretch)
    run = watch_of_link()
    with st.container(border=True):
        ended, asked = watch_setup.form(stretch)
        if st.button(say("begin watch"), key="begin_watch", icon=":material/play_arrow:"):
            launch.begin_watch(ended, asked)
            st.rerun()
    if run is None:
        st.info(say("watch nothing yet"))
        watch_setup.preview(ended)
    else:
        watch_view.panel(run)
    command(watch_setup.command(ended, asked) if run is None else watch_view.line(run))
except UserError as wrong:
    st.error(sentence(wrong), title=say("cannot watch"))
