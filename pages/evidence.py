import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import cached, chosen, looking
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
    data = cached.dataset_of(run)
    looking.show(run, data, looking.choose(data, cached.catalogue()["extractors"]))
    st.code(f"python -m kdviz evidence {run.folder} --out maps.npz", language="bash")
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
