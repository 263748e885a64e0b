import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui import frequency
from kdviz.ui.shell.frame import command, link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links, run_switch

st.title(say("frequency"))
st.caption(say("frequency asks"))
run = run_switch.finished_run("frequency", say("frequency none"))
try:
    this = frequency.choose(run)
    st.subheader(say("frequency made of"))
    found = frequency.spectra(this)
    st.subheader(say("frequency filter"), help=page_links.explained("fam"))
    frequency.show_filters(this, found)
    st.subheader(say("frequency decide"))
    cut = frequency.cut(this, found)
    frequency.show_bands(this, cut)
    st.subheader(say("frequency share"))
    frequency.coherence(this)
    command(frequency.frequency(this, cut))
except UserError as wrong:
    st.warning(sentence(wrong), title=say("frequency refused"))
    link("distill", say("page distill"))
