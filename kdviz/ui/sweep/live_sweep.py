"""A sweep while it runs: how far, how long still, a table of its runs, Stop and Go on. Only files are read.

A sweep's runs in rows, and their means so far.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.home import hosted
from kdviz.runs.store.run import ENDED, RunState
from kdviz.runs.sweeps import scheduler
from kdviz.runs.sweeps.plan import Sweep, by_identity, line, seeds
from kdviz.runs.sweeps.progress import WAITING, Progress, progress, rows
from kdviz.ui.shell.frame import command, go, link
from kdviz.ui.state import cache, current
from kdviz.ui.texts import formatting
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import counted

Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 1000
COLUMNS = {
    "method": st.column_config.TextColumn("Method"),
    "data": st.column_config.TextColumn("Data"),
    "student": st.column_config.TextColumn("Student", width="small"),
    "seed": st.column_config.NumberColumn("Seed", format="%d", width="small"),
    "state": st.column_config.TextColumn("State", width="small"),
    "accuracy": st.column_config.NumberColumn("Accuracy", format="percent", help="on the test set, looked at once"),
    "control": st.column_config.NumberColumn("Scratch", format="percent", help="its from-scratch control"),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.1f", width="small"),
    "why": st.column_config.TextColumn("Why not"),
}  # fmt: skip
SO_FAR = {
    "method": st.column_config.TextColumn("Method"),
    "data": st.column_config.TextColumn("Data"),
    "student": st.column_config.TextColumn("Student"),
    "ended": st.column_config.ProgressColumn("Ended", format="percent", min_value=0, max_value=1),
    "accuracy": st.column_config.NumberColumn("Mean accuracy", format="percent", help="of what has ended"),
    "control": st.column_config.NumberColumn("Mean of scratch", format="percent"),
}  # fmt: skip


def so_far(told: Rows) -> None:
    """By method, data and student: how many have ended, and their means; conclusions are drawn elsewhere."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in told:
        found.setdefault((row["method"], row["data"], row["student"]), []).append(row)
    means = [
        {"method": m, "data": one_line(d), "student": s, "ended": _share(each), "accuracy": _mean(each, "accuracy"),
         "control": _mean(each, "control")}
        for (m, d, s), each in found.items()
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(means),
        key="so_far",
        hide_index=True,
        column_config=SO_FAR,
        placeholder="–",
        alt="Means by method so far",
    )
    st.caption("Means of what has ended so far. What follows from them, and what does not, is said under Compare.")


def _share(each: Rows) -> float:
    return sum(row["state"] in ENDED for row in each) / len(each)


def _mean(each: Rows, name: str) -> float | None:
    values = [row[name] for row in each if row[name] is not None]
    return sum(values) / len(values) if values else None


def every_run(told: Rows) -> None:
    """One row a run; one that is chosen can be opened."""
    shown = told[:MOST_ROWS]
    idle = [n for n in ("why", "control") if not any(row[n] for row in shown)]
    frame = pd.DataFrame([{n: one_line(r[n]) if isinstance(r[n], str) else r[n] for n in COLUMNS} for r in shown])
    with st.expander(f"Every run ({len(told):,})", expanded=len(told) <= 24):
        picked = st.dataframe(
            frame, key="sweep_runs", hide_index=True, column_config=COLUMNS, on_select="rerun",
            selection_mode="single-row", column_order=[n for n in COLUMNS if n not in idle],
            height=min(38 + 35 * len(shown), 430), alt="Every run of the sweep",
            placeholder="–",
        )  # fmt: skip
        places = picked["selection"]["rows"]
        if places and places[0] < len(shown):
            current.choose_run(str(shown[places[0]]["id"]))
            link("runs", f"Open {shown[places[0]]['method']}, seed {shown[places[0]]['seed']}")


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
    return far.state == RunState.RUNNING or (far.state == WAITING and scheduler.is_driven(sweep))


def _tick(sweep: Sweep, ticking: bool) -> None:
    if ticking and not _active(sweep):
        st.rerun()
    far = progress(sweep, slots())
    st.markdown(headline(sweep, far))
    st.progress(far.done / max(far.of, 1), text=forecast(sweep, far))
    now_training(sweep)
    _controls(sweep, far)
    told = rows(sweep)
    so_far(told)
    every_run(told)


