"""The run's frequencies without leaving its board: spectra of the whole test set, the filter, and shared evidence."""

from __future__ import annotations

from kdviz.ui.shell.frame import link
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import spectra_panel
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.spectra_panel import FrequencySelection


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
