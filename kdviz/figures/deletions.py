"""Deletion and insertion curves of one network, beside random orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from kdviz.figures.chart import Axis, Chart, Line, lines
from kdviz.figures.palette import INK, colour

Curves = Mapping[str, NDArray[Any]]
KINDS = {"deletion": "", "insertion": "6 3", "random": "2 3"}


def deletions(role: str, curves: Curves, alt: str) -> Chart:
    """The class's mean probability as segments go or come."""
    found = [
        Line(kind, curves["shares"].tolist(), curves[kind].tolist(), INK if kind == "random" else colour(role), dash)
        for kind, dash in KINDS.items()
    ]
    return lines(found, Axis("segments", "percent", 0.0, 1.0), Axis("probability", min=0.0, max=1.0), alt)
