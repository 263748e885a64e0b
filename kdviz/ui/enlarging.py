"""The panels of the lens, large: to zoom, to read off, to take away."""

from __future__ import annotations

import streamlit as st

from kdviz.figures import image, series
from kdviz.modalities.persistence import Persistence
from kdviz.panels import making
from kdviz.panels.base import Panel
from kdviz.ui.encoding import Chosen
from kdviz.ui.escape import plain
from kdviz.ui.exporting import offer
from kdviz.ui.surveying import BAR
from kdviz.ui.words import say


def large(chosen: Chosen) -> None:
    """The signal, and what the modality makes of it."""
    seen = chosen.now
    label, of = chosen.data.classes[chosen.data.y[chosen.number]], chosen.data.channels[chosen.channel]
    lines(making.signal(seen), "signal")
    st.caption(say("signal itself", channel=of, series=chosen.number, label=label))
    panels = making.views(seen)
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
        pairs(making.diagram(seen), "diagram")
        st.caption(say("diagram"))


def lines(panel: Panel, key: str) -> None:
    """Lines over time, with their menu."""
    values = {name: a for name, a in panel.arrays.items() if name != "times"}
    drawn = series.over(panel.arrays["times"], values, panel.given["across"])
    st.plotly_chart(drawn, key=key, config=BAR, alt=f"{plain(panel.name)} over time.")
    offer(panel, key)


def plane(panel: Panel, key: str, height: int = 400) -> None:
    """One image, with its menu."""
    values, given = panel.arrays["image"], panel.given
    axes = (given.get("across", "pixel"), given.get("up", "pixel"))
    drawn = image.plane(values, panel.name, axes, given["limits"], given.get("upright", False), height)
    st.plotly_chart(drawn, key=key, config=BAR, alt=plain(image.told(values, panel.name), 300))
    offer(panel, key)


def pairs(panel: Panel, key: str) -> None:
    """The diagram, with its menu."""
    shown, groups = panel.arrays, {}
    for sign, name in ((1, "valleys"), (-1, "peaks")):
        mine = shown["sign"] == sign
        if mine.any():
            groups[name] = tuple(shown[k][mine] for k in ("birth", "death", "birth_sample", "death_sample"))
    counts = ", ".join(f"{name}: {group[0].size} pairs" for name, group in groups.items())
    st.plotly_chart(image.diagram(groups), key=key, config=BAR, alt=f"Persistence diagram. {counts}.")
    offer(panel, key)
