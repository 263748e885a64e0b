"""A run while it runs: curves, forecast, Stop; only files are read."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures import curves
from kdviz.runs.store import Run
from kdviz.runs.supervisor import queue
from kdviz.ui import cached
from kdviz.ui.shell import command, link

Log = list[dict[str, Any]]
ENDED = ("finished", "stopped", "failed")
ONCE = "accuracy on the test set, looked at once, at the end"
SHORT = {"displayModeBar": False}


def panel(run: Run) -> None:
    """The live panel; it ticks once a second until the run has ended."""
    every = None if run.state in ENDED else 1.0
    st.fragment(_tick, run_every=every)(run, every is not None)


def _tick(run: Run, ticking: bool) -> None:
    state, log = run.state, list(run.events())
    if ticking and state in ENDED:
        st.rerun()
    _heading(run, state, log)
    by_who = epochs_by_who(log)
    if by_who:
        _curves(by_who)
    if state in ENDED:
        _result(run)
    elif st.button("Stop", key="stop_run", help="What was learned so far is kept."):
        run.cancel()
        st.toast("Stopping: what was learned is kept.")


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
        if st.button("Continue", key="continue_run", type="primary"):
            again(run)


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


def titled(who: str) -> str:
    """A network's name for people."""
    names = {"student": "Student", "control": "From-scratch control"}
    return names.get(who, f"{who.upper() if who == 'gaf' else who.capitalize()} teacher")


def _curves(by_who: Mapping[str, Log]) -> None:
    shown = {who: epochs for who, epochs in by_who.items() if epochs}
    left, right = st.columns(2)
    learner = shown.get("student") or list(shown.values())[-1]
    with left:
        st.caption(f"Loss by term, {titled(learner[0]['who']).lower()}")
        st.plotly_chart(curves.loss_terms(learner), key="losses", config=SHORT, alt=curves.described(learner))
    with right:
        st.caption("Accuracy by epoch, on validation data")
        st.plotly_chart(curves.accuracies(shown), key="accuracies", config=SHORT, alt=curves.described(learner))


def _result(run: Run) -> None:
    final = run.final or {}
    if final.get("event") == "failed":
        st.error(str(final["sentence"]), title="This run could not go on")
        if st.button("Try again", key="retry_run"):
            again(run)
        return
    if final.get("state") == "stopped":
        st.info("Stopped. What was learned until then is kept and can be looked at.", title="Stopped")
        if st.button("Continue", key="continue_run", type="primary"):
            again(run)
    if final.get("accuracy"):
        scores(final)
        link("evidence", "See where they looked")
        command(f"python -m kdviz evidence {run.folder} --extractor cam --series 0 --out maps.npz")


def scores(final: Mapping[str, Any]) -> None:
    """Test accuracies of student, control and teachers, side by side."""
    others = final.get("teachers", {})
    named = {"Student": final["accuracy"], **{titled(w): o["accuracy"] for w, o in others.items()}}
    with st.container(horizontal=True):
        for name, accuracy in named.items():
            st.metric(name, f"{accuracy['test']:.1%}", help=ONCE, width="content")
    st.caption(
        f"Test accuracy. The student's answer is its {final['selection']} epoch ({final['best_epoch']} of "
        f"{final['epochs']}), chosen without test data. One seed: nothing can be concluded about the method from it."
    )


def again(run: Run) -> None:
    """Take the stop back and start a worker."""
    cached.supervisor().revive(run)
    st.rerun()
