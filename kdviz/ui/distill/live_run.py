"""A run while it runs: curves, forecast, Stop, remarks and what each term pulls with; only files are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures import training_curves
from kdviz.figures.live_look import live_look
from kdviz.figures.palette import network_name
from kdviz.modalities.base import modalities
from kdviz.runs.engine.queue import shortest
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.attempts import seconds_left
from kdviz.runs.store.history import epochs_by_network, looks, remarks, run_progress
from kdviz.runs.store.run import ENDED, WITH_ANSWER, Run, RunState
from kdviz.ui.shell.frame import link
from kdviz.ui.state import cache, launch
from kdviz.ui.state.current import still_readable
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import Markdown, one_line, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets import run_result
from kdviz.ui.widgets.drawings import follow, mount

Entries = Sequence[Mapping[str, Any]]
WARNS = "warning:"
SHORT = {"displayModeBar": False}
KEPT = 64


def noted(log: Entries) -> None:
    """The sentences that the method left for its reader; what warns stands out."""
    for remark in remarks(log):
        if WARNS in remark:
            st.warning(sentence(remark))
        else:
            st.caption(sentence(remark))


def undertones(epochs: Entries) -> None:
    """Pulls and read-outs of the student's epochs, where there are any."""
    pulled = [e for e in epochs if e["gradients"]]
    if not pulled:
        return
    with st.expander(say("pulls open")):
        names = ", ".join(f"{name} {value:.3g}" for name, value in pulled[-1]["gradients"].items())
        st.plotly_chart(
            training_curves.zoomable(training_curves.pulls(pulled), 280, markers=True),
            key="pulls",
            config=SHORT,
            alt=say_plain("pulls alt", names=names),
        )
        st.caption(say("pulls"))
        for name, values in training_curves.by_name(epochs, "readouts").items():
            drawn = training_curves.zoomable(training_curves.readout(epochs, name), 220)
            drawn.update_yaxes(rangemode="tozero")
            alt = say_plain("readout alt", name=name, value=values[-1])
            st.plotly_chart(drawn, key=f"readout_{name}", config=SHORT, alt=alt)


Log = list[dict[str, Any]]


def panel(run: Run) -> None:
    """The live panel; once a second it looks whether there is more to tell, until the run has ended."""
    every = None if run.state in ENDED else 1.0
    follow("live_run", partial(_told, run), _panel, run, every is not None, every=every)


def _told(run: Run) -> tuple[str, ...]:
    """What the panel shows, in short; nothing is read but the state of the run and the size of its log."""
    if not still_readable(run):
        return ()
    state = run.state
    return state, run.told, waiting(run) if state == RunState.QUEUED else ""


def former(run: Run) -> None:
    """A run that is not of the choices on the left: one line, the way back to it, and what Start would do."""
    state = run.state
    with st.container(key="former", horizontal=True, vertical_alignment="center"):
        st.markdown(headline(run, state), width="content")
        st.button(say("back to run"), key="back_to_run", on_click=_back, icon=":material/undo:")
        if state in WITH_ANSWER:
            link("evidence", say("see where"))
    st.info(say("other choice"))
    _curves({})


def _back() -> None:
    st.session_state.pop("form_of_run", None)
    st.query_params.pop("method", None)


def nothing_yet() -> None:
    """Before the first run: what Start does, and the empty curves that it will fill."""
    st.markdown(say("nothing learning"))
    st.info(say("what start does"))
    _curves({})


def _panel(run: Run, ticking: bool) -> None:
    if not still_readable(run):
        st.rerun()  # the whole page says that there is no such run
    state = run.state
    if ticking and state in ENDED:
        st.rerun()
    told = run.told
    how, end = st.columns([4, 1], vertical_alignment="center")
    with how:
        _headed(str(run.folder), state, told)
    if state not in ENDED and own(run) and end.button(say("stop"), key="stop_run", help=say("stop help")):
        run.cancel()
        st.toast(say("stopping"))
    _heading(run, state)
    if state in ENDED:
        run_result.show_result(run)
    show_live_bands(run, list(run.events()))
    _drawn(str(run.folder), told)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _headed(place: str, state: str, told: str) -> None:
    """The heading of a run as it stands, with its progress; drawn once for one log, whoever looks at it."""
    run = Run(Path(place))
    st.markdown(headline(run, RunState(state)))
    run_result.may_know(run)
    if state == RunState.RUNNING:
        share, line = progress(run, list(run.events()))
        st.progress(share, text=line)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _drawn(place: str, told: str) -> None:
    """The curves and remarks of a run; drawn once for one log, whoever looks at it."""
    log = list(Run(Path(place)).events())
    epochs = epochs_by_network(log)
    _curves(epochs)
    noted(log)
    undertones(epochs.get("student", []))


