"""How alike two maps are: each measure prepares maps once and then compares them pair by pair.

Maps are (N, T) on a time axis or (N, H, W); a measure gives (N,) float64. A map that has nothing to compare
(constant, empty, not finite) gives NaN, which the caller counts and says; nothing is replaced by a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError

Maps = NDArray[np.float64]
Prepared = NDArray[Any]


@dataclass(frozen=True)
class SimilarityMeasure:
    """A measure with what a reader must know of it.

    best, worst   the values of identical maps and of the least alike ones (worst is inf where it grows with T)
    meaning       one sentence, with the treatment of signed maps
    dims          1: maps in time, 2: images
    unit          empty where there is none
    """

    id: str
    title: str
    meaning: str
    prepare: Callable[[Maps], Prepared]
    compare: Callable[[Prepared, Prepared], Maps]
    best: float = 1.0
    worst: float = -1.0
    dims: tuple[int, ...] = (1, 2)
    unit: str = ""

    @property
    def higher_is_better(self) -> bool:
        """Whether larger means more alike."""
        return self.best > self.worst

    def __call__(self, one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> Maps:
        """The likeness (N,) of maps pair by pair; raises UserError for shapes that differ or do not suit."""
        return self.compare(self.ready(one), self.ready(other, np.shape(one)))

    def ready(self, maps: NDArray[np.floating[Any]], like: tuple[int, ...] | None = None) -> Prepared:
        """Maps in the form that `compare` takes."""
        shape = np.shape(maps)
        if len(shape) - 1 not in self.dims or (like is not None and shape != like):
            beside = "" if like is None else f" beside {like}"
            raise UserError(f"{self.title} was given maps of the shape {shape}{beside}; they must match and be (N, T).")
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.prepare(np.asarray(maps, np.float64))


def flat(maps: Maps) -> Maps:
    """Maps as (N, places)."""
    return maps.reshape(len(maps), -1)


def varies(maps: Maps) -> NDArray[np.bool_]:
    """(N, 1): whether flat maps span more than rounding noise."""
    span = maps.max(1, keepdims=True) - maps.min(1, keepdims=True)
    return np.asarray(span > 1e-12 * np.abs(maps).max(1, keepdims=True))
