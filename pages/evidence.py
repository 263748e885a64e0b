import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import chosen, looking, scrubbing
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command, link

st.title("Evidence")
st.caption("Does the student look where its teachers look?")
run = chosen.run()
if run is None or run.final is None:
    words = "Nothing trained on this data yet." if run is None else "This run is not finished yet."
    st.info(words, title="No evidence yet")
    link("distill", "Train now")
    st.stop()
try:
    this = looking.choose(run)
    epoch = scrubbing.epoch(this)
    looking.show(this, epoch)
    st.subheader("When did it begin to look there?")
    scrubbing.show(this, epoch)
    command(f"python -m kdviz evidence {run.folder} --out maps.npz")
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
