"""A sweep while it runs: how far, how long still, its runs and their means, Stop and Go on; only files are read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.engine.workers import slots
from kdviz.runs.index.run_facts import outcomes
from kdviz.runs.looker.questions import CREATE_SWEEP
from kdviz.runs.store.home import hosted, run_folder
from kdviz.runs.store.run import ENDED, Run, RunState
from kdviz.runs.sweeps import scheduler
from kdviz.runs.sweeps.plan import Sweep, by_identity, line, seeds
from kdviz.runs.sweeps.progress import WAITING, Progress, progress, rows
from kdviz.ui.shell.frame import command, go
from kdviz.ui.state import cache
from kdviz.ui.sweep.cell_table import Rows, every_run
from kdviz.ui.texts.formatting import Markdown, one_line, text
from kdviz.ui.texts.sentences import clock_time, counted, say, say_plain, time_span
from kdviz.ui.widgets.drawings import follow


def mean_columns() -> dict[str, Any]:
    """The heads of the table of means."""
    number, line, done = st.column_config.NumberColumn, st.column_config.TextColumn, st.column_config.ProgressColumn
    accuracy = say("so far accuracy help")
    return {
        "method": line(say_plain("sweep column method")),
        "data": line(say_plain("sweep column data")),
        "student": line(say_plain("sweep column student")),
        "teachers": line(say_plain("sweep column teachers")),
        "ended": done(say_plain("so far ended"), format="percent", min_value=0, max_value=1),
        "accuracy": number(say_plain("so far accuracy"), format="percent", help=accuracy),
        "control": number(say_plain("so far control"), format="percent"),
    }


def so_far(runs: Rows) -> None:
    """By method, data, student and teachers: how many have ended, and their means; conclusions are drawn elsewhere."""
    found: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for row in runs:
        found.setdefault((row["method"], row["data"], row["student"], row["teachers"]), []).append(row)
    means = [
        {"method": m, "data": one_line(d), "student": s, "teachers": t, "ended": _share(each),
         "accuracy": _mean(each, "accuracy"), "control": _mean(each, "control")}
        for (m, d, s, t), each in found.items()
    ]  # fmt: skip
    heads = mean_columns()
    st.dataframe(
        pd.DataFrame(means),
        key="so_far",
        hide_index=True,
        column_config=heads,
        column_order=[name for name in heads if name != "teachers" or any(row["teachers"] for row in runs)],
        placeholder="–",
        alt=say_plain("so far alt"),
    )
    st.caption(say("so far"))


def _share(each: Rows) -> float:
    return sum(row["state"] in ENDED for row in each) / len(each)


def _mean(each: Rows, name: str) -> float | None:
    values = [row[name] for row in each if row[name] is not None]
    return sum(values) / len(values) if values else None


EVERY = 2.0
SHOWN = 4


def panel(sweep: Sweep) -> None:
    """The live panel, looked after while something is to come."""
    active = _active(sweep)
    follow("live_sweep", partial(_told, sweep), _panel, sweep, active, every=EVERY if active else None)


def _told(sweep: Sweep) -> tuple[Any, ...]:
    """What the panel shows, in short: how the sweep and its runs stand, and how far those are that learn now."""
    far, driven = progress(sweep, slots()), scheduler.is_driven(sweep)
    return far.state, tuple(sorted(far.states.items())), driven, sweep.cancelled, tuple(r.told for r in _running(sweep))


def _running(sweep: Sweep) -> list[Run]:
    found = outcomes(sweep.identities)
    running = [identity for identity, each in found.items() if each.state == RunState.RUNNING]
    return [Run(run_folder(identity)) for identity in running[:SHOWN]]


def _active(sweep: Sweep) -> bool:
    far = progress(sweep, slots())
    return far.state == RunState.RUNNING or (far.state == WAITING and scheduler.is_driven(sweep))


def _panel(sweep: Sweep, ticking: bool) -> None:
    if ticking and not _active(sweep):
        st.rerun()
    far = progress(sweep, slots())
    st.markdown(headline(sweep, far))
    st.progress(far.done / max(far.of, 1), text=forecast(sweep, far))
    now_training(sweep)
    _controls(sweep, far)
    runs = rows(sweep)
    so_far(runs)
    every_run(runs)


def headline(sweep: Sweep, far: Progress) -> str:
    """What it is and how it stands, in Markdown."""
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    plan = sweep.plan
    methods = ", ".join(text(titles.get(m, m)) for m in plan.methods)
    data = ", ".join(text(d["name"]) for d in plan.data)
    return say(
        "sweep headline", state=Markdown(standing(sweep, far)), methods=Markdown(methods), data=Markdown(data),
        seeds=counted(len(plan.seeds), "seed"), which=seeds(plan.seeds), students=text(", ".join(plan.students), 200),
    )  # fmt: skip


def standing(sweep: Sweep, far: Progress) -> str:
    """One word or two for how a sweep stands."""
    if far.state == WAITING:
        return say("standing starting") if scheduler.is_driven(sweep) else say("standing paused")
    return say(f"standing {far.state}").capitalize()


def forecast(sweep: Sweep, far: Progress) -> str:
    """How far it is, and when it will have ended."""
    ended = _ended(far)
    if far.done == far.of or not _going(sweep, far):
        return ended
    if far.seconds_left is None:
        return say("forecast unknown", ended=ended)
    over = scheduler.until(sweep) - time.time()
    if 0 < over < far.seconds_left:
        return say("forecast budget", ended=ended, moment=clock_time(time.time() + over))
    left = far.seconds_left
    return say("forecast", ended=ended, span=time_span(left), moment=clock_time(time.time() + left))


def _ended(far: Progress) -> str:
    span = time_span(far.seconds_spent)
    if failed := far.states.get("failed"):
        return say("ended so far failed", done=far.done, of=far.of, failed=failed, span=span)
    return say("ended so far", done=far.done, of=far.of, span=span)


def now_training(sweep: Sweep) -> None:
    """Which networks learn just now, and how far they are."""
    for run in _running(sweep):
        recipe = run.recipe
        name = recipe.method
        if name == "supervised":
            name = say_plain("network of", student=recipe.student, architecture=recipe.architecture)
        last = next((e for e in reversed(list(run.events())) if e.get("event") == "epoch"), None)
        far = say("reading data now")
        if last is not None:
            far = say("epoch now", epoch=last["epoch"], epochs=last["epochs"])
        data = text(run.request.get("data", ""))
        st.caption(say("training now", network=text(name), data=data, seed=recipe.seed, progress=far))


def _going(sweep: Sweep, far: Progress) -> bool:
    return far.state == RunState.RUNNING or scheduler.is_driven(sweep)


def _controls(sweep: Sweep, far: Progress) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if far.state != RunState.FINISHED and _going(sweep, far) and not sweep.cancelled:
            if st.button(say("stop"), key="stop_sweep", icon=":material/stop:", help=say("sweep stop help")):
                scheduler.release(sweep)
                st.rerun()
        elif far.state != RunState.FINISHED and st.button(say("go on"), key="go_on", icon=":material/play_arrow:"):
            begin(asdict(sweep.plan), None)
            st.rerun()
        if far.states.get("finished") and st.button(
            say("compare sweep"), key="compare_sweep", icon=":material/balance:"
        ):
            go("compare", {"of": sweep.folder.name})
    if far.states.get("missing"):
        st.caption(say("runs gone", runs=counted(far.states["missing"], "run")))
    if far.state == WAITING and not scheduler.is_driven(sweep):
        st.info(say("nobody works"))


def begin(plan: Mapping[str, Any], seconds: float | None) -> Sweep:
    """Make a sweep's runs, let the app bring them to their end, and look at it from now on; raises UserError."""
    if hosted():
        raise UserError(say_plain("no sweeps hosted"))
    found = by_identity(cache.looker().ask(CREATE_SWEEP, plan=dict(plan)).identity)
    scheduler.hand_to_app(found, seconds)
    cache.supervisor().wake()
    st.query_params["sweep"] = found.folder.name
    return found


def same_in_shell(sweep: Sweep) -> None:
    """The line that makes, or goes on with, the same sweep."""
    found = line(sweep.plan)
    st.caption(say("sweep in shell"))
    command(found or f"python -m kdviz sweep --out {sweep.folder}")