def headline(run: Run, state: RunState) -> str:
    """Which run this is and how it stands, in Markdown."""
    recipe = run.recipe
    titles = {row["id"]: row["title"] for row in cache.catalogue()["methods"]}
    data = text(run.request.get("data", ""))
    title, now = titles.get(recipe.method, recipe.method), Markdown(say(f"state {state}").capitalize())
    taken = (run.final or {}).get("epochs", recipe.epochs)
    unknown = recipe.budget != "quick" and run.final is None
    epochs = say("at most epochs", epochs=taken) if unknown else taken
    return say("run headline", state=now, method=text(title), data=data, epochs=epochs, seed=recipe.seed)


def _heading(run: Run, state: str) -> None:
    if state == RunState.QUEUED:
        st.info(waiting(run))
    elif state == RunState.INTERRUPTED:
        st.warning(say("worker gone"))
        if own(run) and st.button(say("continue"), key="continue_run"):
            launch.again(run)


def waiting(run: Run) -> str:
    """A run's place in the queue and when it is likely to begin, in words."""
    keeper = cache.supervisor()
    if keeper.trouble:
        return say("waits", trouble=Markdown(keeper.trouble))
    now = keeper.standing(run)
    if now.starts:
        return say("worker starting")
    before, at_once = counted(now.ahead, "waits") if now.ahead else say("yours next"), counted(slots(), "run trains")
    if now.begins is None:
        return say("queue", before=before, at_once=at_once)
    return say("queue when", before=before, at_once=at_once, span=duration(now.begins))


def duration(seconds: float) -> str:
    """A forecast in words, no finer than it deserves."""
    return say("about seconds", count=max(seconds, 1)) if seconds < 90 else say("about minutes", count=seconds / 60)


def progress(run: Run, log: Log) -> tuple[float, str]:
    """The share done, and in words who learns what; the forecast is the median of the last epochs."""
    so_far = run_progress(run, log)
    if so_far.now is None:
        return so_far.share, say("reading drawing")
    network, epoch, epochs = network_name(so_far.now["who"]), so_far.now["epoch"], so_far.now["epochs"]
    of = say("at most epochs", epochs=epochs) if so_far.now.get("open") else epochs
    if (left := shortest(so_far.left, seconds_left(run) if so_far.left is not None else None)) is None:
        return so_far.share, say("epoch of", network=network, epoch=epoch, epochs=of)
    span = say("span at most", span=duration(left)) if so_far.open else say("span about", span=duration(left))
    return so_far.share, say("epoch of left", network=network, epoch=epoch, epochs=of, span=span)


def _curves(by_role: Mapping[str, list[Mapping[str, Any]]]) -> None:
    shown = {role: epochs for role, epochs in by_role.items() if epochs}
    learner = shown.get("student") or (list(shown.values())[-1] if shown else [])
    network = network_name(learner[0]["who"]).lower() if learner else say("from first epoch")
    alt = training_curves.described(learner)
    accuracies = training_curves.accuracies(shown, trained=True)
    st.plotly_chart(training_curves.zoomable(accuracies), key="accuracies", config=SHORT, alt=alt)
    st.caption(say("accuracies"))
    st.plotly_chart(training_curves.zoomable(training_curves.loss_terms(learner)), key="losses", config=SHORT, alt=alt)
    st.caption(say("loss terms", network=network))


def show_live_bands(run: Run, log: Sequence[Mapping[str, Any]]) -> None:
    """The bands, where any network has told where it looks; nothing before."""
    told = looks(run, log)
    try:
        data = cache.dataset_of(run) if told else None
    except UserError:
        return
    if data is None:
        return
    number = int((data.validation if data.validation.size else data.train)[0])
    shown = {
        f"{role} {view}": (role, view, len(each["look"]) > 1, each)
        for role, each in told.items()
        for view in each["look"]
    }
    names = {
        key: say_plain("band of view", network=network_name(role), view=modalities()[view].title)
        if several and view in modalities()
        else network_name(role)
        for key, (role, view, several, _) in shown.items()
    }
    epochs = {key: say_plain("band epoch", epoch=e["epoch"], epochs=e["epochs"]) for key, (_, _, _, e) in shown.items()}
    values = {key: each["look"][view] for key, (_, view, _, each) in shown.items()}
    named = one_line(data.classes[int(data.y[number])], 24)
    series = say_plain("live series", series=number, name=named)
    alt = say_plain("live alt", networks=", ".join(names.values()), series=number)
    mount("live_look", live_look(data.X[number, 0], series, values, names, epochs, alt), "live_look")
    st.caption(say("live bands"))
