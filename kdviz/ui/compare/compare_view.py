"""The Compare view: whose runs, against what, and everything that follows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.report.comparison_report import comparison_report
from kdviz.runs.comparison.comparison_answers import Comparison
from kdviz.runs.index.run_facts import Compared
from kdviz.runs.store.home import home
from kdviz.runs.store.run import ENDED, RunState, by_identity
from kdviz.ui.compare import few_runs, results, run_selection
from kdviz.ui.shell.frame import command, go, link
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import file_name, sentence
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets import board_controls, board_view, publication

MOST_LOOKED = 20


def show_comparison() -> None:
    """The whole view."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        picked = run_selection.pick()
    runs = [run for run in picked.runs if run.state == RunState.FINISHED]
    if picked.named == run_selection.WATCHED or (runs and all(few_runs.watched(run) for run in runs[:MOST_LOOKED])):
        few_runs.show_watches(runs)
        return
    if not runs:
        st.info(say("none finished"), title=say("nothing to compare"))
        link("sweep", say("begin sweep"))
        return
    with right:
        baseline = against(runs)
    try:
        found = run_selection.compared(runs, baseline)
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("cannot compare"))
        return
    _counted(picked.runs, runs)
    show_pair(runs)
    here = results.place(found)
    results.concluded(here, baseline)
    results.scores(here)
    results.differences(here, baseline)
    results.costs(found, here)
    results.numbers(here)
    results.order(found, here)
    few_runs.show_few_runs(runs)
    methods = list(dict.fromkeys(row.method for row in here.rows))
    publication.figures([run.id for run in runs], [run.mark for run in runs], picked.named, True, methods)
    _carry(picked.named, baseline, found, runs)


def show_pair(runs: Sequence[Compared]) -> None:
    """The board of the first two runs of the same data, of two methods where there are; with one run, nothing."""
    first = runs[0]
    like = [run for run in runs[1:] if run.sha256 == first.sha256]
    other = next((run for run in like if run.method != first.method), next(iter(like), None))
    if other is None:
        return
    header = st.container(key="board_header", horizontal=True, vertical_alignment="center", gap="xsmall")
    try:
        this = board_controls.choose(first.run, header, lambda: other.run)
        board_view.show_board(this, board_controls.epoch(this))
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    if st.button(say("board open"), key="board_open", icon=":material/visibility:"):
        go("evidence", {"run": first.id, "beside": other.id})


def against(runs: Sequence[Compared]) -> str:
    """The method that all others are also compared with; none at first."""
    methods = list(dict.fromkeys(run.method for run in runs))
    names = {"": say_plain("base scratch"), **{m: say_plain("base method", method=m) for m in methods}}
    return one_of(st.selectbox, say("differences to"), names, "", "base")


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
