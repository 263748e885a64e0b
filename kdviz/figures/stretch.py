"""A stretch of a series alone, and what an image says of it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.image import Scale
from kdviz.figures.palette import AMOUNT, INK, MARGIN, SIGNED

Floats = NDArray[np.floating]


def alone(times: Floats, values: Floats, unit: str, block: Floats | None, limits: Scale, name: str) -> go.Figure:
    """Values over times (T,), and beside them their block (h, h) of an image."""
    figure = make_subplots(rows=1, cols=1 if block is None else 2, column_widths=[3] if block is None else [3, 1])
    line = {"color": INK, "width": 1.5}
    figure.add_scatter(x=times, y=np.asarray(values, np.float32), mode="lines", line=line, row=1, col=1)
    if block is not None:
        figure.add_heatmap(
            z=np.asarray(block, np.float32), zmin=limits[0], zmax=limits[1], showscale=False, row=1, col=2,
            colorscale=SIGNED if limits[0] < 0 else AMOUNT, hovertemplate=f"{name}: %{{z:.3g}}<extra></extra>",
        )  # fmt: skip
        figure.update_yaxes(autorange="reversed", scaleanchor="x2", constrain="domain", row=1, col=2)
        figure.update_xaxes(constrain="domain", row=1, col=2)
    figure.update_xaxes(title=unit, row=1, col=1)
    figure.update_layout(height=230, margin={**MARGIN, "t": 8}, showlegend=False)
    return figure
