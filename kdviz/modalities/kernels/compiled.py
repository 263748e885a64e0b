"""Loops that numpy cannot express, compiled by numba at their first call; and work in pieces that fit a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

KERNELS: list[Kernel] = []
CHUNK = 1 << 18
"""How many numbers of one kind are worked on at a time."""


class Kernel:
    """A compiled loop; numba is imported by its first call, never by its import."""

    def __init__(self, signature: str, function: Callable[..., None]) -> None:
        self.signature, self.function = signature, function
        self.__doc__ = function.__doc__
        KERNELS.append(self)

    def __call__(self, *arrays: Any) -> None:
        """Run it; outputs are written into the given arrays. Raises TypeError for another dtype or layout."""
        self.machine(*arrays)

    @cached_property
    def machine(self) -> Callable[..., None]:
        """The compiled function, from the disk where it was compiled before."""
        try:
            return self.compile(cache=True)
        except Exception:
            # A folder that cannot be written or a broken cache must not keep anybody from encoding.
            return self.compile(cache=False)

    def compile(self, cache: bool) -> Callable[..., None]:
        """Compile for the one signature, so that no call can start a second compilation."""
        from numba import njit

        made: Callable[..., None] = njit(self.signature, cache=cache, nogil=True, error_model="numpy")(self.function)
        return made


def kernel(signature: str) -> Callable[[Callable[..., None]], Kernel]:
    """Make a loop over arrays a Kernel of this numba signature."""
    return lambda function: Kernel(signature, function)


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
