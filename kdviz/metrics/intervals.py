"""A number with the range it could as well have had: over series, or over subjects where they are known.

Each end is the wider of two: a t interval, which holds for few subjects that are alike, and a bootstrap-t interval,
which holds where their values are skewed. A few subjects show less skewness than there is, and their resamplings less
still, so the bootstrap's longer side is drawn out by `LONGER` / subjects of itself. Both ask a jackknife how far the
number moves when one subject leaves, and count subjects by their share of the series: ten, of which one has most
series, are hardly more than two.
`python -m benchmarks.coverage` prints how often such intervals hold the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEAST = 6
"""Subjects (or series) below which no interval is given: none would be true and of any use."""
MANY = 1000
"""Units above which t alone is used: skewness no longer matters, and resampling would cost seconds."""
LONGER = 2.0
"""Of 1, 1.5, 2 and 3 the value whose coverage is nearest to 95 % from both sides, over all worlds of that table."""
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """`value` with its 95 % interval.

    series     how many series had a value; `undefined` had none and were left out
    units      how many subjects (or series) it is about; below `LEAST` there is no interval (NaN)
    """

    value: float
    low: float
    high: float
    series: int
    undefined: int
    units: int

    def known(self) -> Estimate:
        """The same with None for what is unknown."""
        value, low, high = (finite_or_none(v) for v in (self.value, self.low, self.high))
        return Estimate(value, low, high, self.series, self.undefined, self.units)


@dataclass(frozen=True)
class Estimate:
    """An interval as it is told: None, which JSON can say, where a number is unknown. See Interval."""

    value: float | None
    low: float | None
    high: float | None
    series: int
    undefined: int
    units: int


def finite_or_none(value: float) -> float | None:
    """The number, or None where it is NaN or infinite, which JSON cannot say."""
    return float(value) if np.isfinite(value) else None


def interval(
    values: Values,
    groups: NDArray[np.str_] | None = None,
    room: Values | None = None,
    draws: int = 599,
    seed: int = 0,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:
    """The mean of values (N,), or sum(values) / sum(room), with a seeded interval that keeps within `bounds`.

    NaN values are left out and counted. Whole groups are the units where `groups` (N,) is given, because windows of
    one subject are not independent. Ratios are taken of sums: a mean of ratios would be ruled by the smallest room.
    """
    room = np.ones_like(values) if room is None else room
    known = np.isfinite(values) & np.isfinite(room)
    unit = np.arange(values.size) if groups is None else np.unique(groups, return_inverse=True)[1]
    place = np.unique(unit[known], return_inverse=True)[1]
    top, bottom = (np.bincount(place, each[known]).astype(np.float64) for each in (values, room))
    value = float(_ratio(top.sum(keepdims=True), bottom.sum(keepdims=True))[0])
    low, high = np.clip(_ends(top, bottom, draws, seed), *bounds)
    return Interval(value, float(low), float(high), int(known.sum()), int((~known).sum()), int(top.size))


def too_few(units: int, what: str = "subjects") -> str:
    """Why there is no interval, as a sentence; empty where there are enough."""
    if units >= LEAST:
        return ""
    return f"There is no interval: it takes at least {LEAST} {what}, and there are {units}."


def _ends(top: Values, bottom: Values, draws: int, seed: int) -> tuple[float, float]:
    """The interval of sum(top) / sum(bottom) over units; NaN where there are too few, or no ratio."""
    units = top.size
    value = _ratio(top.sum(keepdims=True), bottom.sum(keepdims=True))[0]
    without = _ratio(top.sum() - top, bottom.sum() - bottom) if units >= LEAST else np.full(1, np.nan)
    if not (np.isfinite(value) and np.isfinite(without).all()):
        return float("nan"), float("nan")
    error = float(np.sqrt((units - 1) / units * ((without - value) ** 2).sum()))
    share = bottom / bottom.sum()
    even, uneven = _t(units - 1), _t(1 / float((share**2).sum()) - 1)
    low, high = _turned(top, bottom, float(value), draws, seed)
    least, most = min(-uneven, low * uneven / even), max(uneven, high * uneven / even)
    return float(value + least * error), float(value + most * error)


def _t(degrees: float) -> float:
    """The 97.5 % point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(max(degrees, 1.0), 0.975))


def _turned(top: Values, bottom: Values, value: float, draws: int, seed: int) -> tuple[float, float]:
    """Where t itself lies in 95 % of resamplings, turned round, in standard errors; zeros where no unit differs."""
    if top.size > MANY:
        return 0.0, 0.0
    t = _t_of(_times(top.size, draws, seed), top, bottom, value)
    if not np.isfinite(t).any():
        return 0.0, 0.0
    low, high = (-float(each) for each in np.nanquantile(t, [0.975, 0.025]))
    stretch = 1 + LONGER / top.size
    return (low * stretch, high) if -low > high else (low, high * stretch)


@lru_cache(maxsize=4)
def _times(units: int, draws: int, seed: int) -> Values:
    """How often each unit is drawn (draws, units)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(units, np.full(units, 1 / units), draws).astype(np.float64)


def _t_of(times: Values, top: Values, bottom: Values, value: float) -> Values:
    """t (draws,) of resamplings; NaN where only units that are alike were drawn."""
    units, whole = top.size, times @ bottom
    moved, squares = _ratio(times @ top, whole), times @ top**2
    spread = squares - 2 * moved * (times @ (top * bottom)) + moved**2 * (times @ bottom**2)
    error = np.sqrt(np.maximum(spread, 0) * units / (units - 1))
    alike = spread <= 1e-12 * squares
    return np.where(alike, np.nan, (moved - value) * _ratio(np.abs(whole), np.where(alike, 0, error)))


def _ratio(top: Values, bottom: Values) -> Values:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.abs(bottom) > 1e-12))
