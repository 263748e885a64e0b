"""Accuracies with their intervals over what chance gives, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.labels import label
from kdviz.figures.palette import INK, KINDS, MARGIN

Scores = Mapping[str, NDArray[np.floating]]
SYMBOLS = ("circle", "square", "diamond")


def accuracies(names: Sequence[str], scores: Scores) -> go.Figure:
    """For each kind of score (n, 4): value, low, high, chance of n names; chance is a vertical bar."""
    figure = go.Figure()
    rows = np.arange(len(names))
    for number, (kind, found) in enumerate(scores.items()):
        value, low, high, chance = np.asarray(found, np.float32).T
        place = rows + 0.28 * (number - (len(scores) - 1) / 2)
        error = {"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low, "thickness": 1}
        figure.add_scatter(
            x=value, y=place, error_x=error, mode="markers", name=kind, legendgroup=kind,
            marker={"color": KINDS[number], "symbol": SYMBOLS[number % 3], "size": 10},
            hovertemplate=f"{kind}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=chance, y=place, mode="markers", name="chance", legendgroup="chance", showlegend=number == 0,
            marker={"color": INK, "symbol": "line-ns-open", "size": 14, "line": {"width": 2}},
            hovertemplate=f"{kind}, labels shuffled: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    axis = {"tickmode": "array", "tickvals": rows, "ticktext": [label(n) for n in names], "automargin": True}
    figure.update_yaxes(**axis, autorange="reversed", zeroline=False)
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", title="accuracy")
    figure.update_layout(height=110 + 58 * len(names), margin={**MARGIN, "l": 8}, hovermode="closest",
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})  # fmt: skip
    return figure
