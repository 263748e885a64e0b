import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.evidence import (
    agreement_panel,
    board_view,
    controls,
    fidelity_panel,
    method_maps_panel,
    sanity_panel,
    shell_lines,
    what_if_panel,
)
from kdviz.ui.shell.frame import command, link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links, run_switch

run = run_switch.finished_run("evidence", say("evidence none"))
try:
    this = controls.choose(run)
    epoch = controls.epoch(this)
    board_view.show_board(this, epoch)
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
    st.markdown(page_links.question_links("cam", "attention", "fam", "control", "chance", "fidelity"))
    command(shell_lines.evidence(this, epoch, panel))
except UserError as wrong:
    st.warning(sentence(wrong), title=say("evidence refused"))
    link("distill", say("page distill"))
