"""Every channel of a series at once, small; and one channel against another."""

from __future__ import annotations

import streamlit as st

from kdviz.figures.image import scale
from kdviz.figures.pixels import coloured
from kdviz.figures.spark import spark
from kdviz.modalities.gaf import Gaf
from kdviz.panels import making
from kdviz.ui.encoding import Chosen
from kdviz.ui.enlarging import plane
from kdviz.ui.escape import plain, text
from kdviz.ui.exporting import offer
from kdviz.ui.linked import one_of
from kdviz.ui.words import say

MOST = 24
IN_A_ROW = 3


def channels(chosen: Chosen) -> None:
    """Each channel as a line and as the chosen image; a click looks at it."""
    seen, names = chosen.now, chosen.data.channels
    if seen.view.ndim > 2:
        offer(making.every_channel(seen), "channels")
    if len(names) > MOST:
        st.caption(say("first channels", most=MOST, count=len(names)))
    for first in range(0, min(len(names), MOST), IN_A_ROW):
        for column, channel in zip(st.columns(IN_A_ROW), range(first, min(first + IN_A_ROW, len(names))), strict=False):
            with column.container(border=True, key=f"channel{channel}"):
                _one(chosen, channel)
    if isinstance(seen.eye, Gaf):
        _across(chosen)


def _one(chosen: Chosen, channel: int) -> None:
    seen, name = chosen.now, chosen.data.channels[channel]
    st.markdown(f"**{text(name)}**")
    st.image(spark(seen.series[channel][None]), width="stretch", alt=plain(name))
    view = seen.view
    if view.ndim > 2:
        upright = making.image(seen, view[channel], "", "", (0, 1)).given.get("upright", False)
        limits = scale([view[c] for c in range(len(chosen.data.channels))])
        shown = plain(seen.names[channel])
        st.image(
            coloured(view[channel], limits, upright), width="stretch", caption=shown, output_format="PNG", alt=shown
        )
    if channel != chosen.channel:
        st.button(say("this channel"), key=f"take{channel}", on_click=_take, args=(channel,))


def _take(channel: int) -> None:
    st.session_state["ch"] = str(channel)


def _across(chosen: Chosen) -> None:
    """The GAF between two channels."""
    st.markdown(say("across"))
    others = {str(c): plain(n) for c, n in enumerate(chosen.data.channels) if c != chosen.channel}
    other = int(one_of(st.selectbox, say("against"), others, next(iter(others)), "against"))
    plane(making.across(chosen.now, other), "across")
