"""What the method itself attends with, for the series that is looked at; and the frequencies of its features."""

from __future__ import annotations

import streamlit as st

from kdviz.figures.evidence_board import board
from kdviz.runs.looker.questions import BOARD, METHOD_MAPS
from kdviz.ui.shell.frame import link
from kdviz.ui.state import cache
from kdviz.ui.texts.sentences import ON_BOARD, say
from kdviz.ui.widgets import board_controls, board_rows, spectra_panel
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.drawings import mount, nothing
from kdviz.ui.widgets.spectra_panel import FrequencySelection


def show_method_maps(this: EvidenceSelection) -> None:
    """Student under its goal, and their difference; of a frequency method its filter as well, told on another page."""
    found = cache.answer(this.run, METHOD_MAPS, series=this.series)
    asked = {"extractors": list(this.wanted.extractors), "series": this.series, "target": this.target}
    one = board_rows.OneRun(this.data, this.series, cache.answer(this.run, BOARD, **asked, epoch=None), own=found)
    row = board_rows.own_row(one, this.wanted.teacher)
    st.markdown(say("evidence own", method=found.title))
    if found.spectra:
        link("frequency", say("page frequency"))
    if row is None:
        st.info(say("evidence own none"))
        return
    data, (unit, hertz) = this.data, board_rows.units(this.data)
    lines = [(name, data.X[this.series, k]) for k, name in enumerate(data.channels)]
    made = board(data.times(), unit, lines, board_controls.channel(data), [row], ON_BOARD, hertz=hertz, difference=True)
    mount("evidence_board", made, "own", on_scale_change=nothing)
    st.caption(say("evidence own means"))


def show_frequency(this: EvidenceSelection) -> None:
    """Of the last feature maps; every stage, and accuracy on either side of a cut, are on the page Frequency."""
    roles = this.networks.roles
    deepest = min(each.stages for each in roles.values()) - 1
    chosen = FrequencySelection(this.run, this.data, roles, this.series, deepest, this.wanted.teacher)
    found = spectra_panel.spectra(chosen)
    if found.filters:
        spectra_panel.show_filters(chosen, found)
    spectra_panel.coherence(chosen)
    link("frequency", say("evidence more frequency"))
