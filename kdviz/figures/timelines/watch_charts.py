"""A watched recording on one time axis: its values, a band for each view, the fused score with its parts, controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import AMOUNT, CONTROL, INK, MARGIN, SERIES, STUDENT, TEACHER, label

Floats = NDArray[np.floating[Any]]
Ranges = Sequence[tuple[int, int]]
BINS, MOST_SHAPES, BANDS = 1_500, 60, 6
TICKS = (0, 3, 10, 30, 100, 300, 1_000, 10_000)
NORMAL, MARK, ALARM = "rgba(0,158,115,.12)", "rgba(204,121,167,.35)", "#D55E00"


@dataclass(frozen=True, eq=False)
class WatchedLines:
    """What is drawn of a watch.

    axis      (T,) time or sample numbers; None: sample numbers
    values    (T,) the channel that is shown, by name
    bands     z (T,) by view, in words
    parts     the bands that count in the fused score
    fused     (T,) its z; threshold in z
    controls  z (T,) by control, in words
    alarms, marks   (first, last) samples; marks only where somebody asked for them
    """

    values: tuple[str, Floats]
    bands: Mapping[str, Floats]
    parts: Sequence[str]
    fused: Floats
    threshold: float
    controls: Mapping[str, Floats]
    alarms: Ranges
    normal: tuple[int, int]
    marks: Ranges = ()
    axis: Floats | None = None
    shown: tuple[int, int] | None = field(default=None)


def envelope(values: Floats, first: int, last: int, bins: int = BINS) -> tuple[NDArray[np.int64], Floats]:
    """Samples and values of a stretch that lose no peak: lowest and highest of each of `bins` pieces, in order."""
    part = np.asarray(values[first:last])
    if part.size <= 2 * bins:
        return np.arange(first, last), part
    edges = np.linspace(0, part.size, bins + 1).astype(np.int64)[:-1]
    size = int(np.diff(edges).min())
    blocks = part[edges[:, None] + np.arange(size)]
    both = np.sort(np.stack([blocks.argmin(1), blocks.argmax(1)], 1), 1) + edges[:, None]
    at = both.ravel()
    return at + first, part[at]


def squeezed(z: Floats) -> Floats:
    """z as it is drawn: itself near 0, logarithmic far out (asinh), so that 3 and 300 are both seen."""
    return np.arcsinh(np.asarray(z, np.float64))


def timeline(lines: WatchedLines, names: Mapping[str, str]) -> go.Figure:
    """Everything of a watch under one another; `names` are the rows' titles: recording, fused, alarms, controls."""
    bands = list(lines.bands)[:BANDS]
    first, last = lines.shown or (0, len(lines.fused))
    rows = [names["recording"], names["alarms"], *bands, names["fused"], names["controls"]]
    heights = [1.6, 0.22, *[0.8] * len(bands), 1.4, 0.9]
    figure = make_subplots(
        rows=len(rows), cols=1, shared_xaxes=True, vertical_spacing=0.035, row_heights=heights,
        subplot_titles=[label(r, 80) for r in rows],
    )  # fmt: skip

    def draw(name: str, values: Floats, row: int, colour: str, width: float = 1.2, **more: Any) -> None:
        at, y = envelope(values, first, last)
        figure.add_scatter(
            x=_x(lines, at), y=np.asarray(y, np.float32), name=label(name), mode="lines", row=row, col=1,
            line={"color": colour, "width": width}, **more,
        )  # fmt: skip

    draw(lines.values[0], lines.values[1], 1, INK)
    strip = np.zeros(len(lines.fused), np.float32)
    for a, b in lines.alarms:
        strip[a : b + 1] = 1
    draw(names["alarms"], strip, 2, ALARM, 0.5, fill="tozeroy")
    for k, name in enumerate(bands):
        draw(name, squeezed(lines.bands[name]), 3 + k, SERIES[k % len(SERIES)])
    row = 3 + len(bands)
    whole = sum(np.maximum(lines.bands[name], 0) for name in lines.parts)
    total = np.maximum(np.asarray(whole, np.float64), 1e-9)
    height = np.maximum(squeezed(lines.fused), 0)
    for k, name in enumerate(bands):
        if name in lines.parts:
            at, y = envelope(height * np.maximum(lines.bands[name], 0) / total, first, last)
            figure.add_scatter(
                x=_x(lines, at), y=np.asarray(y, np.float32), name=label(name), mode="none", row=row, col=1,
                fill="tozeroy", fillcolor=_faint(SERIES[k % len(SERIES)]), hoverinfo="skip",
            )  # fmt: skip
    draw(names["fused"], squeezed(lines.fused), row, STUDENT, 1.6)
    figure.add_hline(
        y=float(squeezed(np.array(lines.threshold))),
        line={"color": ALARM, "dash": "dash", "width": 1.5},
        row=row,
        col=1,
    )
    for k, (name, values) in enumerate(lines.controls.items()):
        draw(name, squeezed(values), row + 1, CONTROL, 1.0, opacity=0.9 - 0.25 * k)
    _shade(figure, lines, len(rows))
    figure.update_annotations(x=0, xanchor="left", font_size=12)
    for each in range(3, len(rows) + 1):
        figure.update_yaxes(tickvals=list(np.arcsinh(TICKS)), ticktext=[f"{t:,}" for t in TICKS], row=each, col=1)
    figure.update_yaxes(visible=False, row=2, col=1)
    figure.update_xaxes(range=[_x(lines, np.array([first]))[0], _x(lines, np.array([last - 1]))[0]])
    figure.update_layout(height=170 + int(86 * sum(heights)), margin=MARGIN, showlegend=False, hovermode="x")
    return figure


