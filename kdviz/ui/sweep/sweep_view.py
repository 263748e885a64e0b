"""The Sweep view: the sweeps that were begun, the one looked at, and another one to begin."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.home import RUN_ID
from kdviz.runs.sweeps.plan import Sweep, all_sweeps, by_identity
from kdviz.ui.state.url import one_of
from kdviz.ui.sweep import live_sweep, sweep_form
from kdviz.ui.texts import formatting
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import counted
from kdviz.ui.widgets.page_links import MOST, called

ANOTHER = "new"


def pick(every: Sequence[Sweep]) -> Sweep | None:
    """The sweep of the link, else the one that is picked; None for a new one."""
    asked = st.query_params.get("sweep", ANOTHER)
    if asked != ANOTHER and asked not in {s.folder.name for s in every}:
        known = RUN_ID.fullmatch(asked)
        st.warning(
            f"The sweep {asked[:8]} of this link is not on this machine." if known else "This link names no sweep.",
            title="No such sweep here",
        )
        st.query_params.pop("sweep", None)
    if not every:
        return None
    titles = {ANOTHER: "A new sweep", **{s.folder.name: called(s) for s in every[:MOST]}}
    picked = one_of(st.selectbox, "Sweep", titles, ANOTHER, "sweep", label_visibility="collapsed")
    return None if picked == ANOTHER else by_identity(picked)


def ask() -> None:
    """A new sweep: the form, what it comes to, and Start."""
    plan = sweep_form.plan_from_form()
    tried = st.session_state.get("tried_plan") == plan.identity
    found = sweep_form.comes_to(plan, 8.0 if tried else 0.0)
    networks = counted(found["teachers_and_controls"], "teacher or control", "teachers and controls")
    st.markdown(
        f"**{counted(found['runs'], 'run')}** on {networks}, each trained once; {found['to_do']} still to train."
    )
    sweep_form.left_out(found)
    _will_take(found, tried)
    if len(plan.seeds) < found["proves"]:
        st.caption(
            f"{counted(len(plan.seeds), 'seed')}: nothing can be concluded about methods from so few. For "
            f"{counted(len([m for m in plan.methods if m != 'supervised']), 'method')} compared with scratch it takes "
            f"at least {found['proves']}."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        minutes = st.number_input(
            "Budget, minutes", 1, 100_000, None, key="budget", placeholder="none", width=160,
            help="After so long no more runs are started; those that run end. It can go on later.",
        )  # fmt: skip
        if (
            (found["guessed"] or found["seconds"] is None)
            and not tried
            and st.button("Try a few epochs for a forecast", key="try_plan", icon=":material/timer:")
        ):
            st.session_state["tried_plan"] = plan.identity
            st.rerun()
        if st.button("Start", key="start_sweep", icon=":material/play_arrow:"):
            with st.spinner("Laying out the runs"):
                live_sweep.begin(asdict(plan), None if minutes is None else 60.0 * minutes)
            st.session_state.pop("sweep", None)
            st.rerun()


def _will_take(found: dict[str, object], tried: bool) -> None:
    seconds = found["seconds"]
    if not isinstance(seconds, int | float):
        st.caption("How long it takes is not known yet: nothing like it was trained here.")
        return
    if not found["to_do"]:
        st.caption("Everything of it is here already.")
        return
    wall = float(seconds) / slots()
    rests = [
        f"{found['known']} of runs like them here" * bool(found["known"]),
        f"{found['tried']} of a few epochs tried just now" * bool(found["tried"]),
        f"{found['guessed']} guessed from the others" * bool(found["guessed"]),
    ]
    st.markdown(
        f"About **{formatting.span(wall)}** with {counted(slots(), 'worker')}: done at about "
        f"{formatting.at(time.time() + wall)} if nothing else runs."
    )
    st.caption(f"Kinds of run it rests on: {', '.join(filter(None, rests))}.")


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
        st.warning(sentence(wrong), title="This cannot be swept so")
