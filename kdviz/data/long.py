"""A row is one value: columns say of which series, which channel, which moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, limits, tall, times
from kdviz.data.columns import labels_of, numbers_of, parts_of
from kdviz.data.raw import Cases, Numbers, Recording, Table, Words
from kdviz.data.roles import Roles
from kdviz.data.vocabulary import plain
from kdviz.errors import FileError


def content(table: Table, roles: Roles) -> Cases | Recording:
    """The series of a long table, or one recording where no column tells series apart."""
    if roles.value is None:
        raise FileError("A long table needs a column of values; name it with value=COLUMN.")
    values = numbers_of(table, roles.value)
    names, channel = _channels(roles, values.size)
    seconds, _, _ = tall.clock(roles)
    key = tall.together([c for c in (roles.subject, roles.id) if c is not None])
    if key is None:
        return _recording(roles, values, channel, names, seconds)
    groups = tall.rows_of(key)
    firsts = np.array([g[0] for g in groups], np.int64)
    series = [_one(values[g], channel[g], len(names), None if seconds is None else seconds[g]) for g in groups]
    limits.check_values(sum(s.size for s in series))
    return Cases(
        series,
        labels_of(roles.label)[firsts] if roles.label is not None else None,
        names,
        _rate(roles, seconds, channel, groups[0]),
        labels_of(roles.subject)[firsts] if roles.subject is not None else None,
        parts_of(roles.set)[firsts] if roles.set is not None else None,
    )


def _channels(roles: Roles, rows: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if roles.dim is None:
        return (plain(roles.value.name) if roles.value is not None else "value",), np.zeros(rows, np.int64)
    written = labels_of(roles.dim)
    names = cells.in_order([str(w) for w in written])
    place = {n: i for i, n in enumerate(names)}
    return names, np.array([place[w] for w in written], np.int64)


def _one(values: Numbers, channel: NDArray[np.int64], count: int, seconds: Numbers | None) -> Numbers:
    rows = [np.flatnonzero(channel == c) for c in range(count)]
    if seconds is not None:
        rows = [r[np.argsort(seconds[r], kind="stable")] for r in rows]
    out = np.full((count, max(r.size for r in rows)), np.nan)
    limits.check_values(out.size)
    for c, r in enumerate(rows):
        out[c, : r.size] = values[r]
    return out


def _rate(roles: Roles, seconds: Numbers | None, channel: NDArray[np.int64], group: NDArray[np.int64]) -> float | None:
    _, sure, _ = tall.clock(roles)
    if seconds is None or not sure:
        return None
    return times.rate_of(seconds[group][channel[group] == channel[group[0]]])


def _recording(
    roles: Roles,
    values: Numbers,
    channel: NDArray[np.int64],
    names: tuple[str, ...],
    seconds: Numbers | None,
) -> Recording:
    found = _one(values, channel, len(names), seconds)
    rows = np.flatnonzero(channel == 0)
    at: Numbers | None = None
    label: Words | None = None
    if seconds is not None:
        rows = rows[np.argsort(seconds[rows], kind="stable")]
        at = seconds[rows] if rows.size == found.shape[1] else None
    if roles.label is not None and rows.size == found.shape[1]:
        label = labels_of(roles.label)[rows]
    _, sure, _ = tall.clock(roles)
    return Recording(found, names, at, label, None, times.rate_of(at) if at is not None and sure else None)
