"""Where student and teachers look at one fixed series, drawn anew as each epoch ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.live_look import live_look
from kdviz.figures.palette import network_name
from kdviz.modalities.base import modalities
from kdviz.runs.store.history import looks
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import mount


def show_live_bands(run: Run, log: Sequence[Mapping[str, Any]]) -> None:
    """The bands, where any network has told where it looks; nothing before."""
    told = looks(run, log)
    try:
        data = cache.dataset_of(run) if told else None
    except UserError:
        return
    if data is None:
        return
    number = int((data.validation if data.validation.size else data.train)[0])
    shown = {
        f"{role} {view}": (role, view, len(each["look"]) > 1, each)
        for role, each in told.items()
        for view in each["look"]
    }
    names = {
        key: say_plain("band of view", network=network_name(role), view=modalities()[view].title)
        if several and view in modalities()
        else network_name(role)
        for key, (role, view, several, _) in shown.items()
    }
    epochs = {key: say_plain("band epoch", epoch=e["epoch"], epochs=e["epochs"]) for key, (_, _, _, e) in shown.items()}
    values = {key: each["look"][view] for key, (_, view, _, each) in shown.items()}
    named = one_line(data.classes[int(data.y[number])], 24)
    series = say_plain("live series", series=number, name=named)
    alt = say_plain("live alt", networks=", ".join(names.values()), series=number)
    mount("live_look", live_look(data.X[number, 0], series, values, names, epochs, alt), "live_look")
    st.caption(say("live bands"))
