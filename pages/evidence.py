import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import chosen, looking
from kdviz.ui.escape import sentence
from kdviz.ui.shell import link

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
    looking.show(this, None)
    st.code(f"python -m kdviz evidence {run.folder} --out maps.npz", language="bash")
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
