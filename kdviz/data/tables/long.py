"""A row is one value: columns say of which series, which channel, which moment; by their names or by their grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, Words
from kdviz.data.columns import Column, Table
from kdviz.data.raw import Cases, Recording
from kdviz.data.tables import clock_numbers, clocks, tall
from kdviz.data.tables.column_names import LABEL
from kdviz.data.tables.column_roles import Roles

COORDINATES = 3
MOST_COLUMNS = 8
FULL = 0.6


def content(table: Table, roles: Roles) -> Cases | Recording:
    """The series of a long table, or one recording where no column tells series apart."""
    if roles.value is None:
        raise FileError("A long table needs a column of values; name it with value=COLUMN.")
    values = table.numbers_of(roles.value)
    names, channel = _channels(roles, values.size)
    seconds, sure, _ = clocks.seconds_of(roles.time)
    key = tall.together([c for c in (roles.subject, roles.id) if c is not None])
    if key is None:
        return _recording(roles, values, channel, names, seconds, sure)
    groups = tall.rows_of(key)
    firsts = np.array([g[0] for g in groups], np.int64)
    series = [_one(values[g], channel[g], len(names), None if seconds is None else seconds[g]) for g in groups]
    limits.check_values(sum(s.size for s in series))
    return Cases(
        series,
        roles.label.labels[firsts] if roles.label is not None else None,
        names,
        _rate(seconds, channel, groups[0]) if sure else None,
        roles.subject.labels[firsts] if roles.subject is not None else None,
        roles.set.parts()[firsts] if roles.set is not None else None,
    )


def _channels(roles: Roles, rows: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if roles.dim is None:
        return (roles.value.normalised_name if roles.value is not None else "value",), np.zeros(rows, np.int64)
    written = roles.dim.labels
    names = cells.in_order(list(roles.dim.kinds()))
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


def _rate(seconds: Numbers | None, channel: NDArray[np.int64], group: NDArray[np.int64]) -> float | None:
    if seconds is None:
        return None
    return clock_numbers.rate_of(seconds[group][channel[group] == channel[group[0]]])


def _recording(
    roles: Roles,
    values: Numbers,
    channel: NDArray[np.int64],
    names: tuple[str, ...],
    seconds: Numbers | None,
    sure: bool,
) -> Recording:
    found = _one(values, channel, len(names), seconds)
    rows = np.flatnonzero(channel == 0)
    at: Numbers | None = None
    label: Words | None = None
    if seconds is not None:
        rows = rows[np.argsort(seconds[rows], kind="stable")]
        at = seconds[rows] if rows.size == found.shape[1] else None
    if roles.label is not None and rows.size == found.shape[1]:
        label = roles.label.labels[rows]
    return Recording(found, names, at, label, None, clock_numbers.rate_of(at) if at is not None and sure else None)


def as_long(table: Table, roles: Roles) -> Roles:
    """The roles of a table that holds one measured column under a full grid of three others; else as they were."""
    if not COORDINATES < len(table.columns) <= MOST_COLUMNS or roles.subject is not None:
        return roles
    value = _value(roles)
    if value is None:
        return roles
    label = roles.label if roles.label is not None and roles.label.normalised_name in LABEL else None
    taken = {id(c) for c in (value, label, roles.set)}
    axes = [c for c in table.columns if id(c) not in taken and _counts(c)]
    if len(axes) != COORDINATES or not _is_grid(axes, table.rows):
        return roles
    time = roles.time if _among(roles.time, axes) else max(axes, key=_changes)
    rest = [c for c in axes if c is not time]
    dim = roles.dim if _among(roles.dim, rest) else min(rest, key=_size)
    series = next(c for c in rest if c is not dim)
    return replace(roles, channels=(), time=time, dim=dim, id=series, value=value, label=label)


def _value(roles: Roles) -> Column | None:
    if roles.value is not None:
        return roles.value
    measured = [c for c in roles.channels if not c.is_whole and c.numeric_share > 0.5]
    return measured[0] if len(measured) == 1 else None


def _among(c: Column | None, columns: Sequence[Column]) -> bool:
    return any(c is o for o in columns)


def _counts(c: Column) -> bool:
    return (c.words is not None or c.is_whole) and 2 <= len(c.kinds()) <= max(2, c.size // 2)


def _size(c: Column) -> int:
    return int(c.codes.max()) + 1


def _changes(c: Column) -> int:
    return int((np.diff(c.codes) != 0).sum())


def _is_grid(axes: Sequence[Column], rows: int) -> bool:
    """Whether every combination occurs once, and most of those there could be."""
    whole = np.zeros(rows, np.int64)
    for c in axes:
        whole = whole * _size(c) + c.codes
    possible = np.prod([float(_size(c)) for c in axes])
    return bool(np.unique(whole).size == rows and rows >= FULL * possible)
