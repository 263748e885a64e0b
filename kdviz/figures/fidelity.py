"""Fidelity drawn: features layer by layer, answers by epoch, and whom the student followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.chart import Axis, Chart, Line, lines
from kdviz.figures.palette import CONTROL, INK, MARGIN, STUDENT, colour
from kdviz.figures.tiles import Tile, tiles

Floats = NDArray[np.floating]


def layers(tables: Mapping[str, Floats], across: int) -> dict[str, Any]:
    """CKA (stages, teacher's stages) by whose stages they are, `across` of them in a row."""
    maps = [Tile(name, table, "its stage", "the teacher's stage") for name, table in tables.items()]
    return tiles(maps, (0.0, 1.0), written=True, across=across)


def over_epochs(epochs: Floats, each: Mapping[str, Floats], title: str, share: bool, alt: str) -> Chart:
    """One score of student and control over the kept epochs."""
    looks = {"student": (STUDENT, "", 3.0), "control": (CONTROL, "6 3", 2.0)}
    found = [Line(who, epochs.tolist(), values.tolist(), *looks[who]) for who, values in each.items()]
    up = Axis(title, "percent", 0.0, 1.0) if share else Axis(title, min=0.0)
    return lines(found, Axis("epoch", "count"), up, alt)


def followed(shares: Mapping[str, Mapping[str, float]], names: Mapping[str, str]) -> go.Figure:
    """Whom student and control followed where teachers disagree: shares of those series that only this one said."""
    figure = go.Figure()
    for key, name in names.items():
        values = [each[key] for each in shares.values()]
        fill = INK if key in ("nobody", "several") else colour(key)
        pattern = {"nobody": "x", "several": "/"}.get(key, "")
        figure.add_bar(
            y=list(shares), x=values, name=name, orientation="h", marker={"color": fill, "pattern": {"shape": pattern}},
            hovertemplate="%{x:.0%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_layout(
        barmode="stack", height=130 + 20 * (len(shares) + len(names)), margin={**MARGIN, "l": 8, "b": 40},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(automargin=True, autorange="reversed")
    return figure
