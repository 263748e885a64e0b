import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui import frequency
from kdviz.ui.shell.frame import command, link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links, run_switch, spectra_panel

st.title(say("frequency"))
st.caption(say("frequency asks"))
run = run_switch.finished_run("frequency", say("frequency none"))
try:
    this = frequency.choose(run)
    st.subheader(say("frequency made of"))
    found = spectra_panel.spectra(this)
    st.subheader(say("frequency filter"), help=page_links.explained("fam"))
    spectra_panel.show_filters(this, found)
    st.subheader(say("frequency decide"))
    cut = frequency.cut(this, found)
    frequency.show_bands(this, cut)
    st.subheader(say("frequency share"))
    spectra_panel.coherence(this)
    command(frequency.frequency(this, cut))
except UserError as wrong:
    st.warning(sentence(wrong), title=say("frequency refused"))
    link("distill", say("page distill"))
