"""The neighbour in the teacher's space: how far a window's vector is from the nearest one of the normal part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 2_048
Vectors = NDArray[np.floating[Any]]


def nearest(vectors: Vectors, normal: Vectors) -> NDArray[np.float64]:
    """Euclidean distance of each of vectors (N, K) to the nearest of normal (M, K): (N,)."""
    known = np.asarray(normal, np.float64)
    squares, out = (known**2).sum(1), np.empty(len(vectors))
    for first in range(0, len(vectors), CHUNK):
        part = np.asarray(vectors[first : first + CHUNK], np.float64)
        apart = (part**2).sum(1)[:, None] + squares[None] - 2 * part @ known.T
        out[first : first + CHUNK] = np.sqrt(np.maximum(apart.min(1), 0))
    return out


def by_chance(length: int, seed: int) -> NDArray[np.float64]:
    """A score (T,) that knows nothing."""
    return np.random.default_rng(seed).random(length)
