"""A row is one value: columns say of which series, which channel, which moment.

A long table whose columns have other names: whole numbers or words that count series, channel and moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.raw import Cases, Column, Numbers, Recording, Table, Words
from kdviz.data.tables import columns, tall, times
from kdviz.data.tables.column_content import is_whole
from kdviz.data.tables.column_names import LABEL, normalised_name
from kdviz.data.tables.column_roles import Roles
from kdviz.data.tables.columns import labels_of, numbers_of, numeric_share, parts_of


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
        return (normalised_name(roles.value.name) if roles.value is not None else "value",), np.zeros(rows, np.int64)
    written = labels_of(roles.dim)
    names = columns.in_order([str(w) for w in written])
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


COORDINATES = 3
MOST_COLUMNS = 8
FULL = 0.6


def as_long(table: Table, roles: Roles) -> Roles:
    """The roles of a table that holds one measured column under a full grid of three others; else as they were."""
    if not COORDINATES < len(table.columns) <= MOST_COLUMNS or roles.subject is not None:
        return roles
    value = _value(table, roles)
    if value is None:
        return roles
    label = roles.label if roles.label is not None and normalised_name(roles.label.name) in LABEL else None
    taken = {id(c) for c in (value, label, roles.set)}
    axes = [c for c in table.columns if id(c) not in taken and _counts(c)]
    if len(axes) != COORDINATES or not _is_grid(axes, table.rows):
        return roles
    time = roles.time if _among(roles.time, axes) else max(axes, key=_changes)
    rest = [c for c in axes if c is not time]
    dim = roles.dim if _among(roles.dim, rest) else min(rest, key=_size)
    series = next(c for c in rest if c is not dim)
    return replace(roles, channels=(), time=time, dim=dim, id=series, value=value, label=label)


def _value(table: Table, roles: Roles) -> Column | None:
    if roles.value is not None:
        return roles.value
    measured = [c for c in roles.channels if not is_whole(c) and numeric_share(table, c) > 0.5]
    return measured[0] if len(measured) == 1 else None


def _among(c: Column | None, columns: Sequence[Column]) -> bool:
    return any(c is o for o in columns)


def _counts(c: Column) -> bool:
    return (c.words is not None or is_whole(c)) and 2 <= _size(c) <= max(2, c.size // 2)


def _codes(c: Column) -> NDArray[np.int64]:
    return np.unique(labels_of(c).astype(str), return_inverse=True)[1].reshape(-1).astype(np.int64)


def _size(c: Column) -> int:
    return int(_codes(c).max()) + 1


def _changes(c: Column) -> int:
    return int((np.diff(_codes(c)) != 0).sum())


def _is_grid(axes: Sequence[Column], rows: int) -> bool:
    """Whether every combination occurs once, and most of those there could be."""
    whole = np.zeros(rows, np.int64)
    for c in axes:
        whole = whole * _size(c) + _codes(c)
    possible = np.prod([float(_size(c)) for c in axes])
    return bool(np.unique(whole).size == rows and rows >= FULL * possible)
