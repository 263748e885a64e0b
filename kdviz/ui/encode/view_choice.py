"""A series as each modality sees it: choosing the view and its knobs, and the lens over what is chosen."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import streamlit as st

from kdviz.core.params import Value, knobs
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Modality, modalities, modality
from kdviz.modalities.persistence import Persistence
from kdviz.panels.panel import SeriesView
from kdviz.training.shell_command import source_words
from kdviz.ui.lens.lens import linked
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets.form import ask

FIRST = ("gaf", "persistence", "signal")
IN_TIME, NOT_IN_TIME = "gaf", "persistence"
Settings = Mapping[str, Value]


@dataclass(frozen=True)
class ViewSelection:
    """What a visitor looks at: a series, a channel, a modality; and the settings of every modality in the lens."""

    data: Dataset
    number: int
    channel: int
    name: str
    settings: Mapping[str, Settings]

    def seen(self, name: str, settings: Settings | None = None) -> SeriesView:
        """The series through one modality, with these settings or the chosen ones."""
        given = self.settings.get(name, {}) if settings is None else settings
        used = fitted(self.data.sha256, name, json.dumps(dict(given), sort_keys=True), self.data)
        return SeriesView(self.data, self.number, self.channel, name, given, used)

    @cached_property
    def now(self) -> SeriesView:
        """The series through the chosen modality."""
        return self.seen(self.name)


def pick_view() -> str:
    """Which modality."""
    kinds = modalities()
    order = sorted(kinds, key=lambda i: (i not in FIRST, i))
    return one_of(st.pills, say("seen as"), {i: kinds[i].title for i in order}, "gaf", "to", required=True, wrap=True)


def in_lens(name: str) -> tuple[str, ...]:
    """The chosen modality first, then what else the lens shows: an image in time, and persistence."""
    timed = name if modalities()[name].spans is not Modality.spans else IN_TIME
    return tuple(dict.fromkeys((name, timed, NOT_IN_TIME)))


def pick_settings(name: str) -> dict[str, Settings]:
    """Idea, loss and knobs of every modality in the lens; only what differs from the defaults is returned."""
    kind = modalities()[name]
    st.markdown(kind.idea)
    st.caption(say("forgets", what=kind.forgets))
    return {each: _knobs(each, opened=each == name) for each in in_lens(name)}


def _knobs(name: str, opened: bool) -> Settings:
    kind, asked = modalities()[name], knobs(modalities()[name].Params)
    given: dict[str, Value] = {}
    with st.expander(say("settings of", what=kind.title), expanded=opened, key=f"settings_{name}"):
        for knob in asked:
            given |= ask([replace(knob, help="")], f"{name}_", bind="query-params")
            st.caption(sentence(knob.help[:1].upper() + knob.help[1:]))
    return {k.name: given[k.name] for k in asked if given[k.name] != k.default}


def look_through(chosen: ViewSelection) -> None:
    """The lens, and what cannot be seen in it."""
    shown = {name: chosen.seen(name).eye for name in in_lens(chosen.name)}
    series = chosen.now.series[None]
    for note in dict.fromkeys(n for each in shown.values() for n in each.notes(series, [chosen.number])):
        st.warning(sentence(note))
    for name, each in shown.items():
        if better := each.remedy(series):
            st.button(better[0], key=f"mend_{name}", on_click=_take, args=(name, better[1]))
    timed = next(each for each in shown.values() if type(each).spans is not Modality.spans)
    linked(chosen.data, chosen.number, chosen.channel, timed, cast(Persistence, shown[NOT_IN_TIME]))


def _take(name: str, settings: Settings) -> None:
    st.session_state.update({f"{name}_{knob}": value for knob, value in settings.items()})


@st.cache_resource(max_entries=32, show_spinner=say("spinner fitting"))
def fitted(data: str, name: str, settings: str, _series: Dataset) -> Modality:
    """A modality with its ranges from the training set of data with this fingerprint; only looked through."""
    made = modality(name, json.loads(settings))
    made.fit(_series.X[_series.train])
    return made


def command(identity: str, chosen: ViewSelection) -> str:
    """The shell line that writes these views of the whole data set."""
    files, mapping, rest = source_words({"sample": identity} if len(identity) != 64 else chosen.data.source)
    named = shlex.join([*(one_line(file, 200) for file in files), *mapping])
    parts = ["python -m kdviz encode", named, f"--to {chosen.name} --out views.npz"]
    if settings := {**chosen.settings[chosen.name], **rest}:
        parts.append("--set " + shlex.join(f"{k}={v}" for k, v in settings.items()))
    return " ".join(parts)
