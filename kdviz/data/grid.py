"""A long table whose columns have other names: whole numbers or words that count series, channel and moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.data.columns import labels_of, numeric_share
from kdviz.data.looks import is_whole
from kdviz.data.raw import Column, Table
from kdviz.data.roles import Roles
from kdviz.data.vocabulary import LABEL, plain

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
    label = roles.label if roles.label is not None and plain(roles.label.name) in LABEL else None
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
