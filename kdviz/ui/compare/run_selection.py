"""Which runs are compared: a sweep's, those of the link, or all that were distilled here; and what they came to."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.comparison.comparison_answers import Comparison
from kdviz.runs.comparison.run_groups import EVERY
from kdviz.runs.index.run_facts import Compared, distilled, those, watches
from kdviz.runs.looker.questions import COMPARISON
from kdviz.runs.store.home import RUN_ID, home
from kdviz.runs.store.run import PART_OF_ID, Run, find_run
from kdviz.runs.sweeps.plan import all_sweeps, by_identity
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets import shipped_runs
from kdviz.ui.widgets.page_links import DIGITS, MOST, MOST_IN_LINK, called

MOST_RUNS = 2000
AT_ONCE = 3
THESE, WATCHED, MOST_WATCHES = "these", "watched", 200
TOLD = ("planted_at", "planted_kd")


@dataclass(frozen=True)
class Picked:
    """The runs, and how a shell names them."""

    runs: list[Compared]
    named: str


def pick() -> Picked:
    """The runs of the link, or those that are picked."""
    listed = these() or _shipped()
    sweeps = {s.folder.name: s for s in all_sweeps()[:MOST]}
    asked = st.query_params.get("of", "")
    if RUN_ID.fullmatch(asked) and asked not in sweeps:
        st.warning(say("sweep not here", sweep=asked[:8]), title=say("no such sweep"))
    titles = {
        EVERY: say_plain("all distilled"),
        WATCHED: say_plain("all watched"),
        **{i: say_plain("one sweep", sweep=called(s)) for i, s in sweeps.items()},
    }
    if listed:
        titles = {THESE: say_plain("runs of link", count=len(listed)), **titles}
    if asked not in titles:
        st.session_state["of"] = THESE if listed else next(iter(sweeps), EVERY)
    which = one_of(st.selectbox, say("pick runs of"), titles, "", "of", label_visibility="collapsed")
    if which == THESE:
        return Picked(those([run.folder.name for run in listed]), " ".join(run.folder.name[:DIGITS] for run in listed))
    if which == WATCHED:
        return Picked(watches(MOST_WATCHES), WATCHED)
    if which == EVERY:
        return Picked(distilled(MOST_RUNS), EVERY)
    return Picked(those([cell.id for cell in by_identity(which).cells])[:MOST_RUNS], which)


def _shipped() -> list[Run]:
    """Where nothing was trained and no runs are asked for: the two that come with kdviz and differ by method alone."""
    if "cmp" in st.query_params or "of" in st.query_params or distilled(2):
        return []
    with contextlib.suppress(UserError, OSError):
        there = shipped_runs.there()
        return shipped_runs.taken_in(*(there[name] for name in TOLD if name in there))
    return []


def these() -> list[Run]:
    """The runs that a link names, each once; those that are not here are said not to be."""
    parts = list(dict.fromkeys(st.query_params.get("cmp", "").split(",")))[:MOST_IN_LINK]
    found, missing = dict[str, Run](), []
    for part in parts:
        if not (RUN_ID.fullmatch(part) or PART_OF_ID.fullmatch(part)):
            continue
        try:
            run = find_run(part)
        except UserError:
            missing.append(part[:8])
            continue
        found[run.folder.name] = run
    if missing:
        st.warning(say("runs missing", runs=", ".join(missing)), title=say("runs missing title"))
    return list(found.values())


def compared(runs: Sequence[Compared], baseline: str) -> Comparison:
    """The comparison; what was not measured yet is measured now, a few runs at a time. Raises UserError."""
    found = _asked(runs, baseline)
    open_, first = len(found.unmeasured), len(found.unmeasured)
    if not open_:
        return found
    bar = st.progress(0.0)
    while open_:
        bar.progress(1 - open_ / first, say("measuring runs", done=first - open_, of=first))
        cache.looker().ask(COMPARISON, runs=[r.id for r in runs], baseline=baseline, most=AT_ONCE)
        runs = those([r.id for r in runs])
        found = _asked(runs, baseline)
        if len(found.unmeasured) >= open_:
            break
        open_ = len(found.unmeasured)
    bar.empty()
    return found


def _asked(runs: Sequence[Compared], baseline: str) -> Comparison:
    return _compared(str(home()), json.dumps([r.id for r in runs]), json.dumps([r.mark for r in runs]), baseline)


@st.cache_resource(max_entries=32, show_spinner=say("spinner comparing"))
def _compared(place: str, runs: str, marks: str, baseline: str) -> Comparison:
    return cache.looker().ask(COMPARISON, runs=json.loads(runs), baseline=baseline, most=0)
