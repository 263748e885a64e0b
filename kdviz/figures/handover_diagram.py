"""Who hands what to whom: a row for every gift, givers on the left, takers on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

import plotly.graph_objects as go

from kdviz.figures.palette import INK, STUDENT, TEACHER

Hand = Sequence[str]
BOX, ROW, BESIDE, ABOVE = 0.3, 64, 15, 22


def hands(rows: Sequence[Hand]) -> go.Figure:
    """Boxes and arrows of (giver, what, taker); neighbours of one name share a box."""
    figure = go.Figure()
    for side, low in ((0, 0.0), (2, 1 - BOX)):
        for name, first, last in _runs([row[side] for row in rows]):
            _box(figure, name, low, first, last)
    for place, (_, what, _) in enumerate(rows):
        _arrow(figure, what, place + 0.5)
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(range=[len(rows), 0], visible=False, fixedrange=True)
    return figure.update_layout(
        height=ROW * len(rows) + 8, margin={"l": 4, "r": 4, "t": 4, "b": 4}, showlegend=False, dragmode=False
    )


def handover_sentence(rows: Sequence[Hand]) -> str:
    """The drawing as a sentence."""
    return "; ".join(f"{giver} to {taker}: {what}" for giver, what, taker in rows) + "."


def ink(name: str) -> str:
    """The colour of a giver or taker."""
    if "student" in name:
        return STUDENT
    return TEACHER if "teacher" in name else INK


def tint(name: str) -> str:
    """The same, so faint that words upon it can be read by day and by night."""
    red, green, blue = (int(ink(name)[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.07)"


def _runs(names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(name, first row, row after the last) of neighbours that are the same."""
    place = 0
    for name, same in groupby(names):
        count = len(list(same))
        yield name, place, place + count
        place += count


def _box(figure: go.Figure, name: str, low: float, first: int, last: int) -> None:
    figure.add_shape(
        type="rect", x0=low, x1=low + BOX, y0=first + 0.14, y1=last - 0.14, line={"color": ink(name), "width": 1.5},
        fillcolor=tint(name), layer="below",
    )  # fmt: skip
    text = "<br>".join(wrap(name, BESIDE))
    figure.add_annotation(x=low + BOX / 2, y=(first + last) / 2, text=text, showarrow=False, font={"size": 13})


def _arrow(figure: go.Figure, what: str, height: float) -> None:
    figure.add_annotation(
        x=1 - BOX - 0.01, y=height, ax=BOX + 0.01, ay=height, xref="x", yref="y", axref="x", ayref="y", text="",
        showarrow=True, arrowhead=2, arrowwidth=1.5, arrowcolor=INK,
    )  # fmt: skip
    text = "<br>".join(wrap(what, ABOVE))
    figure.add_annotation(x=0.5, y=height, text=text, showarrow=False, yanchor="bottom", yshift=2, font={"size": 12})
