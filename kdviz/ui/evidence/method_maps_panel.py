"""What the method itself attends with: the maps it compared while it taught, for the series that is looked at."""

from __future__ import annotations

import streamlit as st

from kdviz.figures.evidence_board import Band, Column, Picture, Row, board
from kdviz.figures.palette import STUDENT, TEACHER
from kdviz.modalities.base import modalities
from kdviz.runs.analysis.evidence_answers import MethodMaps, NetworkMaps
from kdviz.runs.looker.questions import METHOD_MAPS
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.evidence.network_columns import TIMELESS
from kdviz.ui.shell.frame import link
from kdviz.ui.state import cache
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import mount

GOALS = ("teacher", "teachers")


def show_method_maps(this: EvidenceSelection) -> None:
    """Student, goal and difference on one scale; another kind of maps is on another page."""
    found = cache.answer(this.run, METHOD_MAPS, series=this.series)
    goal = next((who for who in GOALS if who in found.sides), "")
    if not goal:
        st.info(say("evidence own filters"), title=say("evidence own elsewhere"))
        link("frequency", say("page frequency"))
        return
    st.markdown(say("evidence own", method=found.title))
    student, held = found.sides.get("student", NetworkMaps({}, {})), found.sides[goal]
    made = [
        _column(say_plain("evidence own student"), STUDENT, student, found),
        _column(say_plain(f"evidence own {goal}"), TEACHER, held, found),
        _between(student, held),
    ]
    data, channel = this.data, series_picker.held(this.data)
    rows = [Row(modalities()[m].title, say_plain("evidence own unit")) for m in student.maps]
    unit = "s" if data.rate else "samples"
    mount("evidence_board", board(data.times(), unit, data.X[this.series][channel], rows, made), "own")
    st.caption(say("evidence own means"))


def _column(title: str, colour: str, side: NetworkMaps, found: MethodMaps) -> Column:
    cells, pictures = [], []
    for row, m in enumerate(found.sides["student"].maps):
        time, native, view = side.times.get(m), side.maps[m], modalities()[m].title
        signed, why = bool((native < 0).any()), "" if time is not None else say_plain("evidence own no time")
        cells.append([Band(view, time, signed, why)])
        if native.ndim == 2:
            timed = m != TIMELESS
            turn = 1 if timed else -1
            label = say_plain("evidence on", title=title, view=view)
            pictures.append(Picture(label, row, found.views[m][0][::turn], native[::turn], signed, timed))
    return Column(title, colour, "", cells, pictures)


def _between(student: NetworkMaps, goal: NetworkMaps) -> Column:
    cells = []
    for m in student.maps:
        mine, theirs = student.times.get(m), goal.times.get(m)
        values = None if mine is None or theirs is None else mine - theirs
        why = "" if values is not None else say_plain("evidence own no time")
        cells.append([Band(modalities()[m].title, values, True, why)])
    means = say_plain("evidence own difference means")
    return Column(say_plain("evidence own difference"), "#CC79A7", means, cells)
