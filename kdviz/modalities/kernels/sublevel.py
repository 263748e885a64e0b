"""Sublevel-set persistence of series (dimension 0): which valley is born where, and at which wall it merges.

A sweep of the series as it is forgets time; swept along tilted directions too, its diagrams together determine it: the
persistent homology transform (Turner, Mukherjee & Boyer 2014, arXiv 1310.1030).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kdviz.modalities.kernels.compiled import kernel

Samples = NDArray[np.int32]
Values = NDArray[np.float32]
SIGNS = {"sublevel": (1,), "superlevel": (-1,), "both": (1, -1)}
WORDS = {1: "valleys", -1: "peaks"}


@dataclass(frozen=True)
class Diagrams:
    """The persistence pairs of R rows, one row after the other; the last pair of a row is its global minimum.

    start         (R + 1,) int64: row r owns the pairs start[r] : start[r + 1]
    birth, death  (K,) float32 values; the global minimum, which never merges, dies at the global maximum
    birth_sample, death_sample   (K,) int32: the valley and the wall over which it joins a deeper one
    """

    start: NDArray[np.int64]
    birth: Values
    death: Values
    birth_sample: Samples
    death_sample: Samples

    @property
    def persistence(self) -> NDArray[np.float64]:
        """How long each pair lives (K,)."""
        return self.death.astype(np.float64) - self.birth

    @property
    def essential(self) -> NDArray[np.bool_]:
        """Which pairs are a row's global minimum (K,)."""
        last = np.zeros(self.birth.size, dtype=bool)
        last[self.start[1:] - 1] = True
        return last

    @property
    def row(self) -> NDArray[np.int64]:
        """The row that each pair belongs to (K,)."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))

    def keep(self, which: NDArray[np.bool_]) -> Diagrams:
        """Only some of the pairs."""
        kept = np.concatenate([[0], np.cumsum(which)])[self.start]
        samples = self.birth_sample[which], self.death_sample[which]
        return Diagrams(kept.astype(np.int64), self.birth[which], self.death[which], *samples)


@kernel("void(f4[:,::1], i4[::1], i4[::1], i8[::1])")
def _sweep(rows: Any, birth: Any, death: Any, start: Any) -> None:
    """One pass with a stack of valleys whose walls fall: a higher wall at the right closes all lower ones.

    Equal values are ordered by time, as if later samples lay higher by a hair.
    """
    length = rows.shape[1]
    valley = np.empty(length // 2 + 1, np.int32)
    wall = np.empty(length // 2 + 1, np.int32)
    n = 0
    for r in range(rows.shape[0]):
        x = rows[r]
        depth = low = top = 0
        rising = False
        for t in range(1, length + 1):
            last = t == length
            if not last and x[t] >= x[t - 1]:
                if not rising:
                    low = t - 1
                    rising = True
                if x[t] > x[top]:
                    top = t
                continue
            if not rising:
                if not last:
                    continue
                low = length - 1
            rising = False
            while depth > 0 and (last or x[wall[depth - 1]] <= x[t - 1]):
                depth -= 1
                other, between = valley[depth], wall[depth]
                dying = other
                if x[other] <= x[low]:
                    dying = low
                    low = other
                if x[between] > x[dying]:
                    birth[n], death[n] = dying, between
                    n += 1
            valley[depth], wall[depth] = low, t - 1
            depth += 1
        birth[n], death[n] = low, top
        n += 1
        start[r + 1] = n


def diagrams(rows: Values) -> Diagrams:
    """The sublevel diagrams of rows (R, T), in one pass a row; of -rows, the superlevel diagrams (negated values)."""
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    count, length = rows.shape
    birth = np.empty(count * ((length + 1) // 2), np.int32)
    death = np.empty_like(birth)
    start = np.zeros(count + 1, np.int64)
    _sweep(rows, birth, death, start)
    birth, death = birth[: start[-1]].copy(), death[: start[-1]].copy()
    offset = np.repeat(np.arange(count) * length, np.diff(start))
    flat = rows.ravel()
    return Diagrams(start, flat[offset + birth], flat[offset + death], birth, death)


class Look(NamedTuple):
    """One way up: `sign` -1 turns the channel upside down; `tilt` is the rise from middle to end, in spreads."""

    channel: int
    sign: int
    tilt: float

    def rows(self, series: NDArray[np.float32], spread: NDArray[np.float64]) -> NDArray[np.float32]:
        """The channel of series (N, C, T) this way up (N, T); spread (C,) is each channel's."""
        rows = series[:, self.channel]
        if self.tilt:
            slope = self.tilt * spread[self.channel] * np.linspace(-1, 1, series.shape[2])
            rows = (rows + slope).astype(np.float32)
        return rows if self.sign > 0 else -rows

    def name(self, channel: str) -> str:
        """What is seen this way up."""
        tilted = {0: "", 1: ", tilted up", -1: ", tilted down"}[int(np.sign(self.tilt))]
        return f"{WORDS[self.sign]} of {channel}{tilted}"


def looks(channels: int, filtration: str, tilt: float) -> list[Look]:
    """Every way up of every channel: the valleys of all channels, then their peaks; then both again for each tilt."""
    tilts = (0.0, tilt, -tilt) if tilt else (0.0,)
    return [Look(channel, sign, t) for t in tilts for sign in SIGNS[filtration] for channel in range(channels)]
