"""Piecewise aggregate approximation (Keogh et al. 2001) and the way back from pixels to samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
SHORT = 4


def edges(length: int, count: int) -> NDArray[np.int64]:
    """The `count` + 1 sample indices between which segments lie; sizes differ by at most one (as in pyts)."""
    return np.linspace(0, length, count + 1).astype(np.int64)


def spans(length: int, count: int, reach: int = 1) -> NDArray[np.int64]:
    """First and last sample (count - reach + 1, 2) of every run of `reach` segments."""
    bounds = edges(length, count)
    return np.stack([bounds[: count - reach + 1], bounds[reach:] - 1], 1)


def means(rows: Floats, count: int) -> NDArray[np.float64]:
    """The mean of each of `count` segments of rows (..., T): (..., count); `count` is at most T."""
    length = rows.shape[-1]
    if count == length:
        return rows.astype(np.float64)
    bounds = edges(length, count)
    first, size = bounds[:-1], np.diff(bounds)
    if length > SHORT * count:
        return np.asarray(np.add.reduceat(rows, first, axis=-1, dtype=np.float64) / size)
    # Short segments: one sample of each at a time is twice as fast as one segment at a time.
    sums = rows[..., first].astype(np.float64)
    for lag in range(1, int(size.min())):
        sums += rows[..., first + lag]
    longer = np.flatnonzero(size > size.min())
    sums[..., longer] += rows[..., bounds[1:][longer] - 1]
    return np.asarray(sums / size)


def widen(values: Floats, length: int) -> Floats:
    """Give every sample its segment's value: (..., count) to (..., length)."""
    return np.repeat(values, np.diff(edges(length, values.shape[-1])), axis=-1)


def stretch(values: Floats, length: int) -> Floats:
    """Linear interpolation of (..., w) to (..., length); the outer edges of both grids are aligned."""
    width = values.shape[-1]
    if width == length:
        return values
    place = np.clip((np.arange(length) + 0.5) * width / length - 0.5, 0, width - 1)
    left = np.minimum(place.astype(np.int64), max(width - 2, 0))
    right = np.minimum(left + 1, width - 1)
    share = (place - left).astype(values.dtype)
    return np.asarray(values[..., left] * (1 - share) + values[..., right] * share)


def marginal(maps: Floats, length: int) -> Floats:
    """What square maps (N, h, w) say of each of `length` pixels: half its row's mean, half its column's."""
    return (stretch(maps.mean(2), length) + stretch(maps.mean(1), length)) / 2


def crossed(maps: Floats) -> tuple[Floats, Floats]:
    """Of square maps (N, S, S): the diagonal, and the mean of each pixel's row and column; (N, S) each."""
    side, diagonal = maps.shape[1], np.diagonal(maps, axis1=1, axis2=2)
    return diagonal, (maps.sum(2) + maps.sum(1) - diagonal) / (2 * side - 1)


def park_jang(maps: Floats) -> Floats:
    """The score whose excess over a threshold is Park & Jang's decision: the smaller of diagonal and cross mean."""
    return np.minimum(*crossed(maps))
