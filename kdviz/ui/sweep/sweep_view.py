"""The Sweep view: the sweeps that were begun, the one looked at, and another one to begin."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.home import RUN_ID
from kdviz.runs.sweeps.plan import Sweep, SweepForecast, all_sweeps, by_identity
from kdviz.ui.state.url import one_of
from kdviz.ui.sweep import live_sweep, sweep_form
from kdviz.ui.texts.formatting import Markdown, sentence
from kdviz.ui.texts.sentences import clock_time, counted, say, say_plain, time_span
from kdviz.ui.widgets.page_links import MOST, called

ANOTHER = "new"


def pick(every: Sequence[Sweep]) -> Sweep | None:
    """The sweep of the link, else the one that is picked; None for a new one."""
    asked = st.query_params.get("sweep", ANOTHER)
    if asked != ANOTHER and asked not in {s.folder.name for s in every}:
        known = RUN_ID.fullmatch(asked)
        st.warning(
            say("sweep not here", sweep=asked[:8]) if known else say("no sweep named"), title=say("no such sweep")
        )
        st.query_params.pop("sweep", None)
    if not every:
        return None
    titles = {ANOTHER: say_plain("new sweep"), **{s.folder.name: called(s) for s in every[:MOST]}}
    picked = one_of(st.selectbox, say("pick sweep"), titles, ANOTHER, "sweep", label_visibility="collapsed")
    return None if picked == ANOTHER else by_identity(picked)


def ask() -> None:
    """A new sweep: the form, what it comes to, and Start."""
    plan = sweep_form.plan_from_form()
    tried = st.session_state.get("tried_plan") == plan.identity
    found = sweep_form.comes_to(plan, 8.0 if tried else 0.0)
    networks = counted(found.teachers_and_controls, "teacher or control")
    st.markdown(say("comes to", runs=counted(found.runs, "run"), networks=networks, left=found.to_do))
    sweep_form.left_out(found)
    _will_take(found, tried)
    if len(plan.seeds) < found.proves:
        seeds, methods = counted(len(plan.seeds), "seed"), len([m for m in plan.methods if m != "supervised"])
        st.caption(say("too few seeds", seeds=seeds, methods=counted(methods, "method"), least=found.proves))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        minutes = st.number_input(
            say("budget"), 1, 100_000, None, key="budget", placeholder=say_plain("budget none"), width=160,
            help=say("budget help"),
        )  # fmt: skip
        if (
            (found.guessed or found.seconds is None)
            and not tried
            and st.button(say("try plan"), key="try_plan", icon=":material/timer:")
        ):
            st.session_state["tried_plan"] = plan.identity
            st.rerun()
        if st.button(say("begin"), key="start_sweep", icon=":material/play_arrow:"):
            with st.spinner(say("spinner lay out")):
                live_sweep.begin(asdict(plan), None if minutes is None else 60.0 * minutes)
            st.session_state.pop("sweep", None)
            st.rerun()


def _will_take(found: SweepForecast, tried: bool) -> None:
    seconds = found.seconds
    if not isinstance(seconds, int | float):
        st.caption(say("time unknown"))
        return
    if not found.to_do:
        st.caption(say("all here"))
        return
    wall = float(seconds) / slots()
    kinds = {"known": found.known, "tried": found.tried, "guessed": found.guessed}
    rests = [say(f"rests on {kind}", count=count) for kind, count in kinds.items() if count]
    span, moment = time_span(wall), clock_time(time.time() + wall)
    st.markdown(say("will take", span=span, workers=counted(slots(), "worker"), moment=moment))
    st.caption(say("rests on", kinds=Markdown(", ".join(rests))))


def show_sweep() -> None:
    """The whole view."""
    every = all_sweeps()
    sweep = pick(every)
    try:
        if sweep is not None:
            with st.container(border=True, key="sweep_live"):
                live_sweep.panel(sweep)
            live_sweep.same_in_shell(sweep)
        else:
            ask()
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("cannot sweep"))
