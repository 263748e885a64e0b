"""What is drawn of a watch's windows, learning and threshold: small figures with one thing to read off each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kdviz.figures.palette import AMOUNT, INK, MARGIN, SERIES, STUDENT, TEACHER, label
from kdviz.figures.timelines.watch_charts import ALARM, NORMAL, Floats, envelope, on_axis

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}


MOST_ROWS = 4


def recorded(values: Floats, channels: Sequence[str], normal: int, axis: Floats | None, height: int = 110) -> go.Figure:
    """The first channels of a recording (C, T), one under another, the samples before `normal` shaded."""
    rows = min(MOST_ROWS, len(channels))
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.2 / rows,
        subplot_titles=[label(c, 60) for c in channels[:rows]],
    )  # fmt: skip
    for k in range(rows):
        at, y = envelope(values[k], 0, values.shape[1])
        figure.add_scatter(
            x=on_axis(axis, at), y=np.asarray(y, np.float32), name=label(channels[k]), mode="lines", row=k + 1, col=1,
            line={"color": INK, "width": 1.2},
        )  # fmt: skip
    if normal:
        a, b = on_axis(axis, np.array([0, normal]))
        figure.add_vrect(x0=a, x1=b, fillcolor=NORMAL, line_width=0, layer="below")
    figure.update_annotations(x=0, xanchor="left", font_size=12)
    figure.update_layout(height=60 + height * rows, margin=MARGIN, showlegend=False, hovermode="x")
    return figure


def histograms(normal: Floats, tested: Floats, threshold: float, names: tuple[str, str]) -> go.Figure:
    """How z is spread over the kept normal part and over what was tested, on one axis, with the threshold."""
    both = np.concatenate([normal, tested])
    thin = both[:: max(1, both.size // 20_000)]
    low, high = np.quantile(thin, [0.001, 0.999])
    edges = np.linspace(min(low, threshold), max(high, threshold * 1.05), 60)
    figure = go.Figure()
    for values, name, colour in zip((normal, tested), names, (TEACHER, STUDENT), strict=True):
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        share = counts / max(values.size, 1)
        figure.add_bar(x=(edges[1:] + edges[:-1]) / 2, y=share, name=label(name), marker_color=colour, opacity=0.6)
    figure.add_vline(x=threshold, line={"color": ALARM, "dash": "dash"})
    figure.update_layout(height=220, margin=MARGIN, barmode="overlay", bargap=0.02, legend=LEGEND)
    figure.update_yaxes(type="log", title="share")
    figure.update_xaxes(title="z")
    return figure


def beside(first: tuple[str, Floats], second: tuple[str, Floats], height: int = 220) -> go.Figure:
    """Two lines (W,) on one axis: a window and the nearest normal one, a teacher's feature and its student's."""
    figure = go.Figure()
    for (name, values), colour, dash in zip((first, second), (STUDENT, TEACHER), ("solid", "dot"), strict=True):
        figure.add_scatter(
            y=np.asarray(values, np.float32), name=label(name), mode="lines",
            line={"color": colour, "width": 1.8, "dash": dash},
        )  # fmt: skip
    figure.update_layout(height=height, margin=MARGIN, hovermode="x", legend=LEGEND)
    figure.update_xaxes(title="sample of the window")
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


def blame(time: Floats | None, drop: Floats, names: tuple[str, str]) -> go.Figure:
    """The map on time, and the drop where a piece of the window is replaced: lines (W,), each on an axis of its own.

    time    None where the method has no place inside a window
    """
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    if time is not None:
        figure.add_scatter(y=np.asarray(time, np.float32), name=label(names[0]), line={"color": STUDENT, "width": 1.8})
    figure.add_scatter(
        y=np.asarray(drop, np.float32), name=label(names[1]), secondary_y=time is not None, showlegend=True,
        line={"color": TEACHER, "width": 1.5, "shape": "hv", "dash": "dot"},
    )  # fmt: skip
    figure.update_layout(height=230, margin=MARGIN, hovermode="x", legend=LEGEND)
    figure.update_xaxes(title="sample of the window")
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
                mode="lines+markers", line={"color": SERIES[k % len(SERIES)], "dash": dash}, legendgroup=key,
                showlegend=part == "normal",
            )  # fmt: skip
    figure.update_layout(height=280, margin=MARGIN, hovermode="x unified", legend=LEGEND)
    figure.update_xaxes(title="epoch", range=[0.5, 10.5])
    figure.update_yaxes(title="discrepancy", rangemode="tozero")
    return figure


def repeats(likeness: Floats, period: int, window: int, names: tuple[str, str]) -> go.Figure:
    """The autocorrelation (L,) of the normal part by lag, with the period that was found (0: none) and the window."""
    figure = go.Figure()
    figure.add_scatter(y=np.asarray(likeness, np.float32), name=names[0], line={"color": INK, "width": 1.5})
    figure.add_hline(y=0, line={"color": INK, "width": 0.5})
    if period:
        figure.add_scatter(x=[period], y=[float(likeness[period])], name=label(names[1]), mode="markers",
                           marker={"color": ALARM, "size": 10, "symbol": "diamond"})  # fmt: skip
    figure.add_vline(x=window, line={"color": TEACHER, "dash": "dot"})
    figure.update_layout(height=190, margin=MARGIN, hovermode="x", legend=LEGEND, showlegend=True)
    figure.update_xaxes(title="lag, samples")
    figure.update_yaxes(range=[-1.05, 1.05])
    return figure


def paired(window: Floats, pairs: Floats, names: tuple[str, str]) -> go.Figure:
    """A window (W,) with the pairs (P, 3) of its persistence image: samples of birth and death, and the discrepancy
    where each lies in the image; the more, the thicker."""
    figure = go.Figure()
    figure.add_scatter(y=np.asarray(window, np.float32), name=label(names[0]), line={"color": INK, "width": 1.5})
    top = float(pairs[:, 2].max(initial=0)) or 1.0
    for k, (birth, death, apart) in enumerate(pairs):
        x = [int(birth), int(death)]
        figure.add_scatter(
            x=x, y=[float(window[i]) for i in x], mode="lines+markers", name=label(names[1]), showlegend=k == 0,
            legendgroup="pairs", opacity=0.25 + 0.75 * float(apart) / top,
            line={"color": ALARM, "width": 0.5 + 3 * float(apart) / top},
            hovertemplate=f"{apart:.3g}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(height=220, margin=MARGIN, legend=LEGEND)
    return figure
