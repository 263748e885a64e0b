"""A sweep while it runs: how far, how long still, a table of its runs, Stop and Go on. Only files are read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from kdviz.errors import UserError
from kdviz.runs import driven
from kdviz.runs.engine import slots
from kdviz.runs.hosting import hosted
from kdviz.runs.sweep import Sweep, by_identity
from kdviz.runs.sweep_line import line, seeds
from kdviz.runs.sweep_progress import Progress, progress, rows
from kdviz.ui import cached, moments, sweep_tables
from kdviz.ui.escape import text
from kdviz.ui.shell import command, go
from kdviz.ui.words import counted

EVERY = 2.0
SHOWN = 4
SHARED = (
    "On a shared host no sweeps are started: they would take every other visitor's turn. Run kdviz on a machine of "
    "your own, where the same form, or `python -m kdviz sweep`, starts it."
)


def panel(sweep: Sweep) -> None:
    """The live panel; it ticks while something is to come."""
    active = _active(sweep)
    st.fragment(_tick, run_every=EVERY if active else None)(sweep, active)


def _active(sweep: Sweep) -> bool:
    far = progress(sweep, slots())
    return far.state == "running" or (far.state == "waiting" and driven.is_driven(sweep))


def _tick(sweep: Sweep, ticking: bool) -> None:
    if ticking and not _active(sweep):
        st.rerun()
    far = progress(sweep, slots())
    st.markdown(headline(sweep, far))
    st.progress(far.done / max(far.of, 1), text=forecast(sweep, far))
    now_training(sweep)
    _controls(sweep, far)
    told = rows(sweep)
    sweep_tables.so_far(told)
    sweep_tables.every_run(told)


def headline(sweep: Sweep, far: Progress) -> str:
    """What it is and how it stands, in Markdown."""
    titles = {m["id"]: m["title"] for m in cached.catalogue()["methods"]}
    plan = sweep.plan
    methods = ", ".join(text(titles.get(m, m)) for m in plan.methods)
    data = ", ".join(text(d["name"]) for d in plan.data)
    how = f"{counted(len(plan.seeds), 'seed')} ({seeds(plan.seeds)})"
    return f"**{standing(sweep, far)}**: {methods} on {data}, {how}, {text(', '.join(plan.students), 200)}"


def standing(sweep: Sweep, far: Progress) -> str:
    """One word or two for how a sweep stands."""
    if far.state == "waiting":
        return "Starting" if driven.is_driven(sweep) else "Paused"
    return far.state.capitalize()


def forecast(sweep: Sweep, far: Progress) -> str:
    """How far it is, and when it will have ended."""
    failed = f", {far.states['failed']} failed" if far.states.get("failed") else ""
    ended = f"{far.done} of {far.of} networks{failed}; {moments.span(far.seconds_spent)} of training"
    if far.done == far.of or not _going(sweep, far):
        return ended
    if far.seconds_left is None:
        return f"{ended}. How long it takes is known when the first has ended."
    over = driven.until(sweep) - time.time()
    if 0 < over < far.seconds_left:
        return f"{ended}. Its budget ends at {moments.at(time.time() + over)}, before all are done."
    return (
        f"{ended}. About {moments.span(far.seconds_left)} to go, done at {moments.at(time.time() + far.seconds_left)}"
    )


def now_training(sweep: Sweep) -> None:
    """Which networks learn just now, and how far they are."""
    for run in [r for r in sweep.runs().values() if r.folder.is_dir() and r.state == "running"][:SHOWN]:
        recipe = run.recipe
        name = recipe.method if recipe.method != "supervised" else f"the {recipe.student}:{recipe.architecture} network"
        last = next((e for e in reversed(list(run.events())) if e.get("event") == "epoch"), None)
        far = "reading the data" if last is None else f"epoch {last['epoch']} of {last['epochs']}"
        data = text(run.request.get("data", ""))
        st.caption(f"Training now: {text(name)} on {data}, seed {recipe.seed}, {far}")


def _going(sweep: Sweep, far: Progress) -> bool:
    return far.state == "running" or driven.is_driven(sweep)


def _controls(sweep: Sweep, far: Progress) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if far.state != "finished" and _going(sweep, far) and not sweep.cancelled:
            if st.button("Stop", key="stop_sweep", icon=":material/stop:", help="What was learned is kept."):
                driven.release(sweep)
                st.rerun()
        elif far.state != "finished" and st.button("Go on", key="go_on", icon=":material/play_arrow:"):
            begin(asdict(sweep.plan), None)
            st.rerun()
        if far.states.get("finished") and st.button("Compare", key="compare_sweep", icon=":material/balance:"):
            go("compare", {"of": sweep.folder.name})
    if far.states.get("missing"):
        st.caption(
            f"{counted(far.states['missing'], 'run')} of it lie in the trash or were removed; Go on makes them anew."
        )
    if far.state == "waiting" and not driven.is_driven(sweep):
        st.info("Nobody works on it: its budget is spent, or the command line that began it has ended.")


def begin(plan: Mapping[str, Any], seconds: float | None) -> Sweep:
    """Make a sweep's runs, let the app bring them to their end, and look at it from now on; raises UserError."""
    if hosted():
        raise UserError(SHARED)
    words, _ = cached.looker().ask("sweep", plan=dict(plan), keep=True)
    found = by_identity(words["identity"])
    driven.drive(found, seconds)
    cached.supervisor().wake()
    st.query_params["sweep"] = found.folder.name
    return found


def same_in_shell(sweep: Sweep) -> None:
    """The line that makes, or goes on with, the same sweep."""
    found = line(sweep.plan)
    st.caption("The same sweep in a shell; given again, it goes on where it was cut off:")
    command(found or f"python -m kdviz sweep --out {sweep.folder}")
