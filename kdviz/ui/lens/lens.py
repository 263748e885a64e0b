"""The lens lives in the browser; only the stretch that is brushed comes back: into the link, and on a slider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures.images import Floats, Scale, coloured, scale
from kdviz.figures.series import spark
from kdviz.modalities.base import Array, Modality
from kdviz.modalities.persistence import Persistence
from kdviz.ui.lens.payload import Stretch, payload
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import LENS, say, say_plain

HERE = Path(__file__).parent
SCRIPTS = ("numbers", "words", "links", "panel", "signal", "plane", "pairs", "lens")
"""One module each, in the order in which they need one another; the browser gets them as one."""


def script() -> str:
    """All that the browser runs."""
    return "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


_mount = st.components.v2.component(
    "kdviz_lens",
    html=(HERE / "lens.html").read_text(encoding="utf-8"),
    css=(HERE / "lens.css").read_text(encoding="utf-8"),
    js=script(),
)


def lens(payload: Mapping[str, Any], key: str, on_brush: Callable[[], None]) -> None:
    """Show what `payload` describes; `on_brush` is called when a stretch was dragged or cleared (see `brushed`)."""
    _mount(data=dict(payload), key=key, on_brush_change=on_brush)


def brushed(key: str) -> tuple[int, int] | None:
    """The stretch that was dragged last, first and last sample; None where it was cleared."""
    given = st.session_state[key].get("brush")
    sound = isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(v, int) for v in given)
    return (int(given[0]), int(given[1])) if sound else None


KEY = "b"
Block = tuple[Floats | None, Scale, str]


@st.fragment
def linked(data: Dataset, number: int, channel: int, plane: Modality, persistence: Persistence) -> None:
    """The lens over one channel of a series, its slider, and the stretch alone; only this part runs at a brush."""
    values, label = data.X[number], one_line(data.classes[data.y[number]])
    title = LENS["title"].format(channel=one_line(data.channels[channel]), series=number, label=label)
    whole = (0, data.length - 1)
    _hold(whole)
    place = st.container()
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        given = st.slider(say("stretch"), *whole, whole, key=KEY, bind="query-params", help=say("stretch help"))
    with right:
        sweep = _sweep(persistence)
    chosen = (int(given[0]), int(given[1]))
    brush = None if chosen == whole else chosen
    with place:
        lens(payload(values, channel, title, data.rate, brush, plane, persistence, sweep), key="lens", on_brush=_take)
    if brush:
        _alone(data, number, channel, plane, brush)


def _sweep(persistence: Persistence) -> int:
    """Which of its sweeps the lens shows."""
    if not persistence.params.tilt:
        return 0
    titles = {"level": say("sweep level"), "up": say("sweep up"), "down": say("sweep down")}
    chosen = one_of(st.segmented_control, say("sweep"), titles, "level", "sweep", required=True, help=say("sweep help"))
    return {"level": 0, "up": 1, "down": -1}[chosen]


def _hold(whole: Stretch) -> None:
    """Another data set may be shorter; and a link may say anything."""
    now = st.session_state.get(KEY)
    if now is not None and not (len(now) == 2 and whole[0] <= now[0] <= now[1] <= whole[1]):
        st.session_state[KEY] = whole
    st.session_state["b_whole"] = whole


def _take() -> None:
    given = brushed("lens")
    low, high = st.session_state["b_whole"]
    first, last = given or (low, high)
    st.session_state[KEY] = (max(low, min(first, high)), max(low, min(last, high)))


def _alone(data: Dataset, number: int, channel: int, plane: Modality, brush: Stretch) -> None:
    """The stretch large, and its block of the image."""
    first, last = brush
    part, times = data.X[number, channel, first : last + 1], data.times()[first : last + 1]
    low, mean, high = (float(v) for v in (part.min(), part.mean(), part.max()))
    line = say("stretch alone", n=part.size, a=first, b=last, low=low, mean=mean, high=high)
    if data.rate:
        line += " " + say("stretch time", start=times[0], end=times[-1])
    st.caption(line)
    left, right = st.columns([4, 1], vertical_alignment="center")
    # Still pictures: Plotly would take longer to draw than a brush should take to answer.
    left.image(spark(part[None]), width="stretch", alt=say_plain("stretch alt", first=first, last=last))
    block, limits, name = _block(data.X[number], data.channels, channel, plane, brush)
    if block is not None:
        right.image(coloured(block, limits), width="stretch", caption=name, output_format="PNG", alt=name)


def _block(series: Array, channels: tuple[str, ...], channel: int, plane: Modality, brush: Stretch) -> Block:
    """The rows and columns of the first image that the stretch touches."""
    spans = plane.spans(series.shape[1])
    if spans is None:
        return None, (0.0, 1.0), ""
    image = plane.see(series[None])[0, channel]
    mine = np.flatnonzero((spans[:, 1] >= brush[0]) & (spans[:, 0] <= brush[1]))
    name = plane.names(tuple(one_line(c) for c in channels))[channel]
    return image[mine[0] : mine[-1] + 1, mine[0] : mine[-1] + 1], scale([image]), name
