"""Figures for a paper, of a run or of the runs that are compared: seen, read, saved, and the lines that draw them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import cycle
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.chart_export import FIGURE_FORMATS
from kdviz.runs.looker.questions import FIGURE_KINDS, PUBLICATION
from kdviz.runs.publication.figure_sheet import PublicationFigure, SameFigure, as_file
from kdviz.runs.store.home import home
from kdviz.ui.shell.frame import command
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import file_name, one_line, sentence, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import mount

LAYOUTS = ("pca", "tsne")
MOST_CHARTS = 12


@st.fragment
def figures(names: Sequence[str], marks: Sequence[str], named: str, several: bool) -> None:
    """A closed section for runs of these identities and outcomes; nothing is computed before a figure is chosen."""
    with st.expander(say("figures for paper"), icon=":material/imagesmode:", key="paper", on_change="rerun") as opened:
        if not opened.open:
            return
        st.caption(say("figures for paper about"))
        found = cache.looker().ask(FIGURE_KINDS)
        titles = {k: title for k, title in found.titles.items() if (k in found.several) == several}
        kind = st.pills(say("figure kind"), list(titles), format_func=titles.__getitem__, key=f"figure_kind_{several}")
        if kind is None:
            return
        settings: dict[str, Any] = {}
        if kind == "embedding":
            layout = st.segmented_control(
                say("figure layout"), LAYOUTS, default="pca", required=True, key="figure_layout",
                format_func=lambda each: say_plain(f"figure layout {each}"),
            )  # fmt: skip
            settings = {"layout": layout}
        try:
            with st.spinner(say("spinner paper")):
                runs, given = json.dumps(list(names)), json.dumps(settings)
                drawn = _drawn(str(home()), str(kind), runs, given, str(marks))
        except UserError as wrong:
            st.info(sentence(wrong))
            return
        _shown(drawn)
        _carried(drawn, named, settings)


@st.cache_data(max_entries=16, show_spinner=False)
def _drawn(place: str, kind: str, runs: str, settings: str, marks: str) -> PublicationFigure:
    return cache.looker().ask(PUBLICATION, kind=kind, runs=json.loads(runs), settings=json.loads(settings))


def _shown(drawn: PublicationFigure) -> None:
    charts = list(drawn.charts.items())
    for column, (number, (title, chart)) in zip(
        cycle(st.columns(min(len(charts), 3))), enumerate(charts[:MOST_CHARTS]), strict=False
    ):
        with column:
            st.markdown(f"**{text(title)}**")
            mount("chart", chart if number == 0 else {**chart, "hint": ""}, f"paper_{drawn.kind}_{number}")
    if len(charts) > MOST_CHARTS:
        st.caption(say("figure more charts", count=len(charts) - MOST_CHARTS))
    st.markdown(text(drawn.caption, 4000))
    st.caption(text(drawn.says, 500))


def _carried(drawn: PublicationFigure, named: str, settings: dict[str, Any]) -> None:
    """The file in a format and width, and the same from a shell and from Python."""
    left, right = st.columns(2)
    with left:
        form = st.segmented_control(say("export as"), list(FIGURE_FORMATS), format_func=str.upper, default="pdf",
                                    required=True, key="figure_form")  # fmt: skip
    with right:
        columns = st.segmented_control(say("figure columns"), (1, 2), default=2, required=True, key="figure_columns")
    content = _file(json.dumps(asdict(drawn)), str(form), int(columns))
    name = file_name(f"{drawn.kind} {one_line(named, 12)}", str(form), content)
    st.download_button(say("download", name=name), content, name, FIGURE_FORMATS[str(form)], on_click="ignore",
                       key="figure_save")  # fmt: skip
    again = SameFigure(drawn.kind, tuple(named.split()), settings, int(columns), f"{drawn.kind}.{form}")
    command(again.shell)
    st.code(again.python, language="python")


@st.cache_data(max_entries=32, show_spinner=False)
def _file(drawn: str, form: str, columns: int) -> bytes:
    return as_file(PublicationFigure(**json.loads(drawn)), form, columns)
