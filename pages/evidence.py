import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.evidence import (
    agreement_panel,
    controls,
    fidelity_panel,
    method_maps_panel,
    sanity_panel,
    shell_lines,
    what_if_panel,
)
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.widgets import page_links

st.title("Evidence")
st.caption("Does the student look where its teachers look, when did it begin to, and would it have done so anyway?")
run = current.run()
if run is None or run.final is None:
    words = "Nothing trained on this data yet." if run is None else "This run is not finished yet."
    st.info(words, title="No evidence yet")
    link("distill", "Train now")
    st.stop()
current.data_of(run)
try:
    this = controls.choose(run)
    epoch = controls.epoch(this)
    controls.show_board(this, epoch)
    st.markdown(page_links.question_links("cam", "attention"))
    st.header(f"When did it begin to look there? {page_links.help_link('control')}")
    controls.show_scrubber(this, epoch)
    st.header("What can be said?")
    st.markdown(page_links.question_links("chance", "fidelity"))
    panel = controls.panel(this)
    match panel:
        case "what_if":
            what_if_panel.show_what_if(this, epoch)
        case "true":
            sanity_panel.show_sanity(this)
        case "fidelity":
            fidelity_panel.show_fidelity(this)
        case "own":
            method_maps_panel.show_method_maps(this)
        case _:
            agreement_panel.show_agreement(this, epoch)
    command(shell_lines.evidence(this, epoch, panel))
except UserError as wrong:
    st.warning(sentence(wrong), title="This cannot be shown")
    link("distill", "Distill")
