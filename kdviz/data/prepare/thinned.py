"""Fewer samples of everything: the mean of so many neighbours each, whatever the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.data.raw import Cases, Recording

Series = NDArray[np.floating]


def averaged(series: Series, every: int) -> Series:
    """The means (C, ceil(T / every)) of neighbours, without those that are missing; the last may be of fewer."""
    if every <= 1:
        return series
    padded = np.pad(series, ((0, 0), (0, -series.shape[1] % every)), constant_values=np.nan)
    cut = padded.reshape(len(series), -1, every)
    there = np.isfinite(cut)
    count = there.sum(2)
    total = np.where(there, cut, 0.0).sum(2)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0))


def thinned(content: Cases | Recording, every: int) -> Cases | Recording:
    """Series or a recording with the mean of every so many samples; no mean crosses from one subject to the next."""
    if every <= 1:
        return content
    rate = content.rate / every if content.rate else None
    if isinstance(content, Cases):
        return replace(content, values=[averaged(np.asarray(v, np.float64), every) for v in content.values], rate=rate)
    edges = list(pairwise(content.borders.tolist()))
    values = np.concatenate([averaged(content.values[:, a:b], every) for a, b in edges], axis=1)
    first = _firsts(edges, every)
    times, labels, subjects, parts = (
        None if of is None else of[first] for of in (content.times, content.labels, content.subjects, content.parts)
    )
    return Recording(values, content.channels, times, labels, subjects, rate, parts)  # type: ignore[arg-type]


def _firsts(edges: Sequence[tuple[int, int]], every: int) -> NDArray[np.int64]:
    return np.concatenate([np.arange(a, b, every) for a, b in edges]).astype(np.int64)
