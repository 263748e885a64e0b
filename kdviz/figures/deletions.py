"""Deletion and insertion curves of several networks, each beside random orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import INK, colour

Curves = Mapping[str, NDArray[Any]]
KINDS = {"deletion": "solid", "insertion": "dash", "random": "dot"}


def deletions(by_role: Mapping[str, Curves], titles: Mapping[str, str]) -> go.Figure:
    """The class's mean probability as segments go or come, one panel a network."""
    names = [titles[role] for role in by_role]
    figure = make_subplots(rows=1, cols=len(names), shared_yaxes=True, subplot_titles=names, horizontal_spacing=0.02)
    for place, (role, curves) in enumerate(by_role.items(), start=1):
        for kind, dash in KINDS.items():
            line = {"dash": dash, "color": INK if kind == "random" else colour(role), "width": 2}
            figure.add_scatter(
                x=curves["shares"], y=curves[kind], name=kind, line=line, showlegend=place == 1, row=1, col=place,
                hovertemplate="%{x:.0%} of segments: %{y:.2f}<extra>" + kind + "</extra>",
            )  # fmt: skip
    figure.update_layout(
        height=260, margin={"l": 44, "r": 8, "t": 30, "b": 60}, legend={"orientation": "h", "y": -0.25}
    )
    figure.update_xaxes(tickformat=".0%", nticks=4, title="segments")
    figure.update_yaxes(range=[0, 1.03])
    figure.update_yaxes(title="probability", col=1)
    return figure
