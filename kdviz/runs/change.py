"""What if a stretch of the series were other than it is? NumPy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError
from kdviz.faithfulness import replaced

Series = NDArray[np.float32]


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
    "mute": "Mute (a line)",
    "mean": "Mute (the mean)",
    "flip": "Flip upside down",
    "reverse": "Turn round in time",
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
