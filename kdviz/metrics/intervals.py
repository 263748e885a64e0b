"""A number with the range it could as well have had: bootstrap over series, or over subjects where they are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """`value` with its 95 % percentile interval.

    series     how many series had a value; `undefined` had none and were left out
    units      how many subjects (or series) were resampled; below two there is no interval (NaN)
    """

    value: float
    low: float
    high: float
    series: int
    undefined: int
    units: int


def interval(
    values: Values, groups: NDArray[np.str_] | None = None, room: Values | None = None, draws: int = 1000, seed: int = 0
) -> Interval:
    """The mean of values (N,), or sum(values) / sum(room), with a seeded bootstrap interval.

    NaN values are left out and counted. Whole groups are resampled where `groups` (N,) is given, because windows of
    one subject are not independent. Ratios are taken of sums: a mean of ratios would be ruled by the smallest room.
    """
    room = np.ones_like(values) if room is None else room
    known = np.isfinite(values) & np.isfinite(room)
    unit = np.arange(values.size) if groups is None else np.unique(groups, return_inverse=True)[1]
    place = np.unique(unit[known], return_inverse=True)[1]
    top, bottom = (np.bincount(place, each[known]).astype(np.float64) for each in (values, room))
    value = float(_ratio(top.sum(keepdims=True), bottom.sum(keepdims=True))[0])
    low, high = _spread(top, bottom, draws, seed)
    return Interval(value, low, high, int(known.sum()), int((~known).sum()), int(top.size))


def _spread(top: Values, bottom: Values, draws: int, seed: int) -> tuple[float, float]:
    units = top.size
    if units < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    found = np.empty(draws)
    step = max(1, 2_000_000 // units)
    for start in range(0, draws, step):
        times = rng.multinomial(units, np.full(units, 1 / units), min(step, draws - start))
        found[start : start + step] = _ratio(times @ top, times @ bottom)
    if not np.isfinite(found).any():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


def _ratio(top: Values, bottom: Values) -> Values:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.abs(bottom) > 1e-12))
