"""Fidelity drawn: features layer by layer, answers by epoch, and whom the student followed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import AMOUNT, CONTROL, INK, MARGIN, STUDENT, colour

Floats = NDArray[np.floating]


def layers(tables: Mapping[str, Floats]) -> go.Figure:
    """CKA (student's stages, teacher's stages) by teacher, 0..1, each cell with its number."""
    figure = make_subplots(rows=1, cols=len(tables), subplot_titles=list(tables), horizontal_spacing=0.08)
    for place, table in enumerate(tables.values(), start=1):
        figure.add_heatmap(
            z=np.asarray(table, np.float32), x=[f"{k + 1}" for k in range(table.shape[1])],
            y=[f"{k + 1}" for k in range(table.shape[0])], coloraxis="coloraxis", texttemplate="%{z:.2f}",
            hovertemplate="student stage %{y}, teacher stage %{x}: %{z:.3f}<extra></extra>", row=1, col=place,
        )  # fmt: skip
    figure.update_layout(
        height=270, margin=MARGIN, coloraxis={"colorscale": AMOUNT, "cmin": 0, "cmax": 1, "colorbar": {"thickness": 10}}
    )
    figure.update_xaxes(title="teacher's stage")
    figure.update_yaxes(title="student's stage", col=1)
    return figure


def over_epochs(epochs: Floats, lines: Mapping[str, Floats], title: str, share: bool) -> go.Figure:
    """One score of student and control over the kept epochs."""
    figure = go.Figure()
    looks = {"student": {"color": STUDENT, "width": 3}, "control": {"color": CONTROL, "width": 2, "dash": "dash"}}
    for who, values in lines.items():
        figure.add_scatter(x=epochs, y=np.asarray(values, np.float32), name=who, line=looks[who], mode="lines+markers")
    figure.update_layout(
        height=250, margin={**MARGIN, "b": 60}, hovermode="x unified", legend={"orientation": "h", "y": -0.3}
    )
    figure.update_xaxes(title="epoch")
    figure.update_yaxes(title=title, tickformat=".0%" if share else None, rangemode="tozero")
    return figure


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
        barmode="stack", height=150 + 20 * len(shares), margin={**MARGIN, "l": 8, "b": 60},
        legend={"orientation": "h", "y": -0.4, "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(automargin=True, autorange="reversed")
    return figure
