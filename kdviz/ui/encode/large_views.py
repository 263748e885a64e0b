"""The panels of the lens, large; the way back from an image to its series; every channel at once."""

from __future__ import annotations

import streamlit as st

from kdviz.figures import images, series
from kdviz.figures.images import coloured, scale
from kdviz.figures.series import spark
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.persistence import Persistence
from kdviz.panels import view_panels
from kdviz.panels.inverse_gaf import recovered
from kdviz.panels.panel import Panel
from kdviz.ui.encode.view_choice import ViewSelection
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import BAR, offer


def large(chosen: ViewSelection) -> None:
    """The signal, and what the modality makes of it."""
    seen = chosen.now
    label, of = chosen.data.classes[chosen.data.y[chosen.number]], chosen.data.channels[chosen.channel]
    lines(view_panels.signal(seen), "signal")
    st.caption(say("signal itself", channel=of, series=chosen.number, label=label))
    panels = view_panels.views(seen)
    if panels[0].call == "lines":
        for number, panel in enumerate(panels):
            lines(panel, f"view{number}")
        return
    for first in range(0, len(panels), 2):
        for column, number in zip(st.columns(2), range(first, min(first + 2, len(panels))), strict=False):
            with column:
                plane(panels[number], f"view{number}")
    upright = isinstance(seen.eye, Persistence)
    st.caption(say("planes pi" if upright else "planes time"))
    if upright:
        pairs(view_panels.diagram(seen), "diagram")
        st.caption(say("diagram"))


def lines(panel: Panel, key: str) -> None:
    """Lines over time, with their menu."""
    values = {name: a for name, a in panel.arrays.items() if name != "times"}
    drawn = series.over(panel.arrays["times"], values, panel.given["across"])
    st.plotly_chart(drawn, key=key, config=BAR, alt=say_plain("lines alt", name=one_line(panel.name)))
    offer(panel, key)


def plane(panel: Panel, key: str, height: int = 400) -> None:
    """One image, with its menu."""
    values, given = panel.arrays["image"], panel.given
    axes = (given.get("across", say_plain("axis pixel")), given.get("up", say_plain("axis pixel")))
    drawn = images.plane(values, panel.name, axes, given["limits"], given.get("upright", False), height)
    st.plotly_chart(drawn, key=key, config=BAR, alt=one_line(images.image_sentence(values, panel.name), 300))
    offer(panel, key)


def pairs(panel: Panel, key: str) -> None:
    """The diagram, with its menu."""
    shown, groups = panel.arrays, {}
    for sign, name in ((1, say_plain("valleys")), (-1, say_plain("peaks"))):
        mine = shown["sign"] == sign
        if mine.any():
            groups[name] = tuple(shown[k][mine] for k in ("birth", "death", "birth_sample", "death_sample"))
    counts = ", ".join(say_plain("pairs of", name=name, count=group[0].size) for name, group in groups.items())
    st.plotly_chart(images.diagram(groups), key=key, config=BAR, alt=say_plain("diagram alt", counts=counts))
    offer(panel, key)


def back(chosen: ViewSelection) -> None:
    """The series that the GASF gives back, over the scaled one."""
    found = recovered(chosen.now)
    st.markdown(say("back"))
    lines(found.panel, "back")
    side = min(chosen.now.eye.params.size, chosen.data.length)
    st.caption(
        say("back errors", pixel=f"{found.pixel_error:.1e}", every=f"{found.error:.3f}", side=side,
            length=chosen.data.length)
    )  # fmt: skip
    if found.turned:
        st.caption(say("back turned"))


MOST = 24
IN_A_ROW = 3


def channels(chosen: ViewSelection) -> None:
    """Each channel as a line and as the chosen image; a click looks at it."""
    seen, names = chosen.now, chosen.data.channels
    if seen.view.ndim > 2:
        offer(view_panels.every_channel(seen), "channels")
    if len(names) > MOST:
        st.caption(say("first channels", most=MOST, count=len(names)))
    for first in range(0, min(len(names), MOST), IN_A_ROW):
        for column, channel in zip(st.columns(IN_A_ROW), range(first, min(first + IN_A_ROW, len(names))), strict=False):
            with column.container(border=True, key=f"channel{channel}"):
                _one(chosen, channel)
    if isinstance(seen.eye, Gaf):
        _across(chosen)


def _one(chosen: ViewSelection, channel: int) -> None:
    seen, name = chosen.now, chosen.data.channels[channel]
    st.markdown(f"**{text(name)}**")
    st.image(spark(seen.series[channel][None]), width="stretch", alt=one_line(name))
    view = seen.view
    if view.ndim > 2:
        upright = view_panels.image(seen, view[channel], "", "", (0, 1)).given.get("upright", False)
        limits = scale([view[c] for c in range(len(chosen.data.channels))])
        shown = one_line(seen.names[channel])
        st.image(
            coloured(view[channel], limits, upright), width="stretch", caption=shown, output_format="PNG", alt=shown
        )
    if channel != chosen.channel:
        st.button(say("this channel"), key=f"take{channel}", on_click=_take, args=(channel,))


def _take(channel: int) -> None:
    st.session_state["ch"] = str(channel)


def _across(chosen: ViewSelection) -> None:
    """The GAF between two channels."""
    st.markdown(say("across"))
    others = {str(c): one_line(n) for c, n in enumerate(chosen.data.channels) if c != chosen.channel}
    other = int(one_of(st.selectbox, say("against"), others, next(iter(others)), "against"))
    plane(view_panels.across(chosen.now, other), "across")
