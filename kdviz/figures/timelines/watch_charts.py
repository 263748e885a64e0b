"""A watched recording on one time axis: its values, a band for each view, the fused score with its parts, controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from kdviz.figures.palette import CONTROL, INK, MARGIN, SERIES, STUDENT, TEACHER, label

Floats = NDArray[np.floating[Any]]
Ranges = Sequence[tuple[int, int]]
BINS, MOST_SHAPES, BANDS = 1_500, 60, 6
NEAR, FAR = (0, 3, 10, 30), (0, 10, 100, 1_000, 10_000)
"""Where z is told on its axis: in a band that reaches far only powers of ten have room."""
NORMAL, MARK, ALARM = "rgba(0,158,115,.12)", "rgba(204,121,167,.35)", "#D55E00"


class Film(Protocol):
    """A watch by pieces of its recording: lowest and highest value (P,), discrepancy by epoch (E, P), and how many
    pieces are normal."""

    @property
    def low(self) -> Floats:
        """(P,)."""

    @property
    def high(self) -> Floats:
        """(P,)."""

    @property
    def apart(self) -> Floats:
        """(E, P)."""

    @property
    def normal(self) -> int:
        """Pieces."""


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


def watch_film(film: Film, words: Mapping[str, str], told: Sequence[str]) -> dict[str, Any]:
    """What watch_film.js draws: a recording by pieces, and a student's discrepancy on it, epoch by epoch.

    words   `recording`, `apart`, `epoch`, `play`, `pause` and `alt`; told: a sentence for each epoch
    """
    rounded = np.round(np.asarray(film.apart, np.float64), 3)
    return {
        "low": np.round(np.asarray(film.low, np.float64), 3).tolist(), "apart": rounded.tolist(),
        "high": np.round(np.asarray(film.high, np.float64), 3).tolist(), "normal": film.normal, "words": dict(words),
        "told": list(told), "colours": {"normal": TEACHER, "later": STUDENT, "shade": NORMAL},
    }  # fmt: skip


def envelope(values: Floats, first: int, last: int, bins: int = BINS) -> tuple[NDArray[np.int64], Floats]:
    """Samples and values of a stretch that lose no peak: lowest and highest of each of `bins` pieces, in order.

    A recording of a million samples is drawn by no more points than one of three thousand.
    """
    part = np.asarray(values[first:last])
    if part.size <= 2 * bins:
        return np.arange(first, last), part
    size = -(-part.size // bins)
    blocks = np.pad(part, (0, -part.size % size), mode="edge").reshape(-1, size)
    both = np.sort(np.stack([blocks.argmin(1), blocks.argmax(1)], 1), 1) + size * np.arange(len(blocks))[:, None]
    at = np.minimum(both.ravel(), part.size - 1)
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
            x=on_axis(lines.axis, at), y=np.asarray(squeezed(y) if row > 2 else y, np.float32), name=label(name),
            mode="lines", row=row, col=1, line={"color": colour, "width": width}, **more,
        )  # fmt: skip

    draw(lines.values[0], lines.values[1], 1, INK)
    strip = np.zeros(len(lines.fused), np.float32)
    for a, b in lines.alarms:
        strip[a : b + 1] = 1
    draw(names["alarms"], strip, 2, ALARM, 0.5, fill="tozeroy")
    for k, name in enumerate(bands):
        draw(name, lines.bands[name], 3 + k, SERIES[k % len(SERIES)])
    row = 3 + len(bands)
    at, y = envelope(lines.fused, first, last)
    parts = {name: np.maximum(lines.bands[name][at], 0) for name in bands if name in lines.parts}
    share = np.maximum(squeezed(y), 0) / np.maximum(sum(parts.values(), np.zeros(at.size)), 1e-9)
    under = np.zeros(at.size)
    for k, name in enumerate(bands):
        if name in parts:
            under = under + share * parts[name]
            figure.add_scatter(
                x=on_axis(lines.axis, at), y=np.asarray(under, np.float32), name=label(name), mode="none", row=row,
                col=1, fill="tonexty" if name != next(iter(parts)) else "tozeroy",
                fillcolor=_faint(SERIES[k % len(SERIES)]), hoverinfo="skip",
            )  # fmt: skip
    draw(names["fused"], lines.fused, row, STUDENT, 1.6)
    figure.add_hline(
        y=float(squeezed(np.array(lines.threshold))),
        line={"color": ALARM, "dash": "dash", "width": 1.5},
        row=row,
        col=1,
    )
    for k, (name, values) in enumerate(lines.controls.items()):
        draw(name, values, row + 1, CONTROL, 1.0, opacity=0.9 - 0.25 * k)
    _shade(figure, lines, len(rows))
    figure.update_annotations(x=0, xanchor="left", font_size=12)
    beside = [z for z in lines.controls.values() if z.size]
    drawn = [*([lines.bands[b]] for b in bands), [lines.fused], beside]
    for each, those in enumerate(drawn, 3):
        ticks = FAR if max((float(z[first:last].max()) for z in those), default=0.0) > 40 else NEAR
        figure.update_yaxes(tickvals=list(np.arcsinh(ticks)), ticktext=[f"{t:,}" for t in ticks], row=each, col=1)
    figure.update_yaxes(visible=False, row=2, col=1)
    figure.update_xaxes(range=[on_axis(lines.axis, np.array([first]))[0], on_axis(lines.axis, np.array([last - 1]))[0]])
    figure.update_layout(height=170 + int(86 * sum(heights)), margin=MARGIN, showlegend=False, hovermode="x")
    return figure


def _shade(figure: go.Figure, lines: WatchedLines, rows: int) -> None:
    """The normal part, the marks (where they are shown), behind every row."""
    if lines.normal[1] > lines.normal[0]:
        a, b = on_axis(lines.axis, np.array(lines.normal))
        figure.add_vrect(x0=a, x1=b, fillcolor=NORMAL, line_width=0, layer="below")
    for a, b in list(lines.marks)[:MOST_SHAPES]:
        x0, x1 = on_axis(lines.axis, np.array([a, b]))
        figure.add_vrect(x0=x0, x1=x1, fillcolor=MARK, line_width=0, layer="below", row=1, col=1)


def on_axis(axis: Floats | None, at: NDArray[np.integer[Any]]) -> list[Any]:
    """Samples as they stand on the axis: their numbers without a clock, seconds, or dates where it has any."""
    if axis is None:
        return [int(a) for a in at]
    times = axis[np.minimum(at, len(axis) - 1)]
    if times[0] < 1e8:
        return [float(t) for t in times]
    return [str(t)[:19] for t in (times * 1000).astype(np.int64).astype("datetime64[ms]")]


def _faint(colour: str) -> str:
    r, g, b = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({r},{g},{b},.35)"
