"""The ways up in which a channel is swept for valleys: as it is, upside down, and tilted to either side.

A sweep of the series alone forgets time. Swept again along other directions its diagrams together determine it: the
persistent homology transform (Turner, Mukherjee & Boyer 2014, arXiv 1310.1030).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIGNS = {"sublevel": (1,), "superlevel": (-1,), "both": (1, -1)}
WORDS = {1: "valleys", -1: "peaks"}


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
