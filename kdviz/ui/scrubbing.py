"""The epoch scrubber on the evidence page: dragging asks nobody; where it is let go is part of the link."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from kdviz.figures.scrubber import scrubber
from kdviz.modalities.base import modalities
from kdviz.ui import board, cached, picking
from kdviz.ui.drawings import mount, nothing
from kdviz.ui.escape import plain
from kdviz.ui.looking import Looking

FAST = ("cam", "attention", "gradcam")


def epoch(this: Looking) -> int | None:
    """The epoch of the link, where it was kept and is not the answer's own; the board shows the student as it was."""
    asked = st.query_params.get("e", "")
    kept = this.networks["epochs"]
    return int(asked) if asked.isdecimal() and int(asked) in kept[:-1] else None


def show(this: Looking, at: int | None) -> None:
    """The scrubber; the extractor is the board's first, where that is quick enough."""
    sight = next((s for s in this.wanted.sights if s.partition(":")[0] in FAST), "cam")
    words, arrays = cached.asked(this.run, "snapshots", sight=sight)
    made = _payload(this, words, arrays, sight, at)
    found = mount("scrubber", made, "scrubber", on_epoch_change=nothing)
    _remember(this, getattr(found, "epoch", None), at)


def _payload(this: Looking, words: dict[str, Any], arrays: dict[str, Any], sight: str, at: int | None) -> bytes:
    data, series = this.data, arrays["series"]
    titles = {f"teacher.{t}": board.who(f"teacher.{t}") for t in words["teachers"]} | {"control": board.who("control")}
    titles |= {f"view.{m}": modalities()[m].title for m in words["student"]}
    about = next(e for e in cached.catalogue()["extractors"] if e["id"] == sight.partition(":")[0])
    places = np.searchsorted(np.sort(data.test), series)
    return scrubber(
        words,
        {**arrays, "series": np.argsort(data.test)[places]},
        data.X[series][:, picking.held(data)],
        data.y[series],
        [plain(c, 24) for c in data.classes],
        titles,
        this.wanted.teacher,
        bool(about["signed"]),
        1 / data.rate if data.rate else None,
        {"epoch": at, "series": int(np.flatnonzero(data.test == this.series)[0])},
    )


def _remember(this: Looking, given: Any, at: int | None) -> None:
    """Where the slider was let go goes into the link, and the board follows."""
    if given is None or st.session_state.get("scrubbed") == (this.run.folder.name, given):
        return
    st.session_state["scrubbed"] = (this.run.folder.name, given)
    kept = this.networks["epochs"]
    if given not in kept:
        return
    if given == kept[-1]:
        st.query_params.pop("e", None)
    else:
        st.query_params["e"] = str(given)
    if epoch(this) != at:
        st.rerun()
