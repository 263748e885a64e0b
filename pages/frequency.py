import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import asking, chosen, filtering, frequency, reproducing
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command, link

st.title("Frequency")
st.caption("Which frequencies do teacher and student hear, and which of them carry the decision?")
run = chosen.run()
if run is None or run.final is None:
    why = "Nothing trained on this data yet." if run is None else "This run is not finished yet."
    st.info(why, title="Nothing to hear yet")
    link("distill", "Train now")
    st.stop()
chosen.data_of(run)
try:
    this = frequency.choose(run)
    st.subheader("What are their features made of?")
    words, arrays = frequency.spectra(this)
    st.subheader(f"What does the filter do? {asking.mark('fam')}")
    filtering.show(words, arrays)
    st.subheader("Which frequencies carry the decision?")
    cut = frequency.cut(this, arrays)
    frequency.carried(this, cut)
    st.subheader("Which frequencies does the evidence share?")
    frequency.coherence(this)
    command(reproducing.frequency(this, cut))
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
    link("distill", "Distill")
