from kdviz.ui.shell import ensure

ensure(__file__)

import streamlit as st  # noqa: E402

from kdviz.errors import UserError  # noqa: E402
from kdviz.ui import cached, chosen, looking  # noqa: E402

st.title("Evidence")
st.caption("Does the student look where its teachers look?")
run = chosen.run()
if run is None or run.final is None:
    st.info(
        "Nothing trained on this data yet." if run is None else "This run is not finished yet.", title="No evidence yet"
    )
    st.page_link("pages/distill.py", label="Train now", icon=":material/model_training:")
    st.stop()
try:
    data = cached.dataset_of(run)
    looking.show(run, data, looking.choose(data, cached.catalogue()["extractors"]))
    st.code(f"python -m kdviz evidence {run.folder} --out maps.npz", language="bash")
except UserError as sentence:
    st.warning(str(sentence), title="This cannot be shown")
