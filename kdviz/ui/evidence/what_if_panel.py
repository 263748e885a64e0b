"""What if a stretch of the signal were other than it is: everybody answers again, on views made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.metrics.perturbations import TITLES
from kdviz.ui.evidence import controls, network_columns
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.widgets import series_picker

FIRST = "mute"


def show_what_if(this: EvidenceSelection, epoch: int | None) -> None:
    """The change, and what it does to every network's answer and evidence."""
    data = this.data
    start, stop = st.session_state["changed"] = stretch(data)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        what = one_of(st.pills, "Do", TITLES, FIRST, "do", required=True, wrap=True)
    if what == "swap":
        with right:
            st.number_input("with test series", 0, data.test.size - 1, key="with", bind="query-params")
    change = wanted(data)
    given = {"sights": list(this.wanted.sights), "series": this.series, "target": this.target, "epoch": epoch}
    _, before = cache.answer(this.run, "board", **given)
    words, after = cache.answer(this.run, "board", **given, change=change)
    made = network_columns.columns(
        data, this.series, words, after, this.wanted, epoch, answer_sentences(data, before, after)
    )
    network_columns.draw(
        data, words, made, after["raw"][series_picker.held(data)], this.wanted, "board_after", (start, stop)
    )
    st.caption(
        "GAF and persistence image are made anew from the changed signal, so every network gets the same question. "
        "A changed series is unlike any that was trained on: an answer that flips says what the network needs, "
        "not what is true of the world."
    )


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
    now = controls.brushed(data) or usual(data)
    key = f"stretch_{now[0]}_{now[1]}"
    picked = st.slider(
        "Stretch (samples)", 0, length, now, key=key, help="Or drag over a signal above.", on_change=_moved, args=(key,)
    )
    a, b = sorted(int(v) for v in picked)
    if data.rate:
        st.caption(f"{a / data.rate:.3g} s to {b / data.rate:.3g} s")
    return (a, b) if a < b else (a - (a == length), b + (b < length))


def _moved(key: str) -> None:
    a, b = sorted(int(v) for v in st.session_state[key])
    controls.set_brush((a, b) if a < b else None)


def answer_sentences(data: Dataset, before: network_columns.Arrays, after: network_columns.Arrays) -> dict[str, str]:
    """How each network's answer moved, in words, by role."""
    roles = [name.removesuffix("/probability") for name in after if name.endswith("/probability")]
    return {role: moved(data, before[f"{role}/probability"], after[f"{role}/probability"]) for role in roles}


def moved(data: Dataset, was: NDArray[np.floating[Any]], now: NDArray[np.floating[Any]]) -> str:
    """How one answer moved."""
    one, other = int(was.argmax()), int(now.argmax())
    if one == other:
        return f"still says {one_line(data.classes[one], 24)}: {was[one]:.0%} before, {now[one]:.0%} now"
    said, says = one_line(data.classes[one], 24), one_line(data.classes[other], 24)
    return f"now says {says} ({now[other]:.0%}); said {said} ({was[one]:.0%})"
