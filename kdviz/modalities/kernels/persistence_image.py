"""Persistence images (Adams et al. 2017): every pair is a Gaussian, every pixel its integral over that pixel.

On equal pixels the integrals depend only on where inside its pixel a pair lies, so they are tabulated once and
interpolated by a cubic (error below 1e-8 of the pair's weight).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.modalities.kernels.compiled import kernel
from kdviz.modalities.kernels.sublevel import Diagrams

Table = NDArray[np.float64]
MARGIN = 0.1
"""How far an exact image reaches beyond the training set's pairs, as a share of their range."""

REACH = 6.0
"""Beyond so many standard deviations a Gaussian is zero: what is lost is 1e-9 of it."""
_erfc = np.vectorize(math.erfc, otypes=[np.float64])
Weights = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


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


@kernel("void(f8[::1], f8[::1], f8[::1], i8[::1], f8[:,::1], f8[:,::1], f8[:,:,::1])")
def _paint(across: Any, up: Any, weight: Any, start: Any, across_table: Any, up_table: Any, images: Any) -> None:
    tall, wide = images.shape[1], images.shape[2]
    across_parts, across_reach = across_table.shape[0] - 3, across_table.shape[1] // 2 - 1
    up_parts, up_reach = up_table.shape[0] - 3, up_table.shape[1] // 2 - 1
    line = np.empty(across_table.shape[1])
    for r in range(images.shape[0]):
        image = images[r]
        image[:] = 0
        for k in range(start[r], start[r + 1]):
            # Also false for what is not a number; and what lies further out must not overflow an integer.
            if not (
                -up_reach - 2 < up[k] < tall + up_reach + 2 and -across_reach - 2 < across[k] < wide + across_reach + 2
            ):
                continue
            column, row = int(np.floor(across[k])), int(np.floor(up[k]))
            left, right = max(0, column - across_reach), min(wide, column + across_reach + 2)
            low, high = max(0, row - up_reach), min(tall, row + up_reach + 2)
            if left >= right or low >= high:
                continue

            f = (across[k] - column) * across_parts
            part, first = min(int(f), across_parts - 1), left - column + across_reach
            f -= part
            w = weight[k]
            w0, w1 = -w * f * (f - 1) * (f - 2) / 6, w * (f + 1) * (f - 1) * (f - 2) / 2
            w2, w3 = -w * (f + 1) * f * (f - 2) / 2, w * (f + 1) * f * (f - 1) / 6
            t0, t1 = across_table[part, first:], across_table[part + 1, first:]
            t2, t3 = across_table[part + 2, first:], across_table[part + 3, first:]
            for j in range(right - left):
                line[j] = w0 * t0[j] + w1 * t1[j] + w2 * t2[j] + w3 * t3[j]

            f = (up[k] - row) * up_parts
            part, first = min(int(f), up_parts - 1), low - row + up_reach
            f -= part
            w0, w1 = -f * (f - 1) * (f - 2) / 6, (f + 1) * (f - 1) * (f - 2) / 2
            w2, w3 = -(f + 1) * f * (f - 2) / 2, (f + 1) * f * (f - 1) / 6
            t0, t1 = up_table[part, first:], up_table[part + 1, first:]
            t2, t3 = up_table[part + 2, first:], up_table[part + 3, first:]
            for i in range(high - low):
                h = w0 * t0[i] + w1 * t1[i] + w2 * t2[i] + w3 * t3[i]
                # A slice, so that the inner loop counts from zero and is vectorised.
                pixels = image[low + i, left:right]
                for j in range(pixels.size):
                    pixels[j] += h * line[j]


def paint(
    birth: NDArray[np.floating[Any]],
    persistence: NDArray[np.floating[Any]],
    weight: Weights,
    start: NDArray[np.int64],
    axes: tuple[Axis, Axis],
) -> NDArray[np.float64]:
    """Images (R, persistence, birth), both ascending, of the pairs of R rows (`start` as in Diagrams).

    axes   the birth axis and the persistence axis
    """
    across, up = axes
    images = np.empty((start.size - 1, up.count, across.count))
    _paint(across.position(birth), up.position(persistence), weight, start, across.table(), up.table(), images)
    return images


def weights(found: Diagrams, how: str) -> Weights:
    """How much each pair (K,) counts: `linear` its persistence, `constant` 1, `legacy` a share of its row's longest."""
    if how == "constant":
        return np.ones(found.birth.size)
    if how == "linear":
        return found.persistence
    longest = np.zeros(found.start.size - 1)
    np.maximum.at(longest, found.row, found.persistence)
    return np.asarray(found.persistence / longest[found.row])


def looked_up(maps: Floats, which: NDArray[np.int64], up: Floats, across: Floats) -> Floats:
    """Bilinear values (K,) of maps[which] (N, h, w) at heights `up` and widths `across`, shares of the side 0..1 (K,).

    Pixel centres lie at (i + 0.5) / h; a point outside the image reads 0: nothing of it was seen.
    """
    inside = (up >= 0) & (up <= 1) & (across >= 0) & (across <= 1)
    row, below, high = _between(up, maps.shape[1])
    column, right, far = _between(across, maps.shape[2])
    near = maps[which, row, column] * (1 - far) + maps[which, row, right] * far
    next_ = maps[which, below, column] * (1 - far) + maps[which, below, right] * far
    return np.asarray(np.where(inside, near * (1 - high) + next_ * high, 0))


def _between(share: Floats, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    place = np.clip(share * count - 0.5, 0, count - 1)
    first = np.minimum(place.astype(np.int64), max(count - 2, 0))
    return first, np.minimum(first + 1, count - 1), place - first
