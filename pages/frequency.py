import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui import frequency
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.widgets import page_links

st.title("Frequency")
st.caption("Which frequencies do teacher and student hear, and which of them carry the decision?")
run = current.run()
if run is None or run.final is None:
    why = "Nothing trained on this data yet." if run is None else "This run is not finished yet."
    st.info(why, title="Nothing to hear yet")
    link("distill", "Train now")
    st.stop()
current.data_of(run)
try:
    this = frequency.choose(run)
    st.subheader("What are their features made of?")
    words, arrays = frequency.spectra(this)
    st.subheader(f"What does the filter do? {page_links.help_link('fam')}")
    frequency.show_filters(words, arrays)
    st.subheader("Which frequencies carry the decision?")
    cut = frequency.cut(this, arrays)
    frequency.show_bands(this, cut)
    st.subheader("Which frequencies does the evidence share?")
    frequency.coherence(this)
    command(frequency.frequency(this, cut))
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
    link("distill", "Distill")
