"""Where networks looked: on the series as a band of colour, on the image as a veil; one scale for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import AMOUNT, INK, SIGNED

Array = NDArray[np.floating]


def scale(maps: Sequence[Array], signed: bool) -> tuple[float, float]:
    """One colour range for all maps: symmetric about zero where signs matter, from zero otherwise."""
    top = max((float(np.nanmax(np.abs(m))) for m in maps if m.size), default=1.0) or 1.0
    return (-top, top) if signed else (0.0, max(float(np.nanmax(m)) for m in maps) or 1.0)


def normalised(map_: Array, how: str) -> Array:
    """A map for drawing: `raw`, `unit` (divided by its largest magnitude), or `minmax` (0..1)."""
    if how == "unit":
        return map_ / (float(np.abs(map_).max()) or 1.0)
    if how == "minmax":
        low, high = float(map_.min()), float(map_.max())
        return (map_ - low) / ((high - low) or 1.0)
    return map_


def bands(
    times: Array, series: Array, rows: Mapping[str, Array], limits: tuple[float, float], signed: bool, unit: str
) -> go.Figure:
    """The series (T,) above one band per row (T,) of evidence, on one time axis and one colour scale."""
    count = len(rows)
    heights = [2.2] + [0.55] * count
    figure = make_subplots(rows=1 + count, cols=1, shared_xaxes=True, vertical_spacing=0.035, row_heights=heights)
    figure.add_scatter(x=times, y=series, mode="lines", line={"color": INK, "width": 1.5}, name="series", row=1, col=1)
    for place, (name, row) in enumerate(rows.items()):
        figure.add_heatmap(
            x=times, y=[name], z=np.asarray(row, np.float32)[None], coloraxis="coloraxis", row=2 + place, col=1,
            hovertemplate=f"{name}<br>%{{x:.4g}} {unit}: %{{z:.3g}}<extra></extra>",
        )  # fmt: skip
    colours = SIGNED if signed else AMOUNT
    bar = {"thickness": 10, "len": 0.9, "title": {"text": "evidence", "side": "right"}}
    figure.update_layout(
        height=190 + 44 * count, margin={"l": 8, "r": 8, "t": 10, "b": 36}, showlegend=False, hovermode="x",
        coloraxis={"colorscale": colours, "cmin": limits[0], "cmax": limits[1], "colorbar": bar},
    )  # fmt: skip
    figure.update_yaxes(automargin=True)
    figure.update_xaxes(title=unit, row=1 + count, col=1)
    figure.update_xaxes(showspikes=True, spikemode="across", spikesnap="cursor", spikethickness=1)
    return figure


def planes(panels: Mapping[str, tuple[Array, Array]], limits: tuple[float, float], signed: bool) -> go.Figure:
    """Image (h, w) in grey under its evidence (h', w') in colour, one panel each, all on one colour scale."""
    count = len(panels)
    figure = make_subplots(rows=1, cols=count, subplot_titles=list(panels), horizontal_spacing=0.04)
    for place, (image, evidence) in enumerate(panels.values(), start=1):
        height, width = image.shape
        grey = np.clip(255 * normalised(image, "minmax"), 0, 255).astype(np.uint8)
        figure.add_heatmap(z=grey, colorscale="Greys", showscale=False, hoverinfo="skip", row=1, col=place)
        rows, columns = evidence.shape
        ys = (np.arange(rows) + 0.5) * height / rows - 0.5
        xs = (np.arange(columns) + 0.5) * width / columns - 0.5
        figure.add_heatmap(
            x=xs, y=ys, z=np.asarray(evidence, np.float32), coloraxis="coloraxis", opacity=0.65, row=1, col=place,
            hovertemplate="row %{y:.0f}, column %{x:.0f}: %{z:.3g}<extra></extra>",
        )  # fmt: skip
        figure.update_yaxes(autorange="reversed", scaleanchor=f"x{place if place > 1 else ''}", row=1, col=place)
    colours = SIGNED if signed else AMOUNT
    axis = {"colorscale": colours, "cmin": limits[0], "cmax": limits[1], "colorbar": {"thickness": 10}}
    figure.update_layout(height=300, margin={"l": 8, "r": 8, "t": 30, "b": 24}, coloraxis=axis)
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(showgrid=False, zeroline=False)
    return figure
