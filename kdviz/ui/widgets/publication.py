"""Figures for a paper, of a run or of the runs that are compared: seen, read, saved, and the lines that draw them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.chart_export import FIGURE_FORMATS
from kdviz.runs.comparison.run_groups import entry, groups
from kdviz.runs.engine.processes import BackgroundTask
from kdviz.runs.looker.questions import FIGURE_KINDS, PUBLICATION
from kdviz.runs.publication.figure_sheet import PublicationFigure, SameFigure, as_file
from kdviz.runs.publication.sheet_layout import group_of, rows_of
from kdviz.runs.store.home import home
from kdviz.runs.store.run import by_identity
from kdviz.ui.shell.frame import command, go
from kdviz.ui.state import cache
from kdviz.ui.state.cache import errands, whose
from kdviz.ui.texts.formatting import file_name, one_line, sentence, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import follow, mount, nothing
from kdviz.ui.widgets.series_picker import KEY, OPEN_PLACE

LAYOUTS = ("pca", "tsne")
ACROSS = 3
TICK = 0.5
DRAWN = "drawn_in_background"


@dataclass(frozen=True)
class FigureRequest:
    """Which figure of which runs; `marks` change when a run ends anew, `named` is what a shell calls the runs."""

    kind: str
    runs: tuple[str, ...]
    marks: tuple[str, ...]
    named: str
    settings: dict[str, Any]
    method: str = ""

    @property
    def slow(self) -> bool:
        """Whether it takes so long that it is drawn in a process of its own, with a bar."""
        return self.settings.get("layout") == "tsne"

    @property
    def about(self) -> str:
        """One text for all of it."""
        return json.dumps([str(home()), *asdict(self).values()], sort_keys=True)


@st.fragment
def figures(names: Sequence[str], marks: Sequence[str], named: str, several: bool) -> None:
    """A closed section for runs of these identities and outcomes; nothing is computed before a figure is chosen.

    several   also figures of many runs; those of one method ask of which
    """
    with st.expander(say("figures for paper"), icon=":material/imagesmode:", key="paper", on_change="rerun") as opened:
        if not opened.open:
            return
        st.caption(say("figures for paper about"))
        wanted = _wanted(names, marks, named, several)
        if wanted is None:
            return
        try:
            drawn = _in_background(wanted) if wanted.slow else _now(wanted)
        except UserError as wrong:
            st.info(sentence(wrong))
            return
        if drawn is not None:
            _shown(drawn)
            _carried(drawn, wanted)


def _wanted(names: Sequence[str], marks: Sequence[str], named: str, several: bool) -> FigureRequest | None:
    """What is asked for; None before a kind is chosen."""
    found = cache.looker().ask(FIGURE_KINDS)
    titles = {k: title for k, title in found.titles.items() if several or k not in found.several}
    order = sorted(titles, key=lambda k: k not in found.several)
    kind = st.pills(say("figure kind"), order, format_func=titles.__getitem__, key=f"figure_kind_{several}")
    if kind is None:
        return None
    method, settings = "", dict[str, Any]()
    if several and kind not in found.several and len(methods := _methods(str(home()), tuple(names), tuple(marks))) > 1:
        method = str(st.selectbox(say("figure method"), methods, key="figure_method"))
    if kind == "embedding":
        layout = st.segmented_control(
            say("figure layout"), LAYOUTS, default="pca", required=True, key="figure_layout",
            format_func=lambda each: say_plain(f"figure layout {each}"),
        )  # fmt: skip
        settings = {"layout": layout, "seed": 0} if layout == "tsne" else {"layout": layout}
    return FigureRequest(str(kind), tuple(names), tuple(map(str, marks)), named, settings, method)


@st.cache_data(max_entries=16, show_spinner=False)
def _methods(place: str, names: tuple[str, ...], marks: tuple[str, ...]) -> list[str]:
    """Kinds of runs among these, as their figures call them: numbered where settings differ."""
    found = groups([known for name in names if (known := entry(by_identity(name))) is not None])
    return list(dict.fromkeys(group.label for here in found.values() for group in here))


def figures_for_report(label: str, several: bool, key: str) -> list[str]:
    """Ask which figures a report shall hold; their kinds, none at first."""
    found = cache.looker().ask(FIGURE_KINDS)
    titles = {k: title for k, title in found.titles.items() if (k in found.several) == several}
    return [str(k) for k in st.multiselect(label, list(titles), [], format_func=titles.__getitem__, key=key)]


def figures_of(runs: Sequence[str], kinds: Sequence[str]) -> list[PublicationFigure]:
    """These figures of these runs with their usual settings, asked of the looker; raises UserError."""
    return [cache.looker().ask(PUBLICATION, kind=kind, runs=list(runs), settings={}) for kind in kinds]


def _now(wanted: FigureRequest) -> PublicationFigure:
    with st.spinner(say("spinner paper")):
        return _drawn(wanted.about, wanted)


@st.cache_data(max_entries=16, show_spinner=False)
def _drawn(about: str, _wanted: FigureRequest) -> PublicationFigure:
    given = {"runs": list(_wanted.runs), "settings": _wanted.settings, "method": _wanted.method}
    return cache.looker().ask(PUBLICATION, kind=_wanted.kind, **given)


def _in_background(wanted: FigureRequest) -> PublicationFigure | None:
    """The figure once its own process has drawn it; until then a bar, and None. Raises UserError where it failed."""
    about, kept = wanted.about, st.session_state.setdefault(DRAWN, {})
    if about in kept:
        return PublicationFigure(**kept[about])
    task = errands().get(about, whose())
    if task is None or task.cancelled:
        given = [word for key, value in wanted.settings.items() for word in ("--set", f"{key}={value}")]
        of = ["--method", wanted.method] if wanted.method else []
        task = errands().start(about, ["figure", wanted.kind, *wanted.runs, *of, *given, "--json"], whose())
    if task.running:
        follow("live_figure", lambda: (task.running, len(task.lines)), _bar, task, every=TICK)
        return None
    if task.wrong:
        raise UserError(task.wrong)
    made = {name: value for name, value in task.lines[-1].items() if name in PublicationFigure.__dataclass_fields__}
    kept.clear()  # one at a time is looked at
    kept[about] = made
    return PublicationFigure(**made)


def _bar(task: BackgroundTask) -> None:
    if not task.running:
        st.rerun()
    last: dict[str, Any] = next((line for line in reversed(task.lines) if line.get("event") == "drawing"), {})
    now = say("figure part", what=text(last["what"])) if last else say("figure starts")
    st.progress(last.get("done", 0) / max(last.get("of", 1), 1), text=now)


def _shown(drawn: PublicationFigure) -> None:
    titles, number = _chosen(drawn), 0
    for row in rows_of({title: drawn.charts[title] for title in titles}, ACROSS, ACROSS):
        for column, title in zip(st.columns(len(row)), row, strict=True):
            if title:
                with column:
                    _chart(drawn, title, number)
                number += 1
    if drawn.kind == "embedding":
        st.caption(say("figure click"))
    st.markdown(text(drawn.caption, 4000))
    st.caption(text(drawn.says, 500))


def _chosen(drawn: PublicationFigure) -> list[str]:
    """The charts to show: of several groups, the one that is asked for, and those of no group."""
    names = list(dict.fromkeys(filter(None, map(group_of, drawn.charts))))
    if len(names) < 2:
        return list(drawn.charts)
    wanted = st.segmented_control(say("figure group"), names, default=names[-1], required=True, key="figure_group",
                                  format_func=text)  # fmt: skip
    return [title for title in drawn.charts if group_of(title) in ("", wanted)]


def _chart(drawn: PublicationFigure, title: str, number: int) -> None:
    st.markdown(f"**{text(title)}**")
    chart, hint = drawn.charts[title], {} if number == 0 else {"hint": ""}
    picked = mount("chart", {**chart, **hint}, f"paper_{drawn.kind}_{number}", on_picked_change=nothing)
    if picked is not None and picked.get("picked") is not None:
        _open(str(drawn.numbers["run"]), int(picked["picked"]))


def _open(run: str, series: int) -> None:
    """The board of one test series."""
    here = np.flatnonzero(cache.dataset_of(by_identity(run)).test == series)
    if here.size:
        st.session_state[OPEN_PLACE] = int(here[0])
        go("evidence", {"run": run, KEY: str(here[0])})


def _carried(drawn: PublicationFigure, wanted: FigureRequest) -> None:
    """The file in a format and width, and the same from a shell and from Python."""
    left, right = st.columns(2)
    with left:
        form = st.segmented_control(say("export as"), list(FIGURE_FORMATS), format_func=str.upper, default="pdf",
                                    required=True, key="figure_form")  # fmt: skip
    with right:
        columns = st.segmented_control(say("figure columns"), (1, 2), default=2, required=True, key="figure_columns")
    content = _file(json.dumps(asdict(drawn)), str(form), int(columns))
    name = file_name(f"{drawn.kind} {one_line(wanted.named, 12)}", str(form), content)
    st.download_button(say("download", name=name), content, name, FIGURE_FORMATS[str(form)], on_click="ignore",
                       key="figure_save")  # fmt: skip
    file = f"{drawn.kind}.{form}"
    again = SameFigure(drawn.kind, tuple(wanted.named.split()), wanted.settings, int(columns), file, wanted.method)
    command(again.shell)
    st.caption(say("copy python figure"))
    st.code(again.python, language="python")


@st.cache_data(max_entries=32, show_spinner=False)
def _file(drawn: str, form: str, columns: int) -> bytes:
    return as_file(PublicationFigure(**json.loads(drawn)), form, columns)
