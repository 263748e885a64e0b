"""What the method itself attends with: the maps it compared while it taught, for the series that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from kdviz.figures.board import Band, Column, Picture, Row, board
from kdviz.figures.palette import STUDENT, TEACHER
from kdviz.modalities.base import modalities
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.evidence.network_columns import TIMELESS, of
from kdviz.ui.shell.frame import link
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import mount

Arrays = Mapping[str, NDArray[Any]]
GOALS = {"teacher": "Teacher", "teachers": "Teachers, fused"}


def show_method_maps(this: EvidenceSelection) -> None:
    """Student, goal and difference on one scale; another kind of maps is on another page."""
    words, arrays = cache.answer(this.run, "own", series=this.series)
    goal = next((who for who in GOALS if of(arrays, f"{who}/map/")), "")
    if not goal:
        st.info("Its own maps are filters of frequencies.", title="Look on the Frequency page")
        link("frequency", "Frequency")
        return
    st.markdown(f"**{one_line(words['title'])}** compared these maps while it taught, for the true class.")
    names = of(arrays, "student/map/")
    made = [
        _column("Student", STUDENT, "student", names, arrays),
        _column(GOALS[goal], TEACHER, goal, names, arrays),
        _between(goal, names, arrays),
    ]
    data, channel = this.data, series_picker.held(this.data)
    rows = [Row(modalities()[m].title, "(the method's own values)") for m in names]
    unit = "s" if data.rate else "samples"
    mount("board", board(data.times(), unit, data.X[this.series][channel], rows, made), "own")
    st.caption(
        "The student as it was when its training ended, through the method's own layers. Left should look like the "
        "middle where the method reached what it asks for."
    )


def _column(title: str, colour: str, who: str, names: list[str], arrays: Arrays) -> Column:
    cells, pictures = [], []
    for row, m in enumerate(names):
        time, native = arrays.get(f"{who}/time/{m}"), arrays[f"{who}/map/{m}"]
        cells.append(
            [Band(modalities()[m].title, time, bool((native < 0).any()), "" if time is not None else NOT_TOLD)]
        )
        if native.ndim == 2:
            view, timed = arrays[f"view/{m}"][0], m != TIMELESS
            turn = 1 if timed else -1
            label = f"{title} on the {modalities()[m].title}"
            pictures.append(Picture(label, row, view[::turn], native[::turn], bool((native < 0).any()), timed))
    return Column(title, colour, "", cells, pictures)


def _between(goal: str, names: list[str], arrays: Arrays) -> Column:
    cells = []
    for m in names:
        both = [arrays.get(f"{who}/time/{m}") for who in ("student", goal)]
        known = both[0] is not None and both[1] is not None
        values = both[0] - both[1] if known else None  # type: ignore[operator]
        cells.append([Band(modalities()[m].title, values, True, "" if known else NOT_TOLD)])
    return Column("Difference", "#CC79A7", "above zero: the student more, below: the goal", cells)


NOT_TOLD = "This map has no axis of time, and nothing leads back to one."
