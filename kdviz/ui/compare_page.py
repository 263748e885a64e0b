"""The Compare view: whose runs, against what, and everything that follows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.errors import UserError
from kdviz.report.comparison import comparison_report
from kdviz.runs.home import home
from kdviz.runs.store import Run, by_identity
from kdviz.ui import compare_few, compare_pick, compare_shown
from kdviz.ui.escape import sentence
from kdviz.ui.file_name import file_name
from kdviz.ui.linked import one_of
from kdviz.ui.shell import command, link
from kdviz.ui.words import counted

ENDED = ("finished", "failed", "stopped")


def show() -> None:
    """The whole view."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        picked = compare_pick.pick()
    runs = [run for run in picked.runs if run.state == "finished"]
    if not runs:
        st.info("None of these runs has finished: there is nothing to compare yet.", title="Nothing to compare yet")
        link("sweep", "Begin a sweep")
        return
    with right:
        baseline = against(runs)
    try:
        found = compare_pick.compared(runs, baseline)
    except UserError as wrong:
        st.warning(sentence(wrong), title="These cannot be compared")
        return
    _counted(picked.runs, runs)
    here = compare_shown.place(found)
    compare_shown.concluded(here, baseline)
    compare_shown.scores(here)
    compare_shown.differences(here, baseline)
    compare_shown.costs(found, here)
    compare_shown.numbers(here)
    compare_shown.order(found, here)
    compare_few.show(runs)
    _carry(picked.words, baseline, found, runs)


def against(runs: Sequence[Run]) -> str:
    """The method that all others are also compared with; none at first."""
    methods = list(dict.fromkeys(run.recipe.method for run in runs))
    names = {"": "the from-scratch control alone", **{m: f"scratch, and {m}" for m in methods}}
    return one_of(st.selectbox, "Differences to", names, "", "base")


def _counted(every: Sequence[Run], runs: Sequence[Run]) -> None:
    open_ = [run for run in every if run.state not in ENDED]
    failed = [run for run in every if run.state == "failed"]
    more = f" {counted(len(open_), 'run')} have not ended yet." * bool(open_)
    more += f" {counted(len(failed), 'run')} failed and count for nothing." * bool(failed)
    st.caption(f"{counted(len(runs), 'finished run')} compared.{more}")


def _carry(words: str, baseline: str, found: Mapping[str, Any], runs: Sequence[Run]) -> None:
    """The same elsewhere: a report to send, and the lines that say the same."""
    names = json.dumps([run.folder.name for run in runs])
    page = _report(str(home()), names, json.dumps([run.mark for run in runs]), baseline, found)
    file = f"comparison-{words[:12]}.html"
    st.download_button(
        f"Report, {len(page) / 1e3:.0f} kB", page, file_name(file.removesuffix(".html"), "html", page), "text/html",
        on_click="ignore", key="save_comparison", icon=":material/download:", help="One HTML file that works offline.",
    )  # fmt: skip
    against_ = f" --baseline {shlex.quote(baseline)}" if baseline else ""
    st.caption("The same numbers, and the same report, in a shell:")
    command(f"python -m kdviz compare {words}{against_} --json\npython -m kdviz report {words}{against_} --out {file}")


@st.cache_data(max_entries=8, show_spinner="Writing the report")
def _report(place: str, names: str, marks: str, baseline: str, _found: Mapping[str, Any]) -> bytes:
    return comparison_report(_found, [by_identity(name) for name in json.loads(names)]).encode()
