"""Frequencies drawn: energy by ring, a frequency filter's work, and accuracy by cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import AMOUNT, INK, MARGIN, colour

Floats = NDArray[np.floating[Any]]
DASHES = ("solid", "dash", "dot", "dashdot")
LOW = {"legend": {"orientation": "h", "y": -0.3, "yanchor": "top"}, "margin": {**MARGIN, "b": 70}}


def rings(lines: Mapping[str, tuple[str, Floats, Floats]]) -> go.Figure:
    """Energy by frequency, one line a network: title -> (role, shares of the highest frequency, energy)."""
    figure = go.Figure()
    for place, (title, (role, shares, energy)) in enumerate(lines.items()):
        figure.add_scatter(
            x=np.asarray(shares, np.float32), y=np.maximum(np.asarray(energy, np.float32), 1e-8), name=title,
            line={"color": colour(role), "dash": DASHES[place % len(DASHES)], "width": 2},
            hovertemplate="%{x:.0%} of the highest: %{y:.2g} of the energy<extra>" + title + "</extra>",
        )  # fmt: skip
    figure.update_layout(height=300, **LOW)
    figure.update_yaxes(type="log", title="share of energy", exponentformat="power")
    figure.update_xaxes(title="share of the highest frequency", tickformat=".0%")
    return figure


def panels(parts: Sequence[tuple[str, Floats]], shared: bool = False) -> go.Figure:
    """Maps (*grid) side by side, each with its name; `shared` puts them on one colour scale."""
    flat = parts[0][1].ndim == 1
    figure = make_subplots(
        rows=1, cols=len(parts), subplot_titles=[name for name, _ in parts], horizontal_spacing=0.045
    )
    for place, (_, values) in enumerate(parts, start=1):
        drawn = np.asarray(values, np.float32)
        if flat:
            x = np.arange(drawn.size) - (0 if shared else drawn.size // 2)
            figure.add_scatter(x=x, y=drawn, mode="lines", line={"color": INK, "width": 1.6}, row=1, col=place)
        else:
            own = {"coloraxis": "coloraxis"} if shared else {"colorscale": AMOUNT, "showscale": False}
            figure.add_heatmap(z=drawn, row=1, col=place, hovertemplate="%{z:.3g}<extra></extra>", **own)
            name = f"x{place if place > 1 else ''}"
            figure.update_yaxes(scaleanchor=name, constrain="domain", autorange="reversed", row=1, col=place)
    axis = {"colorscale": AMOUNT, "colorbar": {"thickness": 10}}
    figure.update_layout(height=270, margin={**MARGIN, "l": 30}, showlegend=False, coloraxis=axis)
    figure.update_xaxes(showgrid=False, constrain="domain", nticks=4)
    figure.update_annotations(font_size=12)
    return figure


def rates(epochs: Floats, lines: Mapping[str, Floats]) -> go.Figure:
    """The learned rates of a filter's branches by epoch."""
    figure = go.Figure()
    for place, (name, values) in enumerate(lines.items()):
        line = {"dash": DASHES[place % 2], "color": ("#0072B2", "#D55E00")[place % 2], "width": 2}
        figure.add_scatter(x=epochs[: len(values)], y=np.asarray(values, np.float32), name=name, line=line)
    figure.update_layout(height=250, hovermode="x unified", **LOW)
    figure.update_xaxes(title="epoch")
    figure.update_yaxes(title="rate")
    return figure


def by_cut(
    cuts: Floats, low: Mapping[str, Floats], high: Mapping[str, Floats], titles: Mapping[str, str], now: float
) -> go.Figure:
    """Accuracy with only the frequencies up to a cut (left), and only those from it (right), by network."""
    names = ("only up to the cut", "only from the cut")
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, subplot_titles=names, horizontal_spacing=0.03)
    for column, lines in ((1, low), (2, high)):
        for place, (role, values) in enumerate(lines.items()):
            figure.add_scatter(
                x=np.asarray(cuts, np.float32), y=np.asarray(values, np.float32), name=titles[role], legendgroup=role,
                line={"color": colour(role), "dash": DASHES[place % len(DASHES)], "width": 2}, mode="lines+markers",
                marker={"size": 4}, showlegend=column == 1, row=1, col=column,
                hovertemplate="cut at %{x:.0%}: %{y:.1%}<extra>" + titles[role] + "</extra>",
            )  # fmt: skip
        figure.add_vline(x=now, line={"color": INK, "dash": "dot"}, row=1, col=column)
    figure.update_layout(height=320, legend={"orientation": "h", "y": -0.25, "yanchor": "top"}, margin=LOW["margin"])
    figure.update_xaxes(title="cut, share of the highest frequency", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    return figure


def coherence(frequencies: Floats, lines: Mapping[str, Floats]) -> go.Figure:
    """Squared coherence with the teacher by frequency: student, control, chance."""
    figure = go.Figure()
    looks = {
        "student": {"color": colour("student"), "width": 3},
        "control": {"color": colour("control"), "width": 2, "dash": "dash"},
        "chance": {"color": INK, "width": 1.5, "dash": "dot"},
    }
    for who, values in lines.items():
        figure.add_scatter(x=frequencies, y=np.asarray(values, np.float32), name=who, line=looks[who])
    figure.update_layout(height=260, hovermode="x unified", **LOW)
    figure.update_xaxes(title="cycles per sample")
    figure.update_yaxes(range=[0, 1.02], title="coherence")
    return figure
