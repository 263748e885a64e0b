"""What can be done about series that are not whole: fill what is missing, bring to one length, leave some out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.data import limits
from kdviz.data.cells import Words
from kdviz.data.raw import Cases

Series = NDArray[np.floating]


def kept(cases: Cases, index: NDArray[np.int64]) -> Cases:
    """Only the series `index`, in that order."""

    def some(words: Words | None) -> Words | None:
        return None if words is None else words[index]

    values = [cases.values[i] for i in index]
    return replace(cases, values=values, labels=some(cases.labels), groups=some(cases.groups), parts=some(cases.parts))


def interpolated(series: Series) -> Series:
    """Missing values on the line between their neighbours, the nearest at the ends; a channel without any is 0."""
    with np.errstate(invalid="ignore"):
        out = np.array(series, np.float64)
    at = np.arange(out.shape[1])
    for channel in out:
        there = np.isfinite(channel)
        if not there.all():
            channel[~there] = np.interp(at[~there], at[there], channel[there]) if there.any() else 0.0
    return out


def interpolate_rows(values: NDArray[np.float32]) -> int:
    """Fill what is missing in the channels of a long recording (C, T), in place; how many values that were."""
    gone = 0
    for channel in values:
        there = np.isfinite(channel)
        if there.all():
            continue
        gone += int(there.size - np.count_nonzero(there))
        at, known = np.flatnonzero(~there), np.flatnonzero(there)
        channel[at] = np.interp(at, known, channel[known]) if known.size else 0.0
    return gone


def zeroed(series: Series) -> Series:
    """Missing values as 0."""
    return np.where(np.isfinite(series), series, 0.0)


def of_one_length(values: Sequence[Series], how: str) -> list[Series]:
    """Series brought to one length: padded with their last value to the longest, cut to the shortest, or resampled."""
    lengths = [v.shape[1] for v in values]
    size = {"pad": max(lengths), "truncate": min(lengths)}.get(how, int(np.median(lengths)))
    size = max(size, 1)
    limits.check_values(size * sum(v.shape[0] for v in values), "Brought to one length, the data")
    return [_to(v, size, how) for v in values]


def _to(series: Series, size: int, how: str) -> Series:
    length = series.shape[1]
    if length == size:
        return series
    if how == "resample":
        return resampled(series, size)
    if length > size:
        return series[:, :size]
    return np.concatenate([series, np.repeat(series[:, -1:], size - length, axis=1)], axis=1)


def resampled(series: Series, size: int) -> Series:
    """A series drawn out or pressed together to `size` samples, on straight lines between them."""
    at = np.linspace(0, series.shape[1] - 1, size)
    return np.stack([np.interp(at, np.arange(series.shape[1]), channel) for channel in series])
