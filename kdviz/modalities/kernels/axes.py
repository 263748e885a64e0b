"""The axes of a persistence image, and the integrals of a Gaussian over their pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
MARGIN = 0.1
"""How far an exact image reaches beyond the training set's pairs, as a share of their range."""

REACH = 6.0
"""Beyond so many standard deviations a Gaussian is zero: what is lost is 1e-9 of it."""


@dataclass(frozen=True)
class Axis:
    """One axis of an image: `count` pixels; pixel i covers low + step * [i, i + width]; width 1 leaves no gap.

    spread   the Gaussian's standard deviation, in steps
    """

    low: float
    step: float
    count: int
    spread: float
    width: float = 1.0

    def position(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Where values lie, in steps from the first pixel's lower edge."""
        return np.asarray((values.astype(np.float64) - self.low) / self.step)

    def share(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Where values lie, as a share of the side: pixel i is centred at (i + 0.5) / count."""
        return np.asarray((self.position(values) - self.width / 2 + 0.5) / self.count)

    def lower(self) -> NDArray[np.float64]:
        """The lower edge of each pixel (count,), in the series' own units."""
        return np.asarray(self.low + self.step * np.arange(self.count), dtype=np.float64)

    def integrals(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The integral over each pixel (K, count) of unit Gaussians at values (K,), computed directly."""
        edge = np.arange(self.count) - self.position(values)[:, None]
        return _normal((edge + self.width) / self.spread) - _normal(edge / self.spread)

    def table(self) -> Table:
        """What `paint` looks up for this axis."""
        return _table(self.spread, self.width)


_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _normal(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_erfc(z * -math.sqrt(0.5)) / 2)


@lru_cache(maxsize=64)
def _table(spread: float, width: float) -> Table:
    """Integrals for pairs at -1/M, 0, ... 1 + 1/M of a pixel, over the pixels within reach: (M + 3, 2 L + 2)."""
    parts = math.ceil(200 / spread)
    reach = math.ceil(REACH * spread + width)
    edge = np.arange(-reach, reach + 2) - (np.arange(-1, parts + 2) / parts)[:, None]
    return np.ascontiguousarray(_normal((edge + width) / spread) - _normal(edge / spread))


def exact_axes(births: tuple[float, float], longest: float, count: int, sigma: float) -> tuple[Axis, Axis]:
    """Birth and persistence axes of touching pixels around a training set's ranges; sigma is a share of each side."""
    low, high = births if births[1] > births[0] else (births[0] - 0.5, births[0] + 0.5)
    margin = MARGIN * (high - low)
    across = Axis(low - margin, (high - low + 2 * margin) / count, count, sigma * count)
    return across, Axis(0.0, (longest or 1.0) * (1 + MARGIN) / count, count, sigma * count)


def legacy_axes(low: float, high: float, count: int, std: float) -> tuple[Axis, Axis]:
    """The axes of persim's old PersImage: on both, pixels are high / count wide but lie further apart."""
    low = min(low, 0.0)
    apart, up, pixel = (high - low) / (count - 1), high / (count - 1), high / count
    return Axis(low, apart, count, std / apart, pixel / apart), Axis(0.0, up, count, std / up, pixel / up)
