"""A series as each modality sees it: choosing the view and its knobs, drawing it, saying what it forgets."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures import image, series
from kdviz.modalities.base import Modality, modalities, modality
from kdviz.params import Value, knobs
from kdviz.ui.escape import plain, sentence
from kdviz.ui.form import ask
from kdviz.ui.linked import one_of
from kdviz.ui.surveying import BAR, unit
from kdviz.ui.words import say

FIRST = ("gaf", "persistence", "signal")
UPRIGHT = "persistence"


def pick_view() -> tuple[str, dict[str, Value]]:
    """Which modality, and its knobs where they differ from their defaults."""
    kinds = modalities()
    order = sorted(kinds, key=lambda i: (i not in FIRST, i))
    name = one_of(st.pills, "Seen as", {i: kinds[i].title for i in order}, "gaf", "to", required=True, wrap=True)
    kind = kinds[name]
    st.markdown(kind.idea)
    st.caption(say("forgets", what=kind.forgets))
    asked = knobs(kind.Params)
    with st.expander("Settings"):
        given = ask(asked, f"{name}_", bind="query-params")
    return name, {k.name: given[k.name] for k in asked if given[k.name] != k.default}


def show(data: Dataset, number: int, channel: int, name: str, settings: Mapping[str, Value]) -> None:
    """The signal, what the modality makes of it, and what cannot be seen in it."""
    label, of = data.classes[data.y[number]], data.channels[channel]
    drawn = series.stacked(data.times(), data.X[number, channel][None], [of], unit(data))
    st.plotly_chart(drawn, key="signal", config=BAR, alt=f"{plain(of)} of series {number} over time.")
    st.caption(say("signal itself", channel=of, series=number, label=label))
    eye = fitted(data.sha256, name, json.dumps(dict(settings), sort_keys=True), data)
    for note in eye.notes(data.X[number][None], [number]):
        st.warning(sentence(note))
    view = eye.see(data.X[number][None])[0]
    names = eye.names(data.channels)
    mine = range(channel, len(view), len(data.channels))
    shown = {names[k]: view[k] for k in mine}
    if view.ndim == 2:
        figure = series.stacked(data.times(), np.stack(list(shown.values())), list(shown), unit(data))
        st.plotly_chart(figure, key="view", config=BAR, alt=f"{plain(of)} as the network gets it.")
        return
    paint(shown, upright=name == UPRIGHT)
    if hasattr(eye, "pairs"):
        _diagram(eye, data.X[number], channel, {names[k]: k for k in mine})


def paint(shown: Mapping[str, Any], upright: bool) -> None:
    """The images on one colour scale, side by side where there is room, and what to see in them."""
    axes = ("birth", "lifetime") if upright else ("pixel", "pixel")
    scale = image.scale(list(shown.values()))
    for number, (column, (name, plane)) in enumerate(zip(st.columns(len(shown)), shown.items(), strict=True)):
        drawn = image.plane(plane, name, axes, scale, upright)
        column.plotly_chart(drawn, key=f"view{number}", config=BAR, alt=plain(image.told(plane, name), 300))
    st.caption(say("planes pi" if upright else "planes time"))


def _diagram(eye: Any, values: Any, channel: int, looks: Mapping[str, int]) -> None:
    groups = {}
    for name, look in looks.items():
        born, died = (getattr(eye.pairs(values, look), f"{end}_sample") for end in ("birth", "death"))
        groups[name] = (values[channel, born], values[channel, died], born, died)
    counts = ", ".join(f"{plain(name)}: {group[0].size} pairs" for name, group in groups.items())
    st.plotly_chart(image.diagram(groups), key="diagram", config=BAR, alt=f"Persistence diagram. {counts}.")
    st.caption(say("diagram"))


@st.cache_resource(max_entries=32, show_spinner="Fitting to the training series")
def fitted(data: str, name: str, settings: str, _series: Dataset) -> Modality:
    """A modality with its ranges from the training set of data with this fingerprint; only looked through."""
    eye = modality(name, json.loads(settings))
    eye.fit(_series.X[_series.train])
    return eye


def command(identity: str, data: Dataset, name: str, settings: Mapping[str, Value]) -> str:
    """The shell line that writes these views of the whole data set."""
    source = f"sample:{identity}" if len(identity) != 64 else str(data.source.get("name", "FILE"))
    words = ["python -m kdviz encode", shlex.quote(plain(source, 200)), f"--to {name} --out views.npz"]
    if settings:
        words.append("--set " + " ".join(f"{k}={v}" for k, v in settings.items()))
    return " ".join(words)
