"""The evidence page's upper part: which series, which extractors, which class; then everybody side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.runs.store import Run
from kdviz.ui import board, cached, picking, stepping
from kdviz.ui.linked import one_of

PANELS = {"numbers": "Numbers", "what_if": "What if", "true": "Is it true?", "fidelity": "Fidelity"}


@dataclass(frozen=True)
class Looking:
    """A run, its data, the series looked at, and what is wanted of it."""

    run: Run
    data: Dataset
    networks: dict[str, Any]
    series: int
    target: int
    wanted: board.Wanted


def choose(run: Run) -> Looking:
    """The controls; raises UserError where the run cannot be looked at."""
    data = cached.dataset_of(run)
    networks = cached.asked(run, "networks")[0]
    titles = {role: board.who(role) for role in networks["roles"]}
    extractors = cached.catalogue()["extractors"]
    ideas = "\n\n".join(f"**{e['title']}**: {e['idea']} {e['caveat']}" for e in extractors)
    which, asked_of, beside, scale_of = st.columns([3, 2, 2, 2])
    with which:
        sights = board.pick_sights(board.offered(extractors, networks["roles"]), ideas)
    with asked_of:
        target = board.pick_class(data)
    with beside:
        teacher = stepping.against(networks["roles"], titles)
    with scale_of:
        scale = board.pick_scale()
    series = stepping.walk(run, data, teacher, sights[0])
    answer = int(cached.asked(run, "predictions")[1]["student"][data.test == series][0].argmax())
    wanted = board.Wanted(sights, target, scale, teacher)
    return Looking(run, data, networks, series, board.class_of(target, data, series, answer), wanted)


def show(this: Looking, epoch: int | None) -> None:
    """Everybody side by side, at an epoch of the student's; what is brushed goes into the link."""
    wanted = this.wanted
    words, arrays = cached.asked(
        this.run, "board", sights=list(wanted.sights), series=this.series, target=this.target, epoch=epoch
    )
    channel = picking.channel(this.data)
    made = board.columns(this.data, this.series, words, arrays, wanted, epoch)
    if wanted.scale == "own":
        st.warning(board.OWN_WARNS)
    held = brushed(this.data)
    found = board.draw(this.data, words, made, arrays["raw"][channel], wanted, "board", held)
    _remember(this.data, getattr(found, "brush", None), held)
    st.caption(
        "Images are carried back to time: a GAF by its rows and columns, a persistence image through the samples at "
        "which its valleys and peaks are born and die. Colour and height say the same. Drag over a signal to mark a "
        "stretch for **What if**."
    )


def brushed(data: Dataset) -> tuple[int, int] | None:
    """The marked stretch of the link, in samples, where there is a sound one."""
    try:
        a, b = int(st.query_params["a"]), int(st.query_params["b"])
    except (KeyError, ValueError):
        return None
    return (a, b) if 0 <= a < b <= data.length else None


def mark(range_: tuple[int, int] | None) -> None:
    """Put a stretch into the link, or take it out."""
    for name, value in zip("ab", range_ or (None, None), strict=True):
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def _remember(data: Dataset, given: Any, held: tuple[int, int] | None) -> None:
    """A stretch newly marked in the browser."""
    now = (int(given[0]), int(given[1])) if isinstance(given, list) and len(given) == 2 else None
    if st.session_state.get("brushed") == now:
        return
    st.session_state["brushed"] = now
    if now is None or (0 <= now[0] < now[1] <= data.length):
        mark(now)
        if now != held:
            st.rerun()


def panel(this: Looking) -> str:
    """Which of the lower panels is open; it is part of the link."""
    options = PANELS | ({"own": "The method's own maps"} if this.networks["maps"] else {})
    return one_of(
        st.segmented_control,
        "More",
        options,
        "numbers",
        "panel",
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )
