"""Small charts in plain values, drawn in the browser without a library: lines, points, intervals, ranks, matrices.

Pages and reports show the same ones; pointing at them, or the arrow keys, reads out the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.figures.palette import AMOUNTS, CONTROL, KINDS, SIGNS

Chart = dict[str, Any]
Frame = tuple[float, float, float, float]
SYMBOLS = ("circle", "square", "diamond", "up", "down", "cross", "left", "right", "star")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "12 4")
TOLD_APART = 27
"""Groups of marks whose symbols differ, or colours that all eyes tell apart; further ones are grey."""
HINT = "Point at the figure, or press the arrow keys in it, to read its numbers."


@dataclass(frozen=True)
class Axis:
    """What an axis counts; `format` is number, percent, points or count, `log` for a logarithmic one."""

    label: str
    format: str = "number"
    min: float | None = None
    max: float | None = None
    log: bool = False


@dataclass(frozen=True)
class Line:
    """A line through (x, y); a NaN is a gap."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    dash: str = ""
    width: float = 2.0


@dataclass(frozen=True)
class Point:
    """One mark; `text` is read out, and `pick` is what a click on it reports."""

    x: float
    y: float
    text: str
    low: float | None = None
    high: float | None = None
    pick: int | None = None


@dataclass(frozen=True)
class Bar:
    """A value with its interval, by name; `firm` where it allows a conclusion."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    colour: str
    firm: bool = False


def lines(each: Sequence[Line], x: Axis, y: Axis, alt: str, marks: Mapping[float, str] | None = None) -> Chart:
    """Lines over one axis; `marks` are labelled places on it."""
    series = [
        {"name": line.name, "colour": line.colour, "dash": line.dash, "width": line.width,
         "points": [[_number(a), _number(b)] for a, b in zip(line.x, line.y, strict=True)]}
        for line in each
    ]  # fmt: skip
    told = [{"x": place, "label": label} for place, label in (marks or {}).items()]
    return _chart("lines", alt, x=_axis(x), y=_axis(y), series=series, marks=told)


def points(groups: Mapping[str, Sequence[Point]], x: Axis, y: Axis, alt: str, front: bool = False) -> Chart:
    """Marks by group, each with a colour and a shape; `front` draws what no other mark beats at lower cost."""
    series = [
        {"name": name, "colour": hue(k), "symbol": SYMBOLS[k % len(SYMBOLS)], "points": [_known(p) for p in marks]}
        for k, (name, marks) in enumerate(groups.items())
    ]
    every = [(p.x, p.y) for marks in groups.values() for p in marks]
    found = pareto(every) if front else []
    return _chart("points", alt, x=_axis(x), y=_axis(y), series=series, front=[list(p) for p in found])


def intervals(rows: Sequence[Bar], x: Axis, alt: str, zero: bool = False) -> Chart:
    """Values with intervals, one under another; `zero` draws the line of no difference."""
    return _chart("intervals", alt, x=_axis(x), rows=[_known(row) for row in rows], zero=zero)


def ranks(average: Mapping[str, float], groups: Sequence[Sequence[str]], texts: Mapping[str, str], alt: str) -> Chart:
    """The critical-difference diagram: average ranks on a line, a bar over those that cannot be told apart."""
    each = [
        {"name": name, "rank": rank, "text": texts.get(name, name), "colour": hue(k)}
        for k, (name, rank) in enumerate(sorted(average.items(), key=lambda item: item[1]))
    ]
    return _chart("ranks", alt, ranks=each, groups=[list(group) for group in groups])


def matrix(
    values: Sequence[Sequence[float]],
    x: Axis,
    y: Axis,
    alt: str,
    heads: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
    signed: bool = False,
    frames: Sequence[Frame] = (),
) -> Chart:
    """Cells by row and column, from the top; `heads` name rows and columns of a square one, a NaN is left open.

    frames    stretches (x from, x to, y from, y to) in the axes' units, drawn round the cells that they hold
    limits    the values of the first and the last colour; else the least and the largest of the cells
    signed    blue below zero, red above, instead of amounts
    """
    cells = [[_number(float(v)) for v in row] for row in values]
    known = [v for row in cells for v in row if v is not None]
    low, high = limits or (min(known, default=0.0), max(known, default=1.0))
    colours = list(SIGNS if signed else AMOUNTS)
    framed = {"frames": [list(map(_number, each)) for each in frames]} if frames else {}
    return _chart(
        "matrix", alt, x=_axis(x), y=_axis(y), cells=cells, heads=list(heads), low=low, high=high, colours=colours,
        **framed,
    )  # fmt: skip


def hue(place: int) -> str:
    """The colour of the n-th group."""
    return KINDS[place % len(KINDS)] if place < TOLD_APART else CONTROL


def pareto(given: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of (cost, gain) those that nothing cheaper reaches, by cost."""
    found: list[tuple[float, float]] = []
    for cost, gain in sorted(given, key=lambda p: (p[0], -p[1])):
        if math.isfinite(cost) and math.isfinite(gain) and (not found or gain > found[-1][1]):
            found.append((cost, gain))
    return found


def _chart(kind: str, alt: str, **parts: Any) -> Chart:
    return {"kind": kind, "alt": alt, "hint": HINT, **parts}


def _axis(axis: Axis) -> dict[str, Any]:
    return {name: value for name, value in asdict(axis).items() if value is not None}


def _known(one: Point | Bar) -> dict[str, Any]:
    return {name: _number(value) for name, value in asdict(one).items() if name != "pick" or value is not None}


def _number(value: Any) -> Any:
    """Rounded to what an eye can tell; None for what is not finite."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
