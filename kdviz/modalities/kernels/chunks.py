"""Work in pieces: what stays in a processor's cache is fast, and memory stays flat however many series there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 18
"""How many numbers of one kind are worked on at a time."""


def chunks(count: int, each: int) -> Iterator[slice]:
    """Slices over `count` series that need `each` numbers apiece, CHUNK numbers at a time."""
    step = max(1, CHUNK // max(each, 1))
    return (slice(first, min(first + step, count)) for first in range(0, count, step))


def moments(series: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Mean and standard deviation of each channel of series (N, C, T): (C, 2); a spread of 0 is given as 1."""
    count, channels, length = series.shape
    size = max(count * length, 1)
    mean = series.sum((0, 2), dtype=np.float64) / size
    square = np.zeros(channels)
    for part in chunks(count, channels * length):
        square += ((series[part] - mean[:, None]) ** 2).sum((0, 2))
    spread = np.sqrt(square / size)
    return np.stack([mean, np.where(spread > 0, spread, 1)], 1)
