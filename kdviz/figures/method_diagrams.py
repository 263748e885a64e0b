"""Methods as diagrams: the map of what can be handed over and by whom, and who hands what to whom in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from kdviz.figures.palette import INK, KINDS, STUDENT, TEACHER

BOX, NAMES, ROW, BESIDE = 0.42, 0.62, 26, 20


@dataclass(frozen=True)
class Place:
    """A method on the map. `kinds` are what it hands over, what is special about it first; `link` says more of it."""

    id: str
    title: str
    kinds: tuple[str, ...]
    link: str


def map_of_methods(methods: Sequence[Place], kinds: Mapping[str, str]) -> go.Figure:
    """Kinds (name -> what it means) and methods; a strong line to what is special, a thin one to what comes with it."""
    rows = [(kind, one) for kind, all_ in grouped(methods, kinds) for one in all_]
    firsts = [kind for kind, _ in rows]
    inks = {kind: KINDS[number % len(KINDS)] for number, kind in enumerate(dict.fromkeys(firsts))}
    layout: dict[str, Any] = {
        "height": ROW * len(rows) + 8, "margin": {"l": 4, "r": 4, "t": 4, "b": 4}, "showlegend": False,
        "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
        "yaxis": {"range": [len(rows), 0], "visible": False, "fixedrange": True}, "dragmode": False,
        "shapes": [_box(_middle(firsts, kind), firsts.count(kind), ink) for kind, ink in inks.items()],
        "annotations": [
            *(_means(kind, kinds.get(kind, ""), _middle(firsts, kind), firsts.count(kind)) for kind in inks),
            *(_name(one, place + 0.5) for place, (_, one) in enumerate(rows)),
        ],
    }  # fmt: skip
    lines = [_lines(rows, _middle(firsts, kind), kind, ink, strong) for kind, ink in inks.items() for strong in (0, 1)]
    return go.Figure([*lines, _dots([one for _, one in rows])], layout)


def grouped(methods: Sequence[Place], kinds: Mapping[str, str]) -> Iterator[tuple[str, list[Place]]]:
    """(kind, methods whose special gift it is), in the order of `kinds`, unknown kinds last."""
    firsts = dict.fromkeys([*kinds, *(one.kinds[0] for one in methods)])
    for kind in firsts:
        if mine := [one for one in methods if one.kinds[0] == kind]:
            yield kind, mine


def method_map_sentence(methods: Sequence[Place], kinds: Mapping[str, str]) -> str:
    """The map as a sentence."""
    return "; ".join(f"{kind}: {', '.join(one.id for one in mine)}" for kind, mine in grouped(methods, kinds)) + "."


def _middle(rows: Sequence[str], kind: str) -> float:
    return rows.index(kind) + rows.count(kind) / 2


def _lines(rows: Sequence[tuple[str, Place]], start: float, kind: str, ink: str, strong: int) -> dict[str, Any]:
    """The lines from one kind to the methods whose special gift it is (strong), or to those that hand it over too."""
    ends = [n + 0.5 for n, (first, one) in enumerate(rows) if kind in one.kinds and (first == kind) == bool(strong)]
    y = [each for end in ends for each in (start, end, None)]
    return {
        "type": "scatter", "x": [BOX, NAMES - 0.01, None] * len(ends), "y": y, "mode": "lines", "hoverinfo": "skip",
        "line": {"color": ink, "width": 2.5 if strong else 1}, "opacity": 1.0 if strong else 0.6,
    }  # fmt: skip


def _dots(methods: Sequence[Place]) -> dict[str, Any]:
    return {
        "type": "scatter", "x": [NAMES - 0.01] * len(methods), "y": [n + 0.5 for n in range(len(methods))],
        "mode": "markers", "marker": {"color": INK, "size": 6}, "hovertext": [one.title for one in methods],
        "hoverinfo": "text",
    }  # fmt: skip


def _name(one: Place, height: float) -> dict[str, Any]:
    text = f'<a href="{one.link}" target="_self"><u>{one.id}</u></a>'
    return {"x": NAMES, "y": height, "text": text, "showarrow": False, "xanchor": "left", "font": {"size": 13}}


def _means(kind: str, means: str, height: float, count: int) -> dict[str, Any]:
    text = "<br>".join([f"<b>{kind}</b>", *(wrap(means, BESIDE) if count > 2 else ())])
    return {"x": BOX / 2, "y": height, "text": text, "showarrow": False, "font": {"size": 12}}


def _box(height: float, count: int, ink: str) -> dict[str, Any]:
    half = count / 2 - 0.1
    red, green, blue = (int(ink[k : k + 2], 16) for k in (1, 3, 5))
    return {
        "type": "rect", "x0": 0, "x1": BOX, "y0": height - half, "y1": height + half, "layer": "below",
        "line": {"color": ink, "width": 1.5}, "fillcolor": f"rgba({red},{green},{blue},0.07)",
    }  # fmt: skip


Hand = Sequence[str]
HAND_BOX, HAND_ROW, HAND_BESIDE, ABOVE = 0.3, 64, 15, 22


def hands(rows: Sequence[Hand]) -> go.Figure:
    """Boxes and arrows of (giver, what, taker); neighbours of one name share a box."""
    figure = go.Figure()
    for side, low in ((0, 0.0), (2, 1 - HAND_BOX)):
        for name, first, last in _runs([row[side] for row in rows]):
            _hand_box(figure, name, low, first, last)
    for place, (_, what, _) in enumerate(rows):
        _arrow(figure, what, place + 0.5)
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(range=[len(rows), 0], visible=False, fixedrange=True)
    return figure.update_layout(
        height=HAND_ROW * len(rows) + 8, margin={"l": 4, "r": 4, "t": 4, "b": 4}, showlegend=False, dragmode=False
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


def _hand_box(figure: go.Figure, name: str, low: float, first: int, last: int) -> None:
    figure.add_shape(
        type="rect", x0=low, x1=low + HAND_BOX, y0=first + 0.14, y1=last - 0.14,
        line={"color": ink(name), "width": 1.5},
        fillcolor=tint(name), layer="below",
    )  # fmt: skip
    text = "<br>".join(wrap(name, HAND_BESIDE))
    figure.add_annotation(x=low + HAND_BOX / 2, y=(first + last) / 2, text=text, showarrow=False, font={"size": 13})


def _arrow(figure: go.Figure, what: str, height: float) -> None:
    figure.add_annotation(
        x=1 - HAND_BOX - 0.01, y=height, ax=HAND_BOX + 0.01, ay=height, xref="x", yref="y", axref="x", ayref="y",
        text="",
        showarrow=True, arrowhead=2, arrowwidth=1.5, arrowcolor=INK,
    )  # fmt: skip
    text = "<br>".join(wrap(what, ABOVE))
    figure.add_annotation(x=0.5, y=height, text=text, showarrow=False, yanchor="bottom", yshift=2, font={"size": 12})
