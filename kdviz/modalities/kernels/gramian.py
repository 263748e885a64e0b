"""Gramian angular fields (Wang & Oates 2015): c = cos(phi) is the scaled series, s = sin(phi) >= 0.

Each field is one matrix product of rank two, so no cosine is ever taken: cos(a + b) = c c' - s s'.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def scaled(rows: Floats, low: Floats, high: Floats) -> Floats:
    """Rows (..., S) with [low, high] mapped to [-1, 1] and clipped; low and high broadcast against rows."""
    span = np.where(high > low, high - low, 1)
    return np.clip((rows - low) / span * 2 - 1, -1, 1)


def sines(cosines: Floats) -> Floats:
    """s of c (..., S)."""
    return np.asarray(np.sqrt(np.clip(1 - cosines**2, 0, 1)))


def gasf(c: Floats, s: Floats, c2: Floats, s2: Floats, out: Floats) -> None:
    """Write cos(phi_i + phi'_j) into out (..., S, S)."""
    np.matmul(np.stack([c, s], -1), np.stack([c2, -s2], -2), out=out)


def gadf(c: Floats, s: Floats, c2: Floats, s2: Floats, out: Floats) -> None:
    """Write sin(phi_i - phi'_j) into out (..., S, S)."""
    np.matmul(np.stack([s, c], -1), np.stack([c2, -s2], -2), out=out)


def series_of(field: Floats) -> Floats:
    """The scaled series (..., S) that a GASF (..., S, S) was made of, up to one sign: GASF(x) = GASF(-x).

    The diagonal is 2 c^2 - 1 and gives |c|; the row of the largest |c| gives every other sample's sign against it.
    """
    size = np.sqrt(np.clip((np.diagonal(field, axis1=-2, axis2=-1) + 1) / 2, 0, 1))
    pivot = size.argmax(-1)[..., None]
    row = np.take_along_axis(field, pivot[..., None], -2)[..., 0, :]
    sine = sines(size)
    cosine = row + np.take_along_axis(sine, pivot, -1) * sine
    return np.where(cosine < 0, -size, size)