def headline(sweep: Sweep, far: Progress) -> str:
    """What it is and how it stands, in Markdown."""
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    plan = sweep.plan
    methods = ", ".join(text(titles.get(m, m)) for m in plan.methods)
    data = ", ".join(text(d["name"]) for d in plan.data)
    how = f"{counted(len(plan.seeds), 'seed')} ({seeds(plan.seeds)})"
    return f"**{standing(sweep, far)}**: {methods} on {data}, {how}, {text(', '.join(plan.students), 200)}"


def standing(sweep: Sweep, far: Progress) -> str:
    """One word or two for how a sweep stands."""
    if far.state == WAITING:
        return "Starting" if scheduler.is_driven(sweep) else "Paused"
    return far.state.capitalize()


def forecast(sweep: Sweep, far: Progress) -> str:
    """How far it is, and when it will have ended."""
    failed = f", {far.states['failed']} failed" if far.states.get("failed") else ""
    ended = f"{far.done} of {far.of} networks{failed}; {formatting.span(far.seconds_spent)} of training"
    if far.done == far.of or not _going(sweep, far):
        return ended
    if far.seconds_left is None:
        return f"{ended}. How long it takes is known when the first has ended."
    over = scheduler.until(sweep) - time.time()
    if 0 < over < far.seconds_left:
        return f"{ended}. Its budget ends at {formatting.at(time.time() + over)}, before all are done."
    left = far.seconds_left
    return f"{ended}. About {formatting.span(left)} to go, done at {formatting.at(time.time() + left)}"


def now_training(sweep: Sweep) -> None:
    """Which networks learn just now, and how far they are."""
    for run in [r for r in sweep.runs().values() if r.folder.is_dir() and r.state == RunState.RUNNING][:SHOWN]:
        recipe = run.recipe
        name = recipe.method if recipe.method != "supervised" else f"the {recipe.student}:{recipe.architecture} network"
        last = next((e for e in reversed(list(run.events())) if e.get("event") == "epoch"), None)
        far = "reading the data" if last is None else f"epoch {last['epoch']} of {last['epochs']}"
        data = text(run.request.get("data", ""))
        st.caption(f"Training now: {text(name)} on {data}, seed {recipe.seed}, {far}")


def _going(sweep: Sweep, far: Progress) -> bool:
    return far.state == RunState.RUNNING or scheduler.is_driven(sweep)


def _controls(sweep: Sweep, far: Progress) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if far.state != RunState.FINISHED and _going(sweep, far) and not sweep.cancelled:
            if st.button("Stop", key="stop_sweep", icon=":material/stop:", help="What was learned is kept."):
                scheduler.release(sweep)
                st.rerun()
        elif far.state != RunState.FINISHED and st.button("Go on", key="go_on", icon=":material/play_arrow:"):
            begin(asdict(sweep.plan), None)
            st.rerun()
        if far.states.get("finished") and st.button("Compare", key="compare_sweep", icon=":material/balance:"):
            go("compare", {"of": sweep.folder.name})
    if far.states.get("missing"):
        st.caption(
            f"{counted(far.states['missing'], 'run')} of it lie in the trash or were removed; Go on makes them anew."
        )
    if far.state == WAITING and not scheduler.is_driven(sweep):
        st.info("Nobody works on it: its budget is spent, or the command line that began it has ended.")


def begin(plan: Mapping[str, Any], seconds: float | None) -> Sweep:
    """Make a sweep's runs, let the app bring them to their end, and look at it from now on; raises UserError."""
    if hosted():
        raise UserError(SHARED)
    words, _ = cache.looker().ask("sweep", plan=dict(plan), keep=True)
    found = by_identity(words["identity"])
    scheduler.hand_to_app(found, seconds)
    cache.supervisor().wake()
    st.query_params["sweep"] = found.folder.name
    return found


def same_in_shell(sweep: Sweep) -> None:
    """The line that makes, or goes on with, the same sweep."""
    found = line(sweep.plan)
    st.caption("The same sweep in a shell; given again, it goes on where it was cut off:")
    command(found or f"python -m kdviz sweep --out {sweep.folder}")
