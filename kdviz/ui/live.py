"""A run while it runs: curves, forecast, Stop; only files are read."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures import curves
from kdviz.figures.palette import titled
from kdviz.runs.store import Run
from kdviz.runs.supervisor import queue
from kdviz.ui import cached, ended
from kdviz.ui.escape import text

Log = list[dict[str, Any]]
ENDED = ("finished", "stopped", "failed")
SHORT = {"displayModeBar": False}


def panel(run: Run) -> None:
    """The live panel; it ticks once a second until the run has ended."""
    every = None if run.state in ENDED else 1.0
    st.fragment(_tick, run_every=every)(run, every is not None)


def nothing_yet() -> None:
    """Before the first run: what Start does, and the empty curves that it will fill."""
    st.markdown("**Nothing is learning yet.**")
    st.info("Start trains the teachers that are missing, then the student, then its from-scratch control.")
    _curves({})


def _tick(run: Run, ticking: bool) -> None:
    state, log = run.state, list(run.events())
    if ticking and state in ENDED:
        st.rerun()
    st.markdown(headline(run, state))
    _heading(run, state, log)
    if state in ENDED:
        ended.show(run)
    _curves(epochs_by_who(log))
    if state not in ENDED and st.button("Stop", key="stop_run", help="What was learned so far is kept."):
        run.cancel()
        st.toast("Stopping: what was learned is kept.")


def headline(run: Run, state: str) -> str:
    """Which run this is and how it stands, in Markdown."""
    recipe = run.recipe
    titles = {row["id"]: row["title"] for row in cached.catalogue()["methods"]}
    data = text(run.request.get("data", ""))
    what = f"{text(titles.get(recipe.method, recipe.method))} on {data}, {recipe.epochs} epochs, seed {recipe.seed}"
    return f"**{state.capitalize()}**: {what}"


def epochs_by_who(log: Log) -> dict[str, Log]:
    """The epochs told so far, by network, each epoch once."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for event in log:
        if event.get("event") == "epoch":
            found.setdefault(event["who"], {})[event["epoch"]] = event
    return {who: [each[n] for n in sorted(each)] for who, each in found.items()}


def _heading(run: Run, state: str, log: Log) -> None:
    if state == "queued":
        st.info(waiting(run))
    elif state == "running":
        share, words = progress(run, log)
        st.progress(share, text=words)
    elif state == "interrupted":
        st.warning("The worker of this run is gone. Nothing is lost: it goes on from its last checkpoint.")
        if st.button("Continue", key="continue_run"):
            ended.again(run)


def waiting(run: Run) -> str:
    """A run's place in the queue, in words."""
    names = [r.folder.name for r in queue()]
    ahead = names.index(run.folder.name) if run.folder.name in names else 0
    if ahead:
        return f"{ahead} run{'s are' if ahead > 1 else ' is'} ahead of yours. It starts by itself."
    return "The worker is starting. Its first line comes in a moment."


def progress(run: Run, log: Log) -> tuple[float, str]:
    """The share done, and in words who learns what; the forecast is the median of the last epochs."""
    recipe = run.recipe
    plan = {t.student: t.epochs for t in recipe.teachers} | {"student": recipe.epochs}
    if recipe.control:
        plan["control"] = recipe.epochs
    done = {e["who"]: plan.get(e["who"], 0) for e in log if e.get("event") == "learned"}
    by_who = epochs_by_who(log)
    for who, epochs in by_who.items():
        done.setdefault(who, len(epochs))
    share = sum(min(done.get(w, 0), n) for w, n in plan.items()) / max(sum(plan.values()), 1)
    now = next((e for e in reversed(log) if e.get("event") == "epoch"), None)
    if now is None:
        return share, "Reading the data and drawing the images"
    each = statistics.median(e["seconds"] for e in by_who[now["who"]][-5:])
    left = each * sum(n - min(done.get(w, 0), n) for w, n in plan.items())
    forecast = f", about {left:.0f} s to go" if len(by_who[now["who"]]) > 1 else ""
    return min(share, 1.0), f"{titled(now['who'])}: epoch {now['epoch']} of {now['epochs']}{forecast}"


def _curves(by_who: Mapping[str, Log]) -> None:
    shown = {who: epochs for who, epochs in by_who.items() if epochs}
    learner = shown.get("student") or (list(shown.values())[-1] if shown else [])
    who = titled(learner[0]["who"]).lower() if learner else "from the first epoch on"
    told = curves.described(learner)
    st.plotly_chart(curves.accuracies(shown), key="accuracies", config=SHORT, alt=told)
    st.caption("Share of validation series answered rightly, by epoch. Does the student rise before its control?")
    st.plotly_chart(curves.loss_terms(learner), key="losses", config=SHORT, alt=told)
    st.caption(f"What the loss is made of, {who}. Which term does it learn from?")
