"""What can be done about series that are not whole: fill what is missing, bring to one length, leave some out; -999 is no value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.data import limits
from kdviz.data.cells import Words
from kdviz.data.prepare.quality import Finding, many
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


MARKS = frozenset(map(float, (-99, -200, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999, -32768, 32767, 65535)))


def missing_marks(cases: Cases) -> tuple[Finding, ...]:
    """Numbers that usually stand for no value (-999, -200), at an end of a channel and far from all others."""
    found: dict[float, int] = {}
    for v in cases.values:
        there = np.asarray(v)[np.isfinite(v).any(axis=1)] if v.size else v
        if there.size:
            found |= {float(m): 0 for m in (*np.nanmin(there, axis=1), *np.nanmax(there, axis=1)) if float(m) in MARKS}
    for mark in found:
        found[mark] = _far_away(cases, mark)
    said = {m: n for m, n in found.items() if n}
    if not said:
        return ()
    written = ", ".join(f"{m:g}" if abs(m) < 1e5 else f"{m:.0f}" for m in said)
    count = sum(said.values())
    way = f"missing_words={written.replace(' ', '')}"
    sentence = (
        f"{many(count, 'value is', 'values are')} {written}, far from all others: often the mark of a missing value. "
        f"Kept as measured; {way} reads {'it' if count == 1 else 'them'} as missing."
    )
    first = next(i for i, v in enumerate(cases.values) if np.isin(v, list(said)).any())
    return (Finding("marks", sentence, count, first, (way,)),)


def _far_away(cases: Cases, mark: float) -> int:
    """How often a number occurs in channels where the others lie closer together than it lies to them."""
    count = 0
    for c in range(cases.values[0].shape[0]):
        low, high, hits = np.inf, -np.inf, 0
        for v in cases.values:
            row = v[c][np.isfinite(v[c])]
            rest = row[row != mark]
            hits += row.size - rest.size
            if rest.size:
                low, high = min(low, float(rest.min())), max(high, float(rest.max()))
        away = low - mark if mark < low else mark - high if mark > high else 0.0
        count += hits if hits and away > max(high - low, 1e-12) and low <= high else 0
    return count
