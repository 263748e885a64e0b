"""What if a stretch of the signal were other than it is: everybody answers again, on views made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.evidence_board import board
from kdviz.metrics.perturbations import TITLES
from kdviz.runs.analysis.evidence_answers import InstanceEvidence
from kdviz.runs.looker.questions import BOARD
from kdviz.ui.shell import presenter
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of, refuse_odd_number
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import ON_BOARD, say, say_plain
from kdviz.ui.widgets import board_controls, board_rows
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.drawings import mount, nothing

FIRST = "mute"


def show_what_if(this: EvidenceSelection, epoch: int | None) -> None:
    """The change, and what it does to every network's answer and evidence."""
    data = this.data
    start, stop = st.session_state["changed"] = stretch(data)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        what = one_of(st.pills, say("evidence do"), TITLES, FIRST, "do", required=True, wrap=True)
    if what == "swap":
        with right:
            refuse_odd_number("with", 0, data.test.size - 1)
            st.number_input(say("evidence with"), 0, data.test.size - 1, key="with", bind="query-params")
    change = wanted(data)
    extractors = list(this.wanted.extractors)
    given = {"extractors": extractors, "series": this.series, "target": this.target, "epoch": epoch}
    before = cache.answer(this.run, BOARD, **given)
    after = cache.answer(this.run, BOARD, **given, change=change)
    one = board_rows.OneRun(data, this.series, after, said=answer_sentences(data, before, after))
    rows = board_rows.rows(one, this.wanted, {}, {})
    unit, hertz = board_rows.units(data)
    lines = [(name, after.raw[k]) for k, name in enumerate(data.channels)]
    made = board(
        data.times(),
        unit,
        lines,
        board_controls.channel(data),
        rows,
        ON_BOARD,
        this.wanted.scale,
        (start, stop),
        present=presenter.on(),
        hertz=hertz,
    )
    found = mount("evidence_board", made, "board_after", on_brush_change=nothing, on_scale_change=nothing)
    board_controls.remember_stretch(data, getattr(found, "brush", None), "brushed_after")
    st.caption(say("evidence changed"))


def wanted(data: Dataset) -> dict[str, Any]:
    """The change that the controls ask for."""
    start, stop = st.session_state.get("changed") or usual(data)
    what = str(st.session_state.get("do") or FIRST)
    change: dict[str, Any] = {"what": what, "start": start, "stop": stop}
    if what == "swap":
        change["other"] = int(data.test[int(st.session_state.get("with") or 0)])
    return change


def usual(data: Dataset) -> tuple[int, int]:
    """The middle fifth."""
    return 2 * data.length // 5, 3 * data.length // 5


def stretch(data: Dataset) -> tuple[int, int]:
    """The stretch that is changed, in samples: brushed on a signal above, or set here; it is part of the link."""
    length = data.length
    now = board_controls.brushed(data) or usual(data)
    key = f"stretch_{now[0]}_{now[1]}"
    picked = st.slider(
        say("evidence stretch"),
        0,
        length,
        now,
        key=key,
        help=say("evidence stretch help"),
        on_change=_moved,
        args=(key,),
    )
    a, b = sorted(int(v) for v in picked)
    if data.rate:
        st.caption(say("evidence stretch seconds", start=a / data.rate, stop=b / data.rate))
    return (a, b) if a < b else (a - (a == length), b + (b < length))


def _moved(key: str) -> None:
    a, b = sorted(int(v) for v in st.session_state[key])
    board_controls.set_brush((a, b) if a < b else None)


def answer_sentences(data: Dataset, before: InstanceEvidence, after: InstanceEvidence) -> dict[str, str]:
    """How each network's answer moved, in words, by role."""
    return {role: moved(data, before.probability[role], now) for role, now in after.probability.items()}


def moved(data: Dataset, was: NDArray[np.floating[Any]], now: NDArray[np.floating[Any]]) -> str:
    """How one answer moved."""
    one, other = int(was.argmax()), int(now.argmax())
    said, says = one_line(data.classes[one], 24), one_line(data.classes[other], 24)
    if one == other:
        return say_plain("evidence same answer", answer=says, before=was[one], now=now[one])
    return say_plain("evidence other answer", answer=says, now=now[other], other=said, before=was[one])
