"""A run while it runs: curves, forecast, Stop; only files are read.

What else a run tells while it learns: its remarks, what each term of the loss pulls with, the method's read-outs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.figures import training_curves
from kdviz.figures.palette import network_name
from kdviz.runs.engine.queue import seconds_until
from kdviz.runs.engine.supervisor import busy
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.history import epochs_by_network, remarks, run_progress
from kdviz.runs.store.run import ENDED, Run, RunState, all_runs
from kdviz.ui.state import cache, launch
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import sentence, text
from kdviz.ui.texts.sentences import counted
from kdviz.ui.widgets import run_result

Entries = Sequence[Mapping[str, Any]]
WARNS = "warning:"
SHORT = {"displayModeBar": False}
PULLS = (
    "How strongly each term pulls at the student's weights: the length of its own gradient, in the epochs in which it "
    "was measured. A term that pulls a hundred times less than another hardly teaches, whatever its value."
)


def noted(log: Entries) -> None:
    """The sentences that the method left for its reader; what warns stands out."""
    for words in remarks(log):
        if WARNS in words:
            st.warning(sentence(words))
        else:
            st.caption(sentence(words))


def undertones(epochs: Entries) -> None:
    """Pulls and read-outs of the student's epochs, where there are any."""
    pulled = [e for e in epochs if e["gradients"]]
    if not pulled:
        return
    with st.expander("What each term pulls with, and what the method reads out"):
        names = ", ".join(f"{name} {value:.3g}" for name, value in pulled[-1]["gradients"].items())
        st.plotly_chart(
            training_curves.zoomable(training_curves.pulls(pulled), 280, markers=True),
            key="pulls",
            config=SHORT,
            alt=f"Gradient norms by epoch; last: {names}.",
        )
        st.caption(PULLS)
        for name, values in training_curves.by_name(epochs, "readouts").items():
            drawn = training_curves.zoomable(training_curves.readout(epochs, name), 220)
            drawn.update_yaxes(rangemode="tozero")
            st.plotly_chart(drawn, key=f"readout_{name}", config=SHORT, alt=f"{name} by epoch, last {values[-1]:.3g}.")


Log = list[dict[str, Any]]


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
        run_result.show_result(run)
    told = epochs_by_network(log)
    _curves(told)
    noted(log)
    undertones(told.get("student", []))
    if state not in ENDED and own(run) and st.button("Stop", key="stop_run", help="What was learned so far is kept."):
        run.cancel()
        st.toast("Stopping: what was learned is kept.")


def headline(run: Run, state: RunState) -> str:
    """Which run this is and how it stands, in Markdown."""
    recipe = run.recipe
    titles = {row["id"]: row["title"] for row in cache.catalogue()["methods"]}
    data = text(run.request.get("data", ""))
    what = f"{text(titles.get(recipe.method, recipe.method))} on {data}, {recipe.epochs} epochs, seed {recipe.seed}"
    return f"**{state.capitalize()}**: {what}"


def _heading(run: Run, state: str, log: Log) -> None:
    if state == RunState.QUEUED:
        st.info(waiting(run))
    elif state == RunState.RUNNING:
        share, words = progress(run, log)
        st.progress(share, text=words)
    elif state == RunState.INTERRUPTED:
        st.warning("The worker of this run is gone. Nothing is lost: it goes on from its last checkpoint.")
        if own(run) and st.button("Continue", key="continue_run"):
            launch.again(run)


def waiting(run: Run) -> str:
    """A run's place in the queue and when it is likely to begin, in words."""
    keeper = cache.supervisor()
    if keeper.trouble:
        return f"It waits. {keeper.trouble}"
    ahead, others = keeper.place(run)
    if not ahead and busy([r for r in all_runs() if r.state == RunState.RUNNING]) < slots():
        return "The worker is starting. Its first line comes in a moment."
    before = f"{ahead} run{'s wait' if ahead > 1 else ' waits'} before yours" if ahead else "Yours is the next run"
    begins = seconds_until(run, others, slots())
    when = "" if begins is None else f", in about {duration(begins)}"
    return f"{before}; {counted(slots(), 'run trains', 'runs train')} at a time. It starts by itself{when}."


def duration(seconds: float) -> str:
    """A forecast in words, no finer than it deserves."""
    return f"{max(seconds, 1):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"


def progress(run: Run, log: Log) -> tuple[float, str]:
    """The share done, and in words who learns what; the forecast is the median of the last epochs."""
    so_far = run_progress(run, log)
    if so_far.now is None:
        return so_far.share, "Reading the data and drawing the images"
    forecast = "" if so_far.left is None else f", about {duration(so_far.left)} to go"
    return (
        so_far.share,
        f"{network_name(so_far.now['who'])}: epoch {so_far.now['epoch']} of {so_far.now['epochs']}{forecast}",
    )


def _curves(by_who: Mapping[str, list[Mapping[str, Any]]]) -> None:
    shown = {who: epochs for who, epochs in by_who.items() if epochs}
    learner = shown.get("student") or (list(shown.values())[-1] if shown else [])
    who = network_name(learner[0]["who"]).lower() if learner else "from the first epoch on"
    told = training_curves.described(learner)
    accuracies = training_curves.accuracies(shown, trained=True)
    st.plotly_chart(training_curves.zoomable(accuracies), key="accuracies", config=SHORT, alt=told)
    st.caption("Share of validation series answered rightly, by epoch. Does the student rise before its control?")
    st.plotly_chart(training_curves.zoomable(training_curves.loss_terms(learner)), key="losses", config=SHORT, alt=told)
    st.caption(f"What the loss is made of, {who}. Which term does it learn from?")
