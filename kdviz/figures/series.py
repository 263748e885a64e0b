"""Series as lines: one under another by channel, one over another by class, or small and without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import INK, KINDS, MARGIN, label

Floats = NDArray[np.floating]
Index = NDArray[np.int64]
MOST_CHANNELS = 12
MOST_LINES = 25
SPLITS = {"train": "rgba(138,143,152,1)", "validation": "rgba(138,143,152,.6)", "test": "rgba(138,143,152,.3)"}
WIDTH, HEIGHT, EDGE = 320, 72, 4


def stacked(times: Floats, values: Floats, names: Sequence[str], unit: str) -> go.Figure:
    """Channels (C, T) one under another on one time axis; the first dozen of many."""
    count = min(len(values), MOST_CHANNELS)
    titles = [label(n) for n in names[:count]] if count > 1 else None
    gap = min(0.06, 0.5 / count)
    figure = make_subplots(rows=count, cols=1, shared_xaxes=True, vertical_spacing=gap, subplot_titles=titles)
    for row in range(count):
        line = {"color": INK, "width": 1.5}
        y = np.asarray(values[row], np.float32)
        figure.add_scatter(x=times, y=y, mode="lines", line=line, name=label(names[row]), row=row + 1, col=1)
    figure.update_annotations(x=0, xanchor="left", font_size=12)
    figure.update_xaxes(title=unit, row=count, col=1)
    height = 240 if count == 1 else 60 + 92 * count
    figure.update_layout(height=height, margin=MARGIN, showlegend=False, hovermode="x")
    return figure


def over(times: Floats, lines: Mapping[str, Floats], unit: str) -> go.Figure:
    """Lines (T,) by name over one another on one time axis."""
    figure = go.Figure()
    for number, (name, values) in enumerate(lines.items()):
        line = {"color": INK if len(lines) == 1 else KINDS[number % len(KINDS)], "width": 1.5}
        if number:
            line["dash"] = "dot"
        shown = label(name.replace("_", " "))
        figure.add_scatter(x=times, y=np.asarray(values, np.float32), mode="lines", line=line, name=shown)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=240, margin=MARGIN, hovermode="x", showlegend=len(lines) > 1, legend=legend)
    figure.update_xaxes(title=unit)
    return figure


def by_class(times: Floats, values: Floats, y: Index, classes: Sequence[str], unit: str) -> go.Figure:
    """Series (N, T) of one channel over one another, some of each class thin, the mean of each class thick."""
    figure = go.Figure()
    for number, name in enumerate(classes[: len(KINDS)]):
        mine = values[y == number]
        if not len(mine):
            continue
        some = mine[np.unique(np.linspace(0, len(mine) - 1, MOST_LINES).astype(np.int64))]
        shared = {"legendgroup": str(number), "hoverinfo": "skip", "mode": "lines"}
        x, lines = _one_trace(times, some)
        thin = {"color": KINDS[number], "width": 0.7}
        figure.add_scatter(x=x, y=lines, line=thin, opacity=0.35, showlegend=False, **shared)
        thick = {"color": KINDS[number], "width": 2.5}
        figure.add_scatter(x=times, y=mine.mean(0, dtype=np.float32), line=thick, name=label(name), **shared)
    figure.update_layout(height=300, margin=MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    figure.update_xaxes(title=unit)
    return figure


def _one_trace(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Many lines as one trace, with a gap after each: a browser draws it hundreds of times faster."""
    gap = np.full((len(values), 1), np.nan, np.float32)
    x = np.concatenate([np.broadcast_to(times.astype(np.float32), values.shape), gap], axis=1)
    return x.ravel(), np.concatenate([values.astype(np.float32), gap], axis=1).ravel()


def told_by_class(values: Floats, y: Index, classes: Sequence[str]) -> str:
    """The same in words."""
    shown = [f"class {name} has {int((y == k).sum())} series" for k, name in enumerate(classes[: len(KINDS)])]
    more = len(classes) - len(shown)
    return (
        f"Some series and the mean of each class over time: {', '.join(shown)}{f', {more} more' if more > 0 else ''}."
    )


def counts(y: Index, classes: Sequence[str], splits: Mapping[str, Index]) -> go.Figure:
    """How many series each class, or each subject, has, by split; the first forty of them."""
    figure = go.Figure()
    names = [label(c, 20) for c in classes[:40]]
    places = np.arange(len(names))
    for name, index in splits.items():
        many = np.bincount(y[index], minlength=len(classes))[: len(names)]
        figure.add_bar(
            y=places, x=many, name=name, orientation="h", marker_color=SPLITS.get(name, INK), hovertemplate="%{x}"
        )
    axis = {"tickmode": "array", "tickvals": places, "ticktext": names, "autorange": "reversed", "automargin": True}
    figure.update_layout(
        height=90 + 26 * len(names), margin={**MARGIN, "l": 8}, barmode="stack", yaxis=axis, xaxis_title="series",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
    )  # fmt: skip
    return figure


def spark(lines: NDArray[np.floating], colours: tuple[str, ...] = (INK,)) -> str:
    """Lines (n, T) on one scale as an SVG text."""
    low, high = float(lines.min()), float(lines.max())
    x = np.linspace(EDGE, WIDTH - EDGE, lines.shape[1])
    y = HEIGHT - EDGE - (lines - low) / ((high - low) or 1.0) * (HEIGHT - 2 * EDGE)
    drawn = "".join(
        f'<polyline fill="none" stroke="{colours[k % len(colours)]}" stroke-width="1.5" '
        f'points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, row, strict=True))}"/>'
        for k, row in enumerate(y)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{drawn}</svg>'
