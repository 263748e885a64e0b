"""The Compare view: whose runs, against what, and everything that follows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.report.comparison_report import comparison_report
from kdviz.runs.comparison.comparison_answers import Comparison
from kdviz.runs.index.run_facts import Compared
from kdviz.runs.store.home import home
from kdviz.runs.store.run import ENDED, RunState, by_identity
from kdviz.ui.compare import few_runs, results, run_selection
from kdviz.ui.shell.frame import PAGES, command, go, link, name_tab
from kdviz.ui.shell.presenter import wide
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import file_name, sentence
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets import board_controls, board_view, publication, run_switch, shipped_runs

MOST_OFFERED = 100

MOST_LOOKED = 20


def show_comparison(header: Any) -> None:
    """The whole view; `header` is the page's first row, for the choice of runs."""
    with header, st.container(width=wide(320)):
        picked = run_selection.pick()
    runs = [run for run in picked.runs if run.state == RunState.FINISHED]
    if picked.named == run_selection.WATCHED or (runs and all(few_runs.watched(run) for run in runs[:MOST_LOOKED])):
        few_runs.show_watches(runs)
        return
    if not runs:
        st.info(say("none finished"), title=say("nothing to compare"))
        link("sweep", say("begin sweep"))
        return
    show_pair(runs)
    if all(shipped_runs.is_shipped(run.id) for run in runs):
        run_switch.comes_with_kdviz()
    st.caption(say("compare"))
    _counted(picked.runs, runs)
    baseline = against(runs)
    try:
        found = run_selection.compared(runs, baseline)
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("cannot compare"))
        return
    here = results.place(found)
    results.concluded(here, baseline)
    results.scores(here)
    results.differences(here, baseline)
    results.costs(found, here)
    results.numbers(here)
    results.order(found, here)
    few_runs.show_few_runs(runs)
    _figures(runs, here.data, picked.named)
    _carry(picked.named, baseline, found, runs)


def show_pair(runs: Sequence[Compared]) -> None:
    """The board of two runs of the same data, and which they are: first the newest of the data looked at and one of
    another method, where there are such.
    """
    now = run_switch.data_now()
    by_id = {run.id: run for run in sorted(runs, key=lambda run: run.sha256 != now)[:MOST_OFFERED]}
    usual = next((run for run in by_id.values() if _like(run, by_id)), next(iter(by_id.values())))
    page = st.container(gap="xsmall")
    with page, st.container(key="board_above"):
        header = st.container(key="board_header", horizontal=True, vertical_alignment="center", gap="xsmall")
    with header:
        names = {i: few_runs.named(run) for i, run in by_id.items()}
        first = by_id[_one(say("pair first"), names, usual.id, "one", 240)]
        like = _like(first, by_id)
        names = {i: few_runs.named(run, data=False) for i, run in like.items()}
        other = like[_one(say("beside"), names, _another(first, like).id, "beside", 170)] if like else None
    _said(first, other)
    try:
        this = board_controls.choose(first.run, header, lambda: other.run if other is not None else None)
        with page:
            board_view.show_board(this, board_controls.epoch(this))
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    with page, st.container(horizontal=True, vertical_alignment="center"):
        if st.button(say("board open"), key="board_open", icon=":material/visibility:"):
            go("evidence", {"run": first.id} | ({} if other is None else {"beside": other.id}))
        if other is None:
            st.caption(say("no other to lay beside"), width="content")
            link("distill", say("train now"))


def _one(label: str, names: Mapping[str, str], usual: str, key: str, pixels: int) -> str:
    with st.container(width=wide(pixels)):
        return one_of(st.selectbox, label, names, usual, key, label_visibility="collapsed")


def _like(run: Compared, others: Mapping[str, Compared]) -> dict[str, Compared]:
    """Those that can lie beside a run: others of the same data."""
    return {each.id: each for each in others.values() if each.sha256 == run.sha256 and each.id != run.id}


def _another(run: Compared, like: Mapping[str, Compared]) -> Compared:
    """One of another method where there is one."""
    return next((each for each in like.values() if each.method != run.method), next(iter(like.values())))


def _said(first: Compared, other: Compared | None) -> None:
    """Which runs these are, in the tab's title; the board says it on the page."""
    told = run_switch.told(first.run)
    both = told if other is None else say_plain("pair told", one=told, other=run_switch.told(other.run))
    name_tab(say_plain("tab of pair", runs=both, page=PAGES["compare"][0]))


def against(runs: Sequence[Compared]) -> str:
    """The method that all others are also compared with; none at first."""
    methods = list(dict.fromkeys(run.method for run in runs))
    names = {"": say_plain("base scratch"), **{m: say_plain("base method", method=m) for m in methods}}
    with st.container(width=wide(420)):
        return one_of(st.selectbox, say("differences to"), names, "", "base")


def _figures(runs: Sequence[Compared], data: str, named: str) -> None:
    """Figures of the runs on the data looked at."""
    mine = [run for run in runs if run.data == data] or runs
    told = named if len(mine) == len(runs) else " ".join(run.id for run in mine)
    publication.figures([run.id for run in mine], [run.mark for run in mine], told, several=True)


def _counted(every: Sequence[Compared], runs: Sequence[Compared]) -> None:
    open_ = [run for run in every if run.state not in ENDED]
    failed = [run for run in every if run.state == RunState.FAILED]
    lines = [say("runs compared", runs=counted(len(runs), "finished run"))]
    if open_:
        lines.append(say("runs open", runs=counted(len(open_), "run")))
    if failed:
        lines.append(say("runs that failed", runs=counted(len(failed), "run")))
    st.caption(" ".join(lines))


def _carry(named: str, baseline: str, found: Comparison, runs: Sequence[Compared]) -> None:
    """The same elsewhere: a report to send, and the lines that say the same."""
    names = json.dumps([run.id for run in runs])
    paper = tuple(publication.figures_for_report(say("figures in report"), True, "paper_in_comparison"))
    try:
        page = _report(str(home()), names, json.dumps([run.mark for run in runs]), baseline, paper, found)
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    file = f"comparison-{named[:12]}.html"
    title = say("comparison size", kilobytes=len(page) / 1e3)
    st.download_button(
        title, page, file_name(file.removesuffix(".html"), "html", page), "text/html",
        on_click="ignore", key="save_comparison", icon=":material/download:", help=say("report help"),
    )  # fmt: skip
    against_ = f" --baseline {shlex.quote(baseline)}" if baseline else ""
    drawn = f" --paper {','.join(paper)}" if paper else ""
    st.caption(say("comparison in shell"))
    command(
        f"python -m kdviz compare {named}{against_} --json\n"
        f"python -m kdviz report {named}{against_}{drawn} --out {file}"
    )


@st.cache_data(max_entries=8, show_spinner=say("spinner report"))
def _report(place: str, names: str, marks: str, baseline: str, paper: tuple[str, ...], _found: Comparison) -> bytes:
    runs = json.loads(names)
    figures = publication.figures_of(runs, paper)
    return comparison_report(_found, [by_identity(name) for name in runs], figures).encode()
