"""Loops that numpy cannot express, compiled by numba at their first call and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

KERNELS: list[Kernel] = []


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
