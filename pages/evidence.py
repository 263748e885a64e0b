import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.evidence import (
    agreement_panel,
    fidelity_panel,
    method_maps_panel,
    sanity_panel,
    shell_lines,
    what_if_panel,
)
from kdviz.ui.shell import presenter
from kdviz.ui.shell.frame import command, link
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import board_controls, board_view, page_links, run_switch

page = st.container(gap="xsmall")
with page:
    above, below = st.container(key="board_above"), st.container(gap="xsmall")
    place, drawn = (below, above) if presenter.on() else (above, below)
    with place:
        header = st.container(key="board_header", horizontal=True, vertical_alignment="center", gap="xsmall")
    run = run_switch.finished_run("evidence", say("evidence none"), header)
try:
    this = board_controls.choose(run, header, lambda: run_switch.beside(run))
    epoch = board_controls.epoch(this)
    with drawn:
        board_view.show_board(this, epoch)
    with page:
        panel = board_controls.panel(this)
        match panel:
            case "what_if":
                what_if_panel.show_what_if(this, epoch)
            case "true":
                sanity_panel.show_sanity(this)
            case "fidelity":
                fidelity_panel.show_fidelity(this)
            case "own":
                method_maps_panel.show_method_maps(this)
            case "frequency":
                method_maps_panel.show_frequency(this)
            case _:
                agreement_panel.show_agreement(this, epoch)
        page_links.questions("cam", "attention", "fam", "control", "chance", "fidelity")
        command(shell_lines.evidence(this, epoch, panel))
except UserError as wrong:
    st.warning(sentence(wrong), title=say("evidence refused"))
    link("distill", say("page distill"))
