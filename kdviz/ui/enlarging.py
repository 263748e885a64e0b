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
    line(making.signal(seen), "signal", seen.unit)
    st.caption(say("signal itself", channel=of, series=chosen.number, label=label))
    panels = making.views(seen)
    if panels[0].call == "lines":
        for number, panel in enumerate(panels):
            line(panel, f"view{number}", seen.unit)
        return
    for number, (column, panel) in enumerate(zip(st.columns(len(panels)), panels, strict=True)):
        with column:
            plane(panel, f"view{number}")
    upright = isinstance(seen.eye, Persistence)
    st.caption(say("planes pi" if upright else "planes time"))
    if upright:
        pairs(making.diagram(seen), "diagram")
        st.caption(say("diagram"))


def line(panel: Panel, key: str, unit: str) -> None:
    """One line over time, with its menu."""
    values = next(a for name, a in panel.arrays.items() if name != "times")
    drawn = series.stacked(panel.arrays["times"], values[None], [panel.name], unit)
    st.plotly_chart(drawn, key=key, config=BAR, alt=f"{plain(panel.name)} over time.")
    offer(panel, key)


def plane(panel: Panel, key: str) -> None:
    """One image, with its menu."""
    values, given = panel.arrays["image"], panel.given
    axes = (given.get("across", "pixel"), given.get("up", "pixel"))
    drawn = image.plane(values, panel.name, axes, given["limits"], given.get("upright", False))
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