def _shade(figure: go.Figure, lines: WatchedLines, rows: int) -> None:
    """The normal part, the marks (where they are shown), behind every row."""
    if lines.normal[1] > lines.normal[0]:
        a, b = _x(lines, np.array(lines.normal))
        figure.add_vrect(x0=a, x1=b, fillcolor=NORMAL, line_width=0, layer="below")
    for a, b in list(lines.marks)[:MOST_SHAPES]:
        x0, x1 = _x(lines, np.array([a, b]))
        figure.add_vrect(x0=x0, x1=x1, fillcolor=MARK, line_width=0, layer="below", row=1, col=1)


def _x(lines: WatchedLines, at: NDArray[np.integer[Any]]) -> list[Any]:
    if lines.axis is None:
        return [int(a) for a in at]
    times = lines.axis[np.minimum(at, len(lines.axis) - 1)]
    if times[0] < 1e8:
        return [float(t) for t in times]
    return [str(t)[:19] for t in (times * 1000).astype(np.int64).astype("datetime64[ms]")]


def _faint(colour: str) -> str:
    r, g, b = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({r},{g},{b},.35)"


def histograms(normal: Floats, tested: Floats, threshold: float, names: tuple[str, str]) -> go.Figure:
    """How z is spread over the kept normal part and over what was tested, on one axis, with the threshold."""
    both = np.concatenate([normal, tested])
    low, high = np.quantile(both, [0.001, 0.999])
    edges = np.linspace(min(low, threshold), max(high, threshold * 1.05), 60)
    figure = go.Figure()
    for values, name, colour in zip((normal, tested), names, (TEACHER, STUDENT), strict=True):
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        share = counts / max(values.size, 1)
        figure.add_bar(x=(edges[1:] + edges[:-1]) / 2, y=share, name=label(name), marker_color=colour, opacity=0.6)
    figure.add_vline(x=threshold, line={"color": ALARM, "dash": "dash"})
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=220, margin=MARGIN, barmode="overlay", bargap=0.02, legend=legend)
    figure.update_yaxes(type="log", title="share")
    figure.update_xaxes(title="z")
    return figure


def beside(first: tuple[str, Floats], second: tuple[str, Floats], height: int = 200) -> go.Figure:
    """Two lines (W,) on one axis: a window and the nearest normal one, a teacher's feature and its student's."""
    figure = go.Figure()
    for (name, values), colour, dash in zip((first, second), (STUDENT, TEACHER), ("solid", "dot"), strict=True):
        figure.add_scatter(
            y=np.asarray(values, np.float32), name=label(name), mode="lines",
            line={"color": colour, "width": 1.8, "dash": dash},
        )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=height, margin=MARGIN, hovermode="x", legend=legend)
    return figure


def planes(view: Floats, maps: Floats, names: tuple[str, str]) -> go.Figure:
    """An image and the discrepancy on it, on the same pixels beside one another; each with its own scale."""
    figure = make_subplots(rows=1, cols=2, subplot_titles=[label(n) for n in names], horizontal_spacing=0.12)
    figure.add_heatmap(z=np.asarray(view, np.float32), colorscale="RdBu_r", zmid=0, row=1, col=1, showscale=False)
    figure.add_heatmap(
        z=np.asarray(maps, np.float32), colorscale=AMOUNT, row=1, col=2, colorbar={"thickness": 8, "len": 0.9}
    )
    figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", row=1, col=1)
    figure.update_yaxes(autorange="reversed", scaleanchor="x2", constrain="domain", row=1, col=2)
    figure.update_xaxes(constrain="domain")
    figure.update_annotations(font_size=12)
    figure.update_layout(height=300, margin=MARGIN)
    return figure


def blame(time: Floats, drop: Floats, names: tuple[str, str]) -> go.Figure:
    """The map on time, and the drop where a piece of the window is replaced: lines (W,), each on an axis of its own."""
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    figure.add_scatter(y=np.asarray(time, np.float32), name=label(names[0]), line={"color": STUDENT, "width": 1.8})
    figure.add_scatter(
        y=np.asarray(drop, np.float32), name=label(names[1]), secondary_y=True,
        line={"color": TEACHER, "width": 1.5, "shape": "hv", "dash": "dot"},
    )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=210, margin=MARGIN, hovermode="x", legend=legend)
    return figure


def discrepancies(by_key: Mapping[str, Sequence[Mapping[str, Any]]], names: Mapping[str, str]) -> go.Figure:
    """The mean discrepancy by epoch, on the kept normal part (full) and on what follows it (dashed), as a share of
    what it was after the first epoch on the normal part."""
    figure = go.Figure()
    for k, (key, epochs) in enumerate(by_key.items()):
        first = float(epochs[0]["readouts"].get("normal") or 1) or 1.0
        for part, dash in (("normal", "solid"), ("later", "dash")):
            values = [float(e["readouts"].get(part, np.nan)) / first for e in epochs]
            figure.add_scatter(
                x=[e["epoch"] for e in epochs], y=values, name=f"{label(names.get(key, key))}, {names[part]}",
                mode="lines+markers", line={"color": SERIES[k % len(SERIES)], "dash": dash},
            )  # fmt: skip
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=280, margin=MARGIN, hovermode="x unified", legend=legend)
    figure.update_xaxes(title="epoch", range=[0.5, 10.5])
    figure.update_yaxes(title="discrepancy", rangemode="tozero")
    return figure
