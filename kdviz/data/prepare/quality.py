"""What is wrong with series, in sentences; each finding has remedies, and says which was applied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits
from kdviz.data.mapping import Mapping
from kdviz.data.prepare import repair
from kdviz.data.raw import Cases

LARGEST = float(np.finfo(np.float32).max)
MOST_MISSING = 0.5
FINEST = 1e-3


@dataclass(frozen=True)
class Finding:
    """One thing to know about the data.

    code       short name, the same from version to version
    sentence   for the reader, with what was applied
    count      how often it occurs
    first      the first series (counted from 0) where it does, -1 where that says nothing
    remedies   mapping settings to choose from, as "missing=zero"
    applied    the remedy in use, "" where nothing was changed
    """

    code: str
    sentence: str
    count: int
    first: int = -1
    remedies: tuple[str, ...] = ()
    applied: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


Checked = tuple[Cases, Finding | None]


def check(cases: Cases, mapping: Mapping) -> tuple[Cases, tuple[Finding, ...]]:
    """Series that are whole, finite and of one length, and everything that was found on the way."""
    found: list[Finding] = []
    for one in CHECKS:
        cases, finding = one(cases, mapping)
        found += [finding] if finding else []
    return cases, tuple(found)


def _places(cases: Cases, test: Callable[[NDArray[np.floating]], bool]) -> NDArray[np.int64]:
    return np.array([i for i, v in enumerate(cases.values) if test(v)], np.int64)


def _without(cases: Cases, places: NDArray[np.int64]) -> Cases:
    rest = np.setdiff1d(np.arange(len(cases.values)), places)
    if rest.size:
        return repair.kept(cases, rest)
    raise FileError("Nothing is left once those series are dropped. Choose another remedy.")


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def many(count: int, one: str, several: str) -> str:
    """A number with its word."""
    return f"1 {one}" if count == 1 else f"{count:,} {several}"


def unlabelled(cases: Cases, mapping: Mapping) -> Checked:
    """Series whose label is missing, while others have one."""
    if cases.labels is None:
        return cases, None
    bare = np.flatnonzero(cases.labels == "").astype(np.int64)
    if bare.size == cases.labels.size:
        return replace(cases, labels=None), Finding("no_labels", "The label column is empty.", int(bare.size))
    if not bare.size:
        return cases, None
    none = f"{many(bare.size, 'series has', 'series have')} no label"
    if mapping.bare == "learn":
        said = f"{none}; a student can learn from them what its teachers say of them."
        return cases, Finding("no_label", said, int(bare.size), int(bare[0]), ("bare=drop",), applied="learn")
    if mapping.bare == "auto" and 2 * bare.size > cases.labels.size:
        raise UserError(
            f"{bare.size:,} of {cases.labels.size:,} series have no label. Leave them out: bare=drop. Learn from them "
            "beside the others: bare=learn. Read the file without labels: label=-."
        )
    said = f"{none} and {_was(bare.size)} left out."
    found = Finding("no_label", said, int(bare.size), int(bare[0]), ("bare=learn",))
    return _without(cases, bare), replace(found, applied="drop")


def empty(cases: Cases, mapping: Mapping) -> Checked:
    """Series without a single sample, while others have some."""
    del mapping
    bare = np.flatnonzero(cases.lengths == 0).astype(np.int64)
    if not bare.size:
        return cases, None
    said = f"{many(bare.size, 'series has', 'series have')} no samples and {_was(bare.size)} left out."
    return _without(cases, bare), Finding("empty", said, int(bare.size), int(bare[0]), applied="drop")


def unbounded(cases: Cases, mapping: Mapping) -> Checked:
    """Infinite values, and those that 32-bit numbers cannot hold."""
    del mapping
    with np.errstate(invalid="ignore"):
        hit = _places(cases, lambda v: bool((np.abs(v) > LARGEST).any()))
    if not hit.size:
        return cases, None
    values = list(cases.values)
    count = 0
    for i in hit:
        beyond = np.abs(np.nan_to_num(values[i], nan=0.0, posinf=np.inf, neginf=-np.inf)) > LARGEST
        count += int(beyond.sum())
        values[i] = np.where(beyond, np.nan, values[i])
    sentence = (
        f"{many(count, 'value is', 'values are')} infinite or beyond {LARGEST:.3g}, which 32-bit numbers cannot hold "
        f"(first: series {hit[0] + 1}); treated as missing."
    )
    return replace(cases, values=values), Finding("too_large", sentence, count, int(hit[0]), applied="missing")


def missing(cases: Cases, mapping: Mapping) -> Checked:
    """Values that are not there. Raises FileError where that is half of them or more."""
    hit = _places(cases, lambda v: not np.isfinite(v).all())
    if not hit.size:
        return cases, None
    count = int(sum((~np.isfinite(cases.values[i])).sum() for i in hit))
    total = sum(v.size for v in cases.values)
    if count >= MOST_MISSING * total:
        raise FileError(
            f"{count:,} of {total:,} values are missing ({100 * count / total:.0f} %); fewer than half may be. "
            "Leave out the empty columns or series."
        )
    how = mapping.missing
    done = {"interpolate": "filled on straight lines between neighbours", "zero": "set to 0", "drop": "dropped"}[how]
    what = "those series were" if how == "drop" else "they were"
    where = f"in {many(hit.size, 'series', 'series')} (first: series {hit[0] + 1})"
    sentence = f"{many(count, 'value is', 'values are')} missing {where}; {what} {done}."
    some = ("drop",) if hit.size < len(cases.values) else ()  # what would leave nothing is no advice
    finding = Finding("missing", sentence, count, int(hit[0]), _ways("missing", "interpolate", "zero", *some), how)
    if how == "drop":
        return _without(cases, hit), finding
    bare = np.array([i for i in hit if not np.isfinite(cases.values[i]).any()], np.int64)
    values = list(cases.values)
    for i in hit:
        values[i] = repair.interpolated(values[i]) if how == "interpolate" else repair.zeroed(values[i])
    mended = replace(cases, values=values)
    return (_without(mended, bare) if bare.size and bare.size < len(values) else mended), finding


def _ways(name: str, *values: str) -> tuple[str, ...]:
    return tuple(f"{name}={v}" for v in values)


def unequal(cases: Cases, mapping: Mapping) -> Checked:
    """Series of different length."""
    lengths = cases.lengths
    if (lengths == lengths[0]).all():
        return cases, None
    how = mapping.unequal
    values = repair.of_one_length(cases.values, how)
    words = ("the short ones were padded with their last value", "the long ones were cut", "all were resampled")
    done = dict(zip(("pad", "truncate", "resample"), words, strict=True))[how]
    sentence = f"Lengths differ, from {lengths.min():,} to {lengths.max():,}; {done} (to {values[0].shape[1]:,})."
    odd = int((lengths != lengths.max()).sum())
    first = int(np.flatnonzero(lengths != lengths[0])[0])
    ways = _ways("unequal", "pad", "truncate", "resample")
    return replace(cases, values=values), Finding("unequal", sentence, odd, first, ways, how)


def constant(cases: Cases, mapping: Mapping) -> Checked:
    """Series that never change in any channel: an image of them needs a range."""
    hit = _places(cases, lambda v: bool((v == v[:, :1]).all()))
    if not hit.size:
        return cases, None
    ways = _ways("constant", "keep", *(("drop",) if hit.size < len(cases.values) else ()))
    numbers = _which(hit)
    if mapping.constant == "drop":
        sentence = f"{numbers} never {_change(hit.size)} and {_was(hit.size)} dropped."
        return _without(cases, hit), Finding("constant", sentence, int(hit.size), int(hit[0]), ways, "drop")
    sentence = f"{numbers} never {_change(hit.size)}: a GAF needs a range, so it is drawn at 0."
    return cases, Finding("constant", sentence, int(hit.size), int(hit[0]), ways)


def _change(count: int) -> str:
    return "changes" if count == 1 else "change"


def _which(hit: NDArray[np.int64]) -> str:
    return f"Series {hit[0] + 1}" if hit.size == 1 else f"{hit.size:,} series (first: {hit[0] + 1})"


def duplicates(cases: Cases, mapping: Mapping) -> Checked:
    """Series that occur twice: in training and test they leak."""
    seen: dict[bytes, int] = {}
    again = []
    for i, v in enumerate(cases.values):
        key = hashlib.blake2b(np.ascontiguousarray(v).tobytes(), digest_size=16).digest()
        if seen.setdefault(key, i) != i:
            again.append(i)
    hit = np.array(again, np.int64)
    if not hit.size:
        return cases, None
    ways = _ways("duplicates", "keep", "drop")
    sentence = f"{many(hit.size, 'series equals', 'series equal')} an earlier one (first: {hit[0] + 1})"
    if mapping.duplicates == "drop":
        return _without(cases, hit), Finding(
            "duplicates", f"{sentence}; {_was(hit.size)} dropped.", int(hit.size), int(hit[0]), ways, "drop"
        )
    sentence += "; where one is in the training and one in the test set, accuracy is flattered."
    return cases, Finding("duplicates", sentence, int(hit.size), int(hit[0]), ways)


def toomany(cases: Cases, mapping: Mapping) -> Checked:
    """More series than are taken: a seeded sample of them, the same share of each class."""
    count = len(cases.values)
    if count <= limits.SERIES:
        return cases, None
    index = np.sort(np.random.default_rng(mapping.seed).permutation(count)[: limits.SERIES]).astype(np.int64)
    sentence = f"There are {count:,} series; {limits.SERIES:,} of them were drawn at random (seed {mapping.seed})."
    return repair.kept(cases, index), Finding("toomany", sentence, count - limits.SERIES, applied="sample")


def far(cases: Cases, mapping: Mapping) -> Checked:
    """Channels so far from 0 that 32-bit numbers would lose how they change: an offset of each is taken away."""
    del mapping
    values = [np.asarray(v) for v in cases.values]
    if not values or any(v.dtype != np.float64 for v in values):
        return cases, None
    offset = offsets_of(values)
    lost = offset != 0
    if not lost.any():
        return cases, None
    names = cases.channels if len(cases.channels) == lost.size else [f"channel {i + 1}" for i in range(lost.size)]
    said = ", ".join(f"{n[:30]} - {o:.10g}" for n, o, hit in zip(names, offset, lost, strict=True) if hit)
    sentence = f"32-bit numbers would lose digits so far from 0, so an offset was taken away: {said}."
    moved = replace(cases, values=[v - offset[:, None] for v in values])
    return moved, Finding("offset", sentence, int(lost.sum()), applied="offset")


def offsets_of(values: Sequence[NDArray[np.floating]]) -> NDArray[np.float64]:
    """(C,) what must be taken from each channel of series (C, T) so that 32-bit numbers hold how it changes; or 0."""
    spread = np.median(np.stack([np.std(v, axis=1) for v in values]), axis=0)
    middle = np.mean(np.stack([np.mean(v, axis=1) for v in values]), axis=0)
    lost = (spread > 0) & (np.abs(middle) * float(np.finfo(np.float32).eps) > FINEST * spread)
    return np.where(lost, np.round(middle, 3), 0.0)


CHECKS = (unlabelled, empty, unbounded, missing, unequal, constant, duplicates, toomany, far)
