"""What is watched and how: a recording, where its normal part ends, views, methods and teachers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.prepare.marked import UNSAID
from kdviz.data.sources import recordings
from kdviz.data.stretch import Stretch
from kdviz.figures.timelines.window_charts import MOST_ROWS, recorded
from kdviz.figures.timelines.window_charts import repeats as repeats_figure
from kdviz.metrics.detection import autocorrelation, period
from kdviz.runs.hosting import uploads
from kdviz.training.watched.watch_settings import LAST, SELECTIONS, VIEWS, WINDOW_CHOICES, window_for
from kdviz.ui.state import cache, current, url
from kdviz.ui.state import watched as chosen
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets.drawings import BAR
from kdviz.ui.widgets.upload import OPENED, TO_WATCH, dropped, let_go

MINE = "mine"
TEACHERS = ("scan", "lite0", "own", "random")
END = "end"


def choose() -> Stretch:
    """Samples to watch, a file that was opened as series, or one that is dropped here; raises UserError."""
    left, right = st.columns(2)
    now = chosen.recording_id()
    options = {name: say_plain(f"recording {name}") for name in recordings.TITLES}
    if len(now) == 64:
        options[now] = one_line(chosen.recording().name, 40)
    with left:
        st.session_state["recording"] = now
        st.pills(say("recording which"), list(options), format_func=options.__getitem__, key="recording",
                 on_change=_take, wrap=True)  # fmt: skip
        _opened_elsewhere()
    with right:
        if files := dropped(say("recording drop"), "recording_file"):
            _store(files)
    return chosen.recording()


def _take() -> None:
    if st.session_state["recording"]:
        chosen.choose_recording(st.session_state["recording"])
        st.session_state.pop("train_end", None)
        st.query_params.pop(END, None)
        current.choose_run(None)


def _opened_elsewhere() -> None:
    """The file that was opened on the Data page, which may be one recording; at once where that page sent it."""
    opened, sent = st.session_state.get(OPENED), st.session_state.pop(TO_WATCH, False)
    if opened is None or uploads.received(opened[1]) is None or st.session_state.get("watched_upload") == opened[1]:
        return
    if sent or st.button(say("watch opened", name=opened[3]), key="watch_opened"):
        _read(opened[1], opened[2])


def _store(files: list[Any]) -> None:
    try:
        sha, _ = uploads.take_in([(file.name, file.getbuffer()) for file in files])
    except UserError as wrong:
        st.error(sentence(wrong), title=say("not taken"))
        return
    let_go(files)
    _read(sha, {})


def _read(sha: str, mapping: Mapping[str, Any]) -> None:
    how = {k: v for k, v in mapping.items() if k not in ("window", "step")}
    try:
        with st.spinner(say("spinner recording")):
            note = st.empty()
            chosen.read_upload(sha, how, "", lambda: note.caption(say("reading waits")))
    except UserError as wrong:
        st.error(sentence(wrong), title=say("unreadable"))
        return
    st.session_state["watched_upload"] = sha
    current.choose_run(None)
    st.rerun()


def about(stretch: Stretch) -> None:
    """How long it is, how many channels, and what to know about it."""
    length, channels = counted(stretch.length, "sample"), counted(len(stretch.channels), "channel")
    st.caption(say("watched is", name=text(stretch.name), length=length, channels=channels))
    said = bool(st.session_state.get("train_end") or st.query_params.get(END))
    for warning in stretch.warnings:
        if not said or warning != UNSAID:
            st.caption(sentence(warning))


def preview(stretch: Stretch) -> None:
    """The recording before anything has watched it, with its normal part shaded: is it where it should be?"""
    end = 0 if stretch.whole else stretch.train_end
    st.plotly_chart(recorded(stretch.values, stretch.channels, end, stretch.times), key="preview", config=BAR,
                    alt=say_plain("preview alt", length=stretch.length, end=stretch.train_end))  # fmt: skip
    few = min(MOST_ROWS, len(stretch.channels))
    st.caption(say("preview") + (say("preview few", few=few) if few < len(stretch.channels) else ""))


def form(stretch: Stretch) -> tuple[Stretch, dict[str, Any]]:
    """Where normal ends, views, methods, window and teachers: the recording so ended, and what to ask for."""
    known = cache.watch_options()
    ways = {m["id"]: m for m in known["methods"]}
    first, second, third = st.columns(3)
    with first:
        st.session_state.setdefault("train_end", st.query_params.get(END, "")[:40])
        given = st.text_input(say("normal ends"), key="train_end", help=say("normal ends help"),
                              placeholder=str(stretch.train_end), persist_state="session")  # fmt: skip
        if given:
            st.query_params[END] = given[:40]
        else:
            st.query_params.pop(END, None)
        ended = chosen.ends_normal(stretch, given)
    with second:
        views = url.some_of(say("watch views"), {v: say_plain(f"view {v}") for v in VIEWS}, known["views"], "views")
    with third:
        usual = list(dict.fromkeys(known["usual"][v] for v in views))
        methods = url.some_of(say("watch methods"), {k: one_line(m["title"]) for k, m in ways.items()}, usual, "ways")
    for way in methods:
        st.caption(say("way claims", title=ways[way]["title"], idea=ways[way]["idea"],
                       claims=ways[way]["claims"]))  # fmt: skip
    return ended, {"views": views, "methods": methods, **_more(ended, views)}


def _more(stretch: Stretch, views: list[str]) -> dict[str, Any]:
    with st.expander(say("watch more")):
        size, repeats, likeness = _repeats(stretch.sha256, stretch.train_end, stretch)
        titles = {"0": say_plain("window auto", window=size)} | {str(w): f"{w:,}" for w in WINDOW_CHOICES}
        left, middle, right = st.columns(3)
        with left:
            window = url.one_of(st.selectbox, say("watch window"), titles, "0", "w")
            st.caption(say("window period", period=repeats) if repeats else say("window no period"))
            whose = {s: say_plain(f"answers {s}") for s in SELECTIONS}
            selection = url.one_of(st.selectbox, say("answers"), whose, LAST, "answers")
        settings: dict[str, Any] = {}
        with middle:
            for view in views:
                named = {t: say_plain(f"watched by {t}") for t in TEACHERS if t != "lite0" or view == "gaf"}
                usual = "lite0" if view == "gaf" else "scan"
                picked = url.one_of(
                    st.selectbox, say("watch teacher", view=say(f"view {view}")), named, usual, f"t_{view}"
                )
                if picked != usual:
                    settings[f"{view}.teacher"] = picked
        with right:
            seed = st.number_input(say("watch seed"), 0, 999, 0, key="watch_seed", persist_state="session")
            if "gaf" in views:
                ranges = {r: say_plain(f"gaf range {r}") for r in ("margin", "lgaf", "ggaf")}
                reading = {r: say_plain(f"gaf reading {r}") for r in ("means", "park_jang")}
                how = url.one_of(st.selectbox, say("gaf range"), ranges, "margin", "gr")
                read = url.one_of(st.selectbox, say("gaf reading"), reading, "means", "gm")
                settings |= {"gaf.range": how} if how != "margin" else {}
                settings |= {"gaf.reading": read} if read != "means" else {}
        st.plotly_chart(
            repeats_figure(
                likeness, repeats, int(window) or size, (say_plain("likeness"), say_plain("likeness period"))
            ),
            key="repeats", config=BAR, alt=say_plain("likeness alt", period=repeats, window=int(window) or size),
        )  # fmt: skip
        st.caption(say("likeness is"))
    return {"window": int(window), "settings": settings, "seed": int(seed), "selection": selection}


@st.cache_data(max_entries=16, show_spinner=False)
def _repeats(sha256: str, train_end: int, _stretch: Stretch) -> tuple[int, int, NDArray[np.floating]]:
    """The usual window, the period it follows (0: none), and the autocorrelation (L,) of the channel that has it."""
    size, found = window_for(_stretch)
    normal = _stretch.values[:8, :train_end]
    row = next((r for r in normal if found and period(r) == found), normal[0])
    return size, found, autocorrelation(row)


def command(stretch: Stretch, asked: Mapping[str, Any]) -> str:
    """The shell line that watches so."""
    source = stretch.source
    name = f"sample:{source['sample']}" if "sample" in source else shlex.quote(stretch.name)
    words = [f"python -m kdviz watch {name} --train-end {'whole' if stretch.whole else stretch.train_end}"]
    words.append(f"--views {','.join(asked['views'])} --method {','.join(asked['methods'])}")
    words += [f"--window {asked['window']}"] if asked["window"] else []
    words += [f"--seed {asked['seed']}"] if asked["seed"] else []
    words += [f"--selection {asked['selection']}"] if asked["selection"] != LAST else []
    words += ["--set " + " ".join(f"{k}={v}" for k, v in asked["settings"].items())] if asked["settings"] else []
    return " ".join([*words, "--out watched"])
