import streamlit as st

from kdviz.errors import UserError
from kdviz.ui import (
    asking,
    attending,
    chosen,
    fidelity,
    looking,
    numbers,
    reproducing,
    scrubbing,
    trusting,
    what_if,
)
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command, link

st.title("Evidence")
st.caption("Does the student look where its teachers look, when did it begin to, and would it have done so anyway?")
run = chosen.run()
if run is None or run.final is None:
    words = "Nothing trained on this data yet." if run is None else "This run is not finished yet."
    st.info(words, title="No evidence yet")
    link("distill", "Train now")
    st.stop()
chosen.data_of(run)
try:
    this = looking.choose(run)
    epoch = scrubbing.epoch(this)
    looking.show(this, epoch)
    st.markdown(asking.asked("cam", "attention"))
    st.header(f"When did it begin to look there? {asking.mark('control')}")
    scrubbing.show(this, epoch)
    st.header("What can be said?")
    st.markdown(asking.asked("chance", "fidelity"))
    panel = looking.panel(this)
    match panel:
        case "what_if":
            what_if.show(this, epoch)
        case "true":
            trusting.show(this)
        case "fidelity":
            fidelity.show(this)
        case "own":
            attending.show(this)
        case _:
            numbers.show(this, epoch)
    command(reproducing.evidence(this, epoch, panel))
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
    link("distill", "Distill")
