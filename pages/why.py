import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state.watched import watch_of_link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.why import why_view

st.title(say("page why"))
st.caption(say("why asks"))
run = watch_of_link()
try:
    if run is None or run.final is None:
        st.info(say("why no run"))
    else:
        at = why_view.choose(run)
        why_view.show(run, at)
        command(f"python -m kdviz why {run.folder.name} --at {at} --out maps.npz")
except UserError as wrong:
    st.warning(sentence(wrong), title=say("why refused"))
link("watch", say("page watch"))
