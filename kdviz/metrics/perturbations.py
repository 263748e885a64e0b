"""What may be done to a series, and how far two views of it then lie apart. NumPy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError

Series = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]
ALIKE = 0.005
"""Views that differ by less than this share of their range are the same to any eye: float32 costs as much."""
BASELINES = {
    "mean": "each channel's own mean",
    "linear": "a straight line between the samples that are left",
    "zero": "zero in the signal's own unit",
    "noise": "noise of each channel's own mean and spread",
}


def replaced(series: Series, gone: NDArray[np.bool_], baseline: str, noise: Series | None = None) -> Series:
    """Series (N, C, T) with the samples `gone` (N, T) replaced in every channel; see BASELINES."""
    away = gone[:, None, :]
    if baseline == "mean":
        return np.where(away, series.mean(2, keepdims=True), series)
    if baseline == "linear":
        return np.where(away, _bridged(series, gone), series)
    if baseline == "noise" and noise is not None:
        return np.where(away, noise, series)
    return np.where(away, np.float32(0), series)


def _bridged(series: Series, gone: NDArray[np.bool_]) -> Series:
    """A line over each gap; gaps at an end hold the last sample left, and a series all gone is its mean."""
    length = series.shape[2]
    where = np.arange(length)
    before = np.maximum.accumulate(np.where(gone, -1, where), axis=1)
    after = np.minimum.accumulate(np.where(gone, length, where)[:, ::-1], axis=1)[:, ::-1]
    left, right = np.where(before < 0, after, before), np.where(after == length, before, after)
    empty = np.asarray(gone.all(1))[:, None]
    left, right = np.where(empty, 0, left), np.where(empty, 0, right)
    share = ((where - left) / np.maximum(right - left, 1))[:, None].astype(np.float32)
    a, b = (np.take_along_axis(series, place[:, None], 2) for place in (left, right))
    line = a + (b - a) * share
    return np.asarray(np.where(empty[:, None], series.mean(2, keepdims=True), line))


def _noise(series: Series, rng: np.random.Generator) -> Series:
    free = rng.standard_normal(series.shape, np.float32)
    return np.asarray(free * series.std(2, keepdims=True) + series.mean(2, keepdims=True))


def _shifted(series: Floats) -> Floats:
    return np.asarray(series + np.ptp(series, axis=-1, keepdims=True))


CHANGES: dict[str, Callable[[Floats], Floats]] = {
    "flipped": lambda series: -series,
    "louder": lambda series: 2 * series,
    "shifted": _shifted,
    "backwards": lambda series: series[..., ::-1],
}


def transformed(series: Floats, how: str) -> Floats:
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


@dataclass(frozen=True)
class Change:
    """Do `what` to samples start .. stop - 1 of every channel; `other` is the series that a swap takes from."""

    what: str
    start: int
    stop: int
    other: int | None = None


def _muted(series: Series, part: slice, other: Series) -> Series:
    """A straight line between the samples around the stretch."""
    return _filled(series, part, "linear")


def _levelled(series: Series, part: slice, other: Series) -> Series:
    """Each channel's own mean."""
    return _filled(series, part, "mean")


def _filled(series: Series, part: slice, how: str) -> Series:
    gone = np.zeros(series.shape[1], np.bool_)
    gone[part] = True
    return np.asarray(replaced(series[None], gone[None], how)[0][:, part])


def _flipped(series: Series, part: slice, other: Series) -> Series:
    """Upside down about the line between the stretch's ends, so that no step appears."""
    stretch = series[:, part]
    line = np.linspace(stretch[:, 0], stretch[:, -1], stretch.shape[1], axis=1)
    return np.asarray(2 * line - stretch, np.float32)


def _reversed(series: Series, part: slice, other: Series) -> Series:
    """Backwards in time."""
    return np.asarray(series[:, part][:, ::-1])


def _swapped(series: Series, part: slice, other: Series) -> Series:
    """The same samples of another series."""
    return other[:, part]


WAYS: dict[str, Callable[[Series, slice, Series], Series]] = {
    "mute": _muted,
    "mean": _levelled,
    "flip": _flipped,
    "reverse": _reversed,
    "swap": _swapped,
}
TITLES = {
    "mute": "Replace with a straight line",
    "mean": "Replace with the mean",
    "flip": "Flip upside down",
    "reverse": "Reverse in time",
    "swap": "Swap with another series",
}


def changed(X: Series, number: int, change: Change) -> Series:
    """Series `number` of X (N, C, T) after the change: (1, C, T), a copy. Raises UserError for what cannot be done."""
    length = X.shape[2]
    if change.what not in WAYS:
        raise UserError(f"There is no change {str(change.what)[:40]!r}. There are: {', '.join(WAYS)}.")
    if not 0 <= change.start < change.stop <= length:
        raise UserError(
            f"The stretch {change.start} to {change.stop} does not lie in the series, which has samples 0 to {length}."
        )
    if change.what == "swap" and (change.other is None or not 0 <= change.other < len(X)):
        raise UserError(f"Choose the series to swap with: 0 to {len(X) - 1}.")
    part, out = slice(change.start, change.stop), X[number : number + 1].copy()
    out[0][:, part] = WAYS[change.what](X[number], part, X[number if change.other is None else change.other])
    return out
