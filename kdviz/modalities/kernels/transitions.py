"""Markov transition fields (Wang & Oates 2015), averaged over PAA blocks without ever making the full field."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.modalities.kernels.paa import edges

Floats = NDArray[np.floating[Any]]
ALIKE = 1e-8
"""Quantiles closer than this are one, as in pyts."""


def cuts(rows: Floats, bins: int, strategy: str) -> NDArray[np.float64]:
    """The values (R, bins - 1) between the bins of each row (R, T); NaN where two quantiles fall together."""
    share = np.linspace(0, 1, bins + 1)[1:-1]
    if strategy == "uniform":
        low, high = rows.min(1, keepdims=True).astype(np.float64), rows.max(1, keepdims=True)
        return np.asarray(low + share * (high - low))
    made = np.percentile(rows.astype(np.float64), share * 100, axis=1).T
    made[:, :-1][np.diff(made, axis=1) <= ALIKE] = np.nan
    return np.asarray(made)


def binned(rows: Floats, bins: int, strategy: str) -> NDArray[np.int64]:
    """The bin (R, T) of each value: how many cuts lie below it."""
    found = np.zeros(rows.shape, dtype=np.int64)
    for cut in cuts(rows, bins, strategy).T:
        found += rows > cut[:, None]
    return found


def transition_field(rows: Floats, size: int, bins: int, strategy: str) -> NDArray[np.float64]:
    """Images (R, size, size) of rows (R, T): the mean chance of stepping from a bin of block i to one of block j."""
    count, length = rows.shape
    state = binned(rows, bins, strategy)
    row = np.arange(count)[:, None]
    step = np.bincount(((row * bins + state[:, :-1]) * bins + state[:, 1:]).ravel(), minlength=count * bins * bins)
    chance = step.reshape(count, bins, bins).astype(np.float64)
    chance /= np.maximum(chance.sum(2, keepdims=True), 1)
    bounds = edges(length, size)
    block = np.repeat(np.arange(size), np.diff(bounds))
    held = np.bincount(((row * size + block) * bins + state).ravel(), minlength=count * size * bins)
    share = held.reshape(count, size, bins) / np.diff(bounds)[:, None]
    return np.asarray(share @ chance @ share.transpose(0, 2, 1))
