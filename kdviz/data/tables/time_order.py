"""Rows in the order of their times: sessions that begin again, rows from last to first, and when a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.cells import Numbers, words
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Recording
from kdviz.data.tables import clock_numbers

SESSION = 10
FEW = 0.01
"""The share of rows that may be sorted without asking; it is said, and the other reading is offered."""


def in_order(
    found: Recording, sure: bool, mapping: Mapping, name: str, numeric: bool
) -> tuple[Recording, tuple[str, ...]]:
    """The rows in the order of their times, and the rate, where their unit is `sure`; sentences about what was done.

    name      of the column of times
    numeric   whether that holds numbers: where those begin again, a session does
    """
    seconds = found.times
    notes: list[str] = []
    if seconds is not None and not sure and not _counts(seconds):
        notes.append(f"The unit of {name[:40]!r} is not said, so no sampling rate follows: set rate=HZ.")
    if mapping.order != "keep":
        found, sentence = in_sessions(found) if numeric else (found, "")
        found, sorted_ = in_time(found, mapping.order)
        notes += [s for s in (sentence, sorted_) if s]
    if found.times is not None and sure:
        found, sentence = _with_rate(found, found.times if mapping.order != "keep" else np.sort(found.times))
        notes += [sentence] if sentence else []
    return found, tuple(notes)


def _with_rate(found: Recording, seconds: Numbers) -> tuple[Recording, str]:
    """The rate that the file names, else the one that follows from the times; a sentence where that is not plain."""
    rate = clock_numbers.rate_of(seconds)
    if found.rate and rate and abs(found.rate - rate) > 0.02 * found.rate:
        return found, (
            f"The file names {found.rate:g} Hz, its times say {rate:.4g} Hz; the rate that it names was taken. "
            f"Set rate={rate:.6g} for the other."
        )
    if rate and clock_numbers.shared(seconds):
        return replace(found, rate=found.rate or rate), (
            f"Several rows share a time, as packets do; the rate counts the rows ({found.rate or rate:.6g} Hz)."
        )
    return replace(found, rate=rate or found.rate), ""


def _counts(seconds: Numbers) -> bool:
    """Whether a clock only counts the samples."""
    return bool((np.diff(seconds) == 1).all())


def in_sessions(found: Recording) -> tuple[Recording, str]:
    """A clock that begins again is a new session, not disorder; the sentence says how many there are."""
    seconds = found.times
    if seconds is None or found.rows < 2 * SESSION or not np.isfinite(seconds).all():
        return found, ""
    back = np.flatnonzero(np.diff(seconds) < 0) + 1
    edges = np.setdiff1d(back, found.borders)
    low, reach = float(seconds.min()), 0.1 * float(np.ptp(seconds))
    if not edges.size or edges.size > found.rows // SESSION or (seconds[edges] > low + reach).any():
        return found, ""
    number = np.zeros(found.rows, np.int64)
    number[edges] = 1
    names = words([f"session {i + 1}" for i in np.cumsum(number)])
    subjects = names if found.subjects is None else found.subjects + " " + names
    sentence = (
        f"The clock begins again {edges.size:,} times (first: row {edges[0] + 1}); no window crosses those places."
    )
    return replace(found, subjects=subjects), sentence


def in_time(found: Recording, how: str) -> tuple[Recording, str]:
    """A recording in the order of its times within each subject, and a sentence where that changed anything.

    how   "auto": rows from last to first are turned; they are sorted where an even clock without gaps comes of it, or
          where hardly one moves; for any other disorder raises UserError, which asks
    """
    seconds = found.times
    if seconds is None or not np.isfinite(seconds).all():
        return found, ""
    spans = list(pairwise(found.borders))
    if all((np.diff(seconds[a:b]) >= 0).all() for a, b in spans):
        return found, ""
    order = np.concatenate([a + in_order_of(seconds[a:b]) for a, b in spans])
    moved = int((order != np.arange(order.size)).sum())
    if not moved:
        return found, ""
    back = int(np.flatnonzero(np.diff(seconds) < 0)[0]) + 2
    if turned := all((np.diff(seconds[a:b]) <= 0).all() for a, b in spans):
        sentence = "The rows stand from last to first; they were turned round. Keep their order: order=keep."
    else:
        sentence = (
            f"Times were not in order (first: row {back}); rows were sorted by time. Keep their order: order=keep."
        )
    if (
        how == "auto"
        and not turned
        and moved > FEW * found.rows
        and not all(_even(np.sort(seconds[a:b])) for a, b in spans)
    ):
        ask(back, moved, found.rows)
    return taken(found, order), sentence


def in_order_of(seconds: Numbers) -> NDArray[np.int64]:
    """The places of times in their order; times that only go down are turned round."""
    if seconds.size > 1 and (np.diff(seconds) <= 0).all():
        return np.arange(seconds.size - 1, -1, -1) if seconds[0] > seconds[-1] else np.arange(seconds.size)
    return np.argsort(seconds, kind="stable")


def _even(seconds: Numbers) -> bool:
    """Whether times in order are an even clock: no gap, and none twice."""
    steps = np.diff(seconds)
    return bool(steps.size and steps.min() > 0 and steps.max() < 1.5 * steps.min())


def ask(row: int, moved: int, rows: int) -> None:
    """Raises UserError: whether to sort rows is for a person to say."""
    raise UserError(
        f"Times are not in order (first: row {row:,}), and sorting by time would move {moved:,} of {rows:,} rows. "
        "If rows only came late, sort them: order=sort. If the clock was set or begins again, keep them: order=keep."
    )


def taken(found: Recording, order: NDArray[np.int64]) -> Recording:
    """The rows `order` of a recording."""
    return Recording(
        found.values[:, order],
        found.channels,
        None if found.times is None else found.times[order],
        None if found.labels is None else found.labels[order],
        None if found.subjects is None else found.subjects[order],
        found.rate,
        None if found.parts is None else found.parts[order],
    )


def each_in_time(
    groups: Sequence[NDArray[np.int64]], seconds: Numbers, how: str
) -> tuple[list[NDArray[np.int64]], str]:
    """The rows of each series in the order of their times, and a sentence where that moved any; raises UserError."""
    out = [g[in_order_of(seconds[g])] for g in groups]
    odd = [i for i, (g, o) in enumerate(zip(groups, out, strict=True)) if (g != o).any()]
    if not odd:
        return out, ""
    first = groups[odd[0]]
    mixed = [i for i in odd if (np.diff(seconds[groups[i]]) > 0).any()]
    if how == "auto" and not all(_even(np.sort(seconds[groups[i]])) for i in mixed):
        moved = sum(int((groups[i] != out[i]).sum()) for i in odd)
        ask(int(first[np.flatnonzero(np.diff(seconds[first]) < 0)[0] + 1]) + 1, moved, seconds.size)
    return out, f"Within {len(odd):,} series rows were sorted by time. Keep their order: order=keep."
