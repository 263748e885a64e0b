"""Gramian angular fields (Wang & Oates 2015): c = cos(phi) is the scaled series, s = sin(phi) >= 0.

cos(a + b) = c c' - s s' and sin(a - b) = s c' - c s', so no cosine is ever taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.modalities.kernels.compiled import kernel

Floats = NDArray[np.floating[Any]]


def scaled(rows: Floats, low: Floats, high: Floats) -> Floats:
    """Rows (..., S) with [low, high] mapped to [-1, 1] and clipped; low and high broadcast against rows."""
    c = rows - low
    c /= np.where(high > low, high - low, 1)
    c *= 2
    c -= 1
    return np.clip(c, -1, 1, out=c)


def sines(cosines: Floats) -> Floats:
    """s of c (..., S)."""
    square = 1 - cosines**2
    return np.sqrt(np.clip(square, 0, 1, out=square), out=square)


@kernel("void(f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], i8, f4[:,:,:,::1])")
def _products(a: Any, b: Any, c: Any, s: Any, first: Any, out: Any) -> None:
    for n in range(a.shape[0]):
        for channel in range(a.shape[1]):
            left, right = c[n, channel], s[n, channel]
            for i in range(a.shape[2]):
                line = out[n, first + channel, i]
                x, y = a[n, channel, i], b[n, channel, i]
                for j in range(line.size):
                    line[j] = x * left[j] - y * right[j]


def gasf(c: Floats, s: Floats, c2: Floats, s2: Floats, out: Floats, first: int = 0) -> None:
    """Write cos(phi_i + phi'_j) of float32 (N, C, S) into out (N, first + C ..., S, S)."""
    _products(*map(np.ascontiguousarray, (c, s, c2, s2)), first, out)


def gadf(c: Floats, s: Floats, c2: Floats, s2: Floats, out: Floats, first: int = 0) -> None:
    """Write sin(phi_i - phi'_j) of float32 (N, C, S) into out (N, first + C ..., S, S)."""
    _products(*map(np.ascontiguousarray, (s, c, c2, s2)), first, out)


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
