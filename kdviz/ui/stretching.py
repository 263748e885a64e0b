"""The lens and the stretch that is brushed in it: in the page's link, and on a slider for whoever has no pointer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures import stretch as draw
from kdviz.figures.image import Floats, Scale, scale
from kdviz.modalities.base import Array, Modality
from kdviz.modalities.persistence import Persistence
from kdviz.ui.escape import plain
from kdviz.ui.lens import brushed, lens
from kdviz.ui.lens.payload import Stretch, payload
from kdviz.ui.surveying import BAR, unit
from kdviz.ui.words import say

KEY = "b"
Block = tuple[Floats | None, Scale, str]


@st.fragment
def linked(data: Dataset, number: int, channel: int, plane: Modality, persistence: Persistence) -> None:
    """The lens over one channel of a series, its slider, and the stretch alone; only this part runs at a brush."""
    values, name = data.X[number], plain(data.channels[channel])
    whole = (0, data.length - 1)
    _hold(whole)
    place = st.container()
    given = st.slider(say("stretch"), *whole, whole, key=KEY, bind="query-params", help=say("stretch help"))
    chosen = (int(given[0]), int(given[1]))
    brush = None if chosen == whole else chosen
    with place:
        lens(payload(values, channel, name, data.rate, brush, plane, persistence), key="lens", on_brush=_take)
    if brush:
        _alone(data, number, channel, plane, brush)


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
    low, mean, high = (f"{v:.3g}" for v in (part.min(), part.mean(), part.max()))
    when = {"from_": f"{times[0]:.4g}", "to": f"{times[-1]:.4g}"}
    key = "stretch in seconds" if data.rate else "stretch alone"
    st.caption(say(key, n=part.size, a=first, b=last, low=low, mean=mean, high=high, **when))
    block, limits, name = _block(data.X[number], data.channels, channel, plane, brush)
    figure = draw.alone(times, part, unit(data), block, limits, name)
    st.plotly_chart(figure, key="alone", config=BAR, alt=say("stretch alt", a=first, b=last, name=name))


def _block(series: Array, channels: tuple[str, ...], channel: int, plane: Modality, brush: Stretch) -> Block:
    """The rows and columns of the first image that the stretch touches."""
    spans = plane.spans(series.shape[1])
    if spans is None:
        return None, (0.0, 1.0), ""
    image = plane.see(series[None])[0, channel]
    mine = np.flatnonzero((spans[:, 1] >= brush[0]) & (spans[:, 0] <= brush[1]))
    name = plane.names(tuple(plain(c) for c in channels))[channel]
    return image[mine[0] : mine[-1] + 1, mine[0] : mine[-1] + 1], scale([image]), name
