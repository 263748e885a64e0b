"""The evidence page's upper part: which series, extractors, class and epoch; all side by side; the film by epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures import palette
from kdviz.figures.scrubber import scrubber
from kdviz.modalities.base import modalities
from kdviz.runs.analysis.network_answers import RunNetworks
from kdviz.runs.looker.questions import BOARD, NETWORKS, PREDICTIONS, SNAPSHOTS
from kdviz.runs.store.run import Run
from kdviz.runs.store.snapshot_file import Snapshots
from kdviz.ui.evidence import network_columns
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import Markdown, say, say_plain
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import mount, nothing

PANELS = ("numbers", "what_if", "true", "fidelity")


@dataclass(frozen=True)
class EvidenceSelection:
    """A run, its data, the series looked at, and what is wanted of it."""

    run: Run
    data: Dataset
    networks: RunNetworks
    series: int
    target: int
    wanted: network_columns.BoardOptions


def choose(run: Run) -> EvidenceSelection:
    """The controls; raises UserError where the run cannot be looked at."""
    data = cache.dataset_of(run)
    networks = cache.answer(run, NETWORKS)
    titles = {role: palette.network_name(role) for role in networks.roles}
    extractors = cache.catalogue()["extractors"]
    ideas = "\n\n".join(
        say("evidence idea", title=Markdown(e["title"]), idea=Markdown(e["idea"]), caveat=Markdown(e["caveat"]))
        for e in extractors
    )
    which, asked_of, beside, scale_of = st.columns([3, 2, 2, 2])
    with which:
        rows = network_columns.pick_extractors(network_columns.offered(extractors, networks.roles), ideas)
    with asked_of:
        target = network_columns.pick_class(data)
    with beside:
        teacher = series_picker.against(networks.roles, titles, networks.reference)
    with scale_of:
        scale = network_columns.pick_scale()
    series = series_picker.walk(run, data, teacher, rows[0])
    answer = int(cache.answer(run, PREDICTIONS).probability["student"][data.test == series][0].argmax())
    wanted = network_columns.BoardOptions(rows, target, scale, teacher)
    return EvidenceSelection(
        run, data, networks, series, network_columns.class_of(target, data, series, answer), wanted
    )


def show_board(this: EvidenceSelection, epoch: int | None) -> None:
    """Everybody side by side, at an epoch of the student's; what is brushed goes into the link."""
    wanted = this.wanted
    shown = cache.answer(
        this.run, BOARD, extractors=list(wanted.extractors), series=this.series, target=this.target, epoch=epoch
    )
    channel = series_picker.channel(this.data)
    made = network_columns.columns(this.data, this.series, shown, wanted, epoch)
    if wanted.scale == "own":
        st.warning(say("evidence own scale"))
    held = brushed(this.data)
    found = network_columns.draw(this.data, shown, made, shown.raw[channel], wanted, "board", held)
    _remember_stretch(this.data, getattr(found, "brush", None), held)
    st.caption(say("evidence board"))


def brushed(data: Dataset) -> tuple[int, int] | None:
    """The marked stretch of the link, in samples, where there is a sound one."""
    try:
        a, b = int(st.query_params["a"]), int(st.query_params["b"])
    except (KeyError, ValueError):
        return None
    return (a, b) if 0 <= a < b <= data.length else None


def set_brush(range_: tuple[int, int] | None) -> None:
    """Put a stretch into the link, or take it out."""
    for name, value in zip("ab", range_ or (None, None), strict=True):
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def _remember_stretch(data: Dataset, given: Any, held: tuple[int, int] | None) -> None:
    """A stretch newly marked in the browser."""
    now = (int(given[0]), int(given[1])) if isinstance(given, list) and len(given) == 2 else None
    if st.session_state.get("brushed") == now:
        return
    st.session_state["brushed"] = now
    if now is None or (0 <= now[0] < now[1] <= data.length):
        set_brush(now)
        if now != held:
            st.rerun()


def panel(this: EvidenceSelection) -> str:
    """Which of the lower panels is open; it is part of the link."""
    names = (*PANELS, "own") if this.networks.own_maps else PANELS
    return one_of(
        st.segmented_control,
        say("evidence more"),
        {name: say_plain(f"evidence panel {name}") for name in names},
        "numbers",
        "panel",
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )


FAST = ("cam", "attention", "gradcam")


def epoch(this: EvidenceSelection) -> int | None:
    """The epoch of the link, where it was kept and is not the answer's own; the board shows the student as it was."""
    asked = st.query_params.get("e", "")
    kept = set(this.networks.epochs) - {this.networks.answer}
    return int(asked) if asked.isdecimal() and int(asked) in kept else None


def show_scrubber(this: EvidenceSelection, at: int | None) -> None:
    """The scrubber; the extractor is the board's first, where that is quick enough."""
    extractor = next((name for name in this.wanted.extractors if name.partition(":")[0] in FAST), "cam")
    made = _payload(this, cache.answer(this.run, SNAPSHOTS, extractor=extractor), extractor, at)
    found = mount("scrubber", made, "scrubber", on_epoch_change=nothing)
    _remember_epoch(this, getattr(found, "epoch", None), at)


def _payload(this: EvidenceSelection, shown: Snapshots, extractor: str, at: int | None) -> bytes:
    data, series = this.data, shown.series
    titles = {f"teacher.{t}": palette.network_name(f"teacher.{t}") for t in shown.teachers} | {
        "control": palette.network_name("control")
    }
    titles |= {f"view.{m}": modalities()[m].title for m in shown.student}
    about = next(e for e in cache.catalogue()["extractors"] if e["id"] == extractor.partition(":")[0])
    places = np.searchsorted(np.sort(data.test), series)
    return scrubber(
        shown.head(),
        {**shown.arrays, "series": np.argsort(data.test)[places]},
        data.X[series][:, series_picker.held(data)],
        data.y[series],
        [one_line(c, 24) for c in data.classes],
        titles,
        this.wanted.teacher,
        bool(about["signed"]),
        1 / data.rate if data.rate else None,
        {"epoch": at, "series": int(np.flatnonzero(data.test == this.series)[0])},
    )


def _remember_epoch(this: EvidenceSelection, given: Any, at: int | None) -> None:
    """Where the slider was let go goes into the link, and the board follows."""
    if given is None or st.session_state.get("scrubbed") == (this.run.folder.name, given):
        return
    st.session_state["scrubbed"] = (this.run.folder.name, given)
    if given not in this.networks.epochs:
        return
    if given == this.networks.answer:
        st.query_params.pop("e", None)
    else:
        st.query_params["e"] = str(given)
    if epoch(this) != at:
        st.rerun()
