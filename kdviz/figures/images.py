"""Images that series become, on one colour scale: as figures, as persistence diagrams, as small still
pictures; and a sweep as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.palette import AMOUNT, AMOUNTS, INK, KINDS, MARGIN, SIGNED, SIGNS, label

Floats = NDArray[np.floating]
Index = NDArray[np.int64]


Scale = tuple[float, float]
SIDE = 240


def scale(images: list[Floats]) -> Scale:
    """One range of values for all images: symmetric about zero where there are negative ones, from zero otherwise."""
    low = min((float(i.min()) for i in images if i.size), default=0.0)
    high = max((float(i.max()) for i in images if i.size), default=1.0)
    return (-max(-low, high), max(-low, high)) if low < 0 else (0.0, high or 1.0)


def plane(
    image: Floats, name: str, axes: tuple[str, str], limits: Scale, upright: bool = False, height: int = 400
) -> go.Figure:
    """One image (h, w) in the colours of `limits`, diverging where they are symmetric.

    axes      what columns and what rows are
    upright   row 0 at the bottom, as in a diagram; at the top otherwise, as in a matrix
    """
    what = f"{axes[0]} %{{x}}, {axes[1]} %{{y}}: %{{z:.3g}}<extra></extra>"
    figure = go.Figure()
    figure.add_heatmap(
        z=np.asarray(image, np.float32), zmin=limits[0], zmax=limits[1], hovertemplate=what,
        colorscale=SIGNED if limits[0] < 0 else AMOUNT,
        colorbar={"thickness": 8, "orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "len": 0.8,
                  "nticks": 5},
    )  # fmt: skip
    # Under the buttons that stand above a figure wherever there is no pointer to call them up.
    title = {
        "text": label(name, 60),
        "font_size": 14,
        "x": 0.5,
        "xanchor": "center",
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "pad_b": 8,
    }
    figure.update_layout(height=height, margin={**MARGIN, "t": 56, "b": 84}, title=title)
    figure.update_xaxes(title=axes[0], constrain="domain")
    figure.update_yaxes(title=axes[1], autorange=True if upright else "reversed", scaleanchor="x", constrain="domain")
    return figure


def image_sentence(image: Floats, name: str) -> str:
    """An image in words: its size, and where it is highest."""
    row, column = np.unravel_index(int(np.argmax(image)), image.shape)
    return (
        f"{name}: {image.shape[0]} by {image.shape[1]}, from {image.min():.3g} to {image.max():.3g}, "
        f"highest at row {row}, column {column}."
    )


def diagram(groups: Mapping[str, tuple[Floats, Floats, Index, Index]]) -> go.Figure:
    """Persistence pairs: (birth, death, birth sample, death sample) by kind, over the diagonal of what never lived."""
    figure = go.Figure()
    every = np.concatenate([part for group in groups.values() for part in group[:2]] or [np.zeros(1)])
    ends = np.array([every.min(), every.max()] if every.size else [0, 1], np.float32)
    dotted = {"color": INK, "dash": "dot", "width": 1}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=dotted, hoverinfo="skip", showlegend=False)
    for number, (name, (birth, death, born, died)) in enumerate(groups.items()):
        figure.add_scatter(
            x=np.asarray(birth, np.float32), y=np.asarray(death, np.float32), mode="markers", name=label(name),
            marker={"color": KINDS[number], "size": 8, "symbol": ("circle", "diamond")[number % 2]},
            customdata=np.stack([born, died], axis=1),
            hovertemplate="born at sample %{customdata[0]} (%{x:.3g}), merges at %{customdata[1]} (%{y:.3g})",
        )  # fmt: skip
    figure.update_layout(height=360, margin=MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    figure.update_xaxes(title="born at value")
    figure.update_yaxes(title="merges at value", scaleanchor="x", constrain="domain")
    return figure


def coloured(image: Floats, limits: Scale, upright: bool = False) -> NDArray[np.uint8]:
    """An image (h, w) in the colours of `limits`, enlarged to at least SIDE pixels: (H, W, 3)."""
    stops = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in (SIGNS if limits[0] < 0 else AMOUNTS)])
    share = np.clip((image - limits[0]) / ((limits[1] - limits[0]) or 1.0), 0, 1)
    place = share * (len(stops) - 1)
    colours = np.stack([np.interp(place, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=-1)
    times = -(-SIDE // max(image.shape))
    found = colours.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)
    return np.ascontiguousarray(found[::-1] if upright else found)


ROW, LEAST, MOST = 18, 180, 720
OPEN = ("#CC79A7", "#009E73", "#D55E00", "#56B4E9")
"""Of states: none of them among the colours of accuracies."""


@dataclass(frozen=True)
class MapCell:
    """One run: its row and column by name, its accuracy where there is one, else how it stands."""

    row: str
    column: str
    accuracy: float | None
    state: str


def sweep_map(cells: Sequence[MapCell], column: str, accuracy: str) -> go.Figure:
    """Rows by columns; what has no accuracy has a flat colour by its state, what is no run of the sweep is blank."""
    rows = {name: k for k, name in enumerate(dict.fromkeys(c.row for c in cells))}
    columns = {name: k for k, name in enumerate(dict.fromkeys(c.column for c in cells))}
    states = tuple(sorted({c.state for c in cells if c.accuracy is None}))
    scores, standing = (np.full((len(rows), len(columns)), np.nan, np.float32) for _ in range(2))
    for cell in cells:
        place = rows[cell.row], columns[cell.column]
        if cell.accuracy is None:
            standing[place] = states.index(cell.state)
        else:
            scores[place] = cell.accuracy
    heads = {"x": [label(name, 24) for name in columns], "y": [label(name, 60) for name in rows]}
    figure = go.Figure()
    bar = {"thickness": 8, "title": {"text": label(accuracy), "side": "right"}, "tickformat": ".0%"}
    if not np.isnan(scores).all():
        figure.add_heatmap(z=scores, **heads, colorscale=AMOUNT, colorbar=bar, xgap=0.5, ygap=0.5,
                           hovertemplate=f"%{{y}}, {label(column)} %{{x}}: %{{z:.1%}}<extra></extra>")  # fmt: skip
    for number, state in enumerate(states):
        colour = OPEN[number % len(OPEN)]
        only = np.where(standing == number, 1.0, np.nan).astype(np.float32)
        figure.add_heatmap(
            z=only, **heads, colorscale=[[0, colour], [1, colour]], showscale=False, xgap=0.5, ygap=0.5,
            hovertemplate=f"%{{y}}, {label(column)} %{{x}}: {label(state)}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(x=[None], y=[None], mode="markers", name=label(state), showlegend=True,
                           marker={"color": colour, "symbol": "square", "size": 10})  # fmt: skip
    figure.update_layout(
        height=int(np.clip(ROW * len(rows) + 110, LEAST, MOST)), margin={**MARGIN, "l": 8, "b": 48},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip
    figure.update_xaxes(title=label(column), type="category", nticks=20)
    figure.update_yaxes(automargin=True, autorange="reversed", type="category")
    return figure
