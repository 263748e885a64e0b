"""What may be done to a series without some views noticing, and how far two views lie apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError

Floats = NDArray[np.floating[Any]]
ALIKE = 0.005
"""Views that differ by less than this share of their range are the same to any eye: float32 costs as much."""


def _shifted(series: Floats) -> Floats:
    return np.asarray(series + np.ptp(series, axis=-1, keepdims=True))


CHANGES: dict[str, Callable[[Floats], Floats]] = {
    "flipped": lambda series: -series,
    "louder": lambda series: 2 * series,
    "shifted": _shifted,
    "backwards": lambda series: series[..., ::-1],
}


def changed(series: Floats, how: str) -> Floats:
    """Series (..., T) upside down, twice as large, moved up by their own range, or backwards; raises UserError."""
    if how not in CHANGES:
        raise UserError(f"A series is changed by one of {', '.join(CHANGES)}; asked for was {how[:20]!r}.")
    return np.ascontiguousarray(CHANGES[how](series), dtype=series.dtype)


def difference(one: Floats, other: Floats) -> Floats:
    """`other` minus `one`; of images of two sizes, the smaller one is enlarged first, pixel by pixel."""
    sides = tuple(max(a, b) for a, b in zip(one.shape, other.shape, strict=True))
    return np.asarray(enlarged(other, sides) - enlarged(one, sides))


def enlarged(values: Floats, sides: tuple[int, ...]) -> Floats:
    """Every pixel repeated, so that the grid has these sides."""
    for axis, side in enumerate(sides):
        place = np.arange(side) * values.shape[axis] // side
        values = values.take(place, axis=axis)
    return values


def apart(one: Floats, other: Floats) -> float:
    """The largest difference as a share of the range of values in both; 0 where they are one value."""
    room = float(max(one.max(), other.max()) - min(one.min(), other.min()))
    return float(np.abs(difference(one, other)).max()) / room if room > 0 else 0.0
