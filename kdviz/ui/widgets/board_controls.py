"""What of a run the board shows: series, class, teacher, rows, scale, channel, stretch and epoch; all in the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures.palette import network_name
from kdviz.runs.analysis.network_answers import RunNetworks
from kdviz.runs.looker.questions import NETWORKS, PREDICTIONS
from kdviz.runs.store.run import Run
from kdviz.ui.shell.presenter import wide
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of, some_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import Markdown, say, say_plain
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.board_rows import USUAL_ROWS, BoardOptions, offered

PANELS = ("numbers", "what_if", "true", "fidelity", "own", "frequency")
SCALES = ("own", "raw", "usual")


@dataclass(frozen=True)
class EvidenceSelection:
    """A run, its data, the series looked at, and what is wanted of it; `beside` is another run of the same data."""

    run: Run
    data: Dataset
    networks: RunNetworks
    series: int
    target: int
    wanted: BoardOptions
    beside: Run | None = None


def choose(run: Run, header: Any, others: Callable[[], Run | None] = lambda: None) -> EvidenceSelection:
    """The controls, in the page's header; what is rarely asked for is behind one button, and so are `others`, which
    lays a second run beside. Raises UserError where the run cannot be looked at.
    """
    data, networks = cache.dataset_of(run), cache.answer(run, NETWORKS)
    with header:
        browse = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content")
        with st.container(width=wide(175)):
            target = _class(data)
        with st.popover(":material/more_horiz:", key="board_more", help=say("board more help")):
            beside = others()
            titles = {role: say_plain("board reference", teacher=network_name(role)) for role in networks.roles}
            teacher = series_picker.against(networks.roles, titles, networks.reference)
            rows, scale = _rows(networks), _scale()
    with browse:
        number = series_picker.walk(run, data, teacher, rows[0])
    answer = int(cache.answer(run, PREDICTIONS).probability["student"][data.test == number][0].argmax())
    wanted = BoardOptions(rows, target, scale, teacher)
    return EvidenceSelection(run, data, networks, number, _class_number(target, data, number, answer), wanted, beside)


def _rows(networks: RunNetworks) -> tuple[str, ...]:
    """Which rows the board has."""
    extractors = cache.catalogue()["extractors"]
    ideas = "\n\n".join(
        say("evidence idea", title=Markdown(e["title"]), idea=Markdown(e["idea"]), caveat=Markdown(e["caveat"]))
        for e in extractors
    )
    options = offered(extractors, networks.roles)
    usual = networks.rows or USUAL_ROWS
    return tuple(some_of(say("evidence rows"), options, usual, "rows", max_selections=6, help=ideas))


def _class(data: Dataset) -> str:
    """The class that all networks are asked about: `true`, `predicted`, or one class's number."""
    options = {key: say_plain(f"evidence class {key}") for key in ("true", "predicted")}
    options |= {str(k): say_plain("evidence named class", name=one_line(name)) for k, name in enumerate(data.classes)}
    return one_of(st.selectbox, say("evidence class"), options, "true", "c", label_visibility="collapsed")


def _scale() -> str:
    """How maps are brought onto one scale; key S does it on the board, which is heard first."""
    heard = st.session_state.pop("board_scale", None)
    if heard in SCALES:
        st.session_state["scale"] = heard
    titles, asked = {scale: say_plain(f"evidence scale {scale}") for scale in SCALES}, st.query_params.get("scale")
    picked = one_of(st.selectbox, say("evidence scale"), titles, "own", "scale")
    if asked == picked:  # a link that says it, as those had to when another scale was usual, goes on saying it
        st.query_params["scale"] = picked
    return picked


def _class_number(target: str, data: Dataset, series: int, answer: int) -> int:
    return {"true": int(data.y[series]), "predicted": answer}.get(target, int(target) if target.isdecimal() else 0)


def brushed(data: Dataset) -> tuple[int, int] | None:
    """The marked stretch of the link, in samples, where there is a sound one."""
    try:
        a, b = int(st.query_params["a"]), int(st.query_params["b"])
    except (KeyError, ValueError):
        return None
    return (a, b) if 0 <= a < b <= data.length else None


def set_brush(range_: tuple[int, int] | None) -> None:
    """Put a stretch into the link, or take it out."""
    for name, value in zip("ab", range_ or (None, None), strict=True):
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def panel(this: EvidenceSelection) -> str:
    """Which of the lower panels is open; it is part of the link. A stretch newly marked on the board opens What if."""
    names = [name for name in PANELS if name != "own" or this.networks.own_maps]
    if st.session_state.pop("open_what_if", False):
        st.session_state["panel"] = "what_if"
    return one_of(
        st.segmented_control,
        say("evidence more"),
        {name: say_plain(f"evidence panel {name}") for name in names},
        "numbers",
        "panel",
        required=True,
        wrap=True,
        label_visibility="collapsed",
    )


def epoch(this: EvidenceSelection) -> int | None:
    """The epoch of the link, where it was kept and is not the answer's own; the board shows the student as it was."""
    asked = st.query_params.get("e", "")
    kept = set(this.networks.epochs) - {this.networks.answer}
    return int(asked) if asked.isdecimal() and int(asked) in kept else None


def remember(this: EvidenceSelection, found: Any, at: int | None) -> None:
    """What the board reports goes into the link: the stretch, the epoch, the channel and the scale."""
    remember_stretch(this.data, getattr(found, "brush", None))
    _epoch(this, getattr(found, "epoch", None), at)
    channel, scale = getattr(found, "channel", None), getattr(found, "scale", None)
    if _new("told_channel", channel) and channel is not None:
        st.session_state["board_channel"] = str(channel)
        st.rerun()
    if _new("told_scale", scale) and scale is not None:
        st.session_state["board_scale"] = scale
        st.rerun()
    second = getattr(found, "second", None)
    if _new("told_second", second) and second is not None and this.beside is None:
        st.session_state["board_second"] = True
        st.rerun()


def channel(data: Dataset) -> int:
    """The channel drawn thick; chosen on the board, kept in the link."""
    heard = st.session_state.pop("board_channel", st.query_params.get("ch", "0"))
    place = min(int(heard) if heard.isdecimal() and len(heard) < 6 else 0, len(data.channels) - 1)
    st.session_state["ch"] = str(place)
    if place:
        st.query_params["ch"] = str(place)
    else:
        st.query_params.pop("ch", None)
    return place


def _new(key: str, told: Any) -> bool:
    was = st.session_state.get(key)
    st.session_state[key] = told
    return bool(was != told)


def remember_stretch(data: Dataset, given: Any, key: str = "brushed") -> None:
    """A stretch newly marked in the browser goes into the link, and What if opens with it."""
    now = (int(given[0]), int(given[1])) if isinstance(given, list) and len(given) == 2 else None
    if not _new(key, now) or (now is not None and not 0 <= now[0] < now[1] <= data.length):
        return
    if now != brushed(data):
        set_brush(now)
        st.session_state["open_what_if"] = now is not None
        st.rerun()


def _epoch(this: EvidenceSelection, given: Any, at: int | None) -> None:
    if given is None or not _new("scrubbed", (this.run.folder.name, given)) or given not in this.networks.epochs:
        return
    if given == this.networks.answer:
        st.query_params.pop("e", None)
    else:
        st.query_params["e"] = str(given)
    if epoch(this) != at:
        st.rerun()
