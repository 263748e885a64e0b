"""What a coarse map says at a point of the image it explains."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


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
