"""A row is a series: its samples stand beside each other, and at one end the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data.cells import Numbers
from kdviz.data.columns import Column, Table
from kdviz.data.raw import Cases
from kdviz.data.tables.column_content import is_row_number, looks_like_classes
from kdviz.data.tables.column_names import grouped
from kdviz.data.tables.column_roles import Roles


def at_an_end(table: Table, roles: Roles) -> Roles:
    """The class of a table that does not name it: its first or last column, where that holds few whole numbers."""
    channels = roles.channels
    if len(channels) < 3:
        return roles
    if roles.label is not None:
        counted = not table.named and is_row_number(channels[0])
        return replace(roles, channels=channels[1:]) if counted else roles
    first, last = channels[0], channels[-1]
    if is_row_number(first) and not _one_class_each(table, first):
        return at_an_end(table, replace(roles, channels=channels[1:]))
    begins = looks_like_classes(first) or (_one_class_each(table, first) and not _whole(channels[1:]))
    ends = looks_like_classes(last)
    if begins and ends and _whole(channels[1:-1]):
        begins = _spread(first) <= _spread(last) or not _clearly_fewer(last, first)
        ends = not begins
    if begins:
        return replace(roles, label=first, channels=channels[1:])
    if (ends and not _whole(channels[:-1])) or (ends and _clearly_fewer(last, channels[-2])):
        return replace(roles, label=last, channels=channels[:-1])
    return roles


def _one_class_each(table: Table, c: Column) -> bool:
    """Small archives give each of their few series a class of its own: 1, 2, 3 ..."""
    return not table.named and is_row_number(c) and c.size <= 100 and c.numbers is not None and c.numbers[0] == 1


def _whole(columns: Sequence[Column]) -> bool:
    sample = [c.numbers[:100] for c in columns[:: max(1, len(columns) // 50)] if c.numbers is not None]
    return bool(sample) and all((s[np.isfinite(s)] == np.round(s[np.isfinite(s)])).all() for s in sample)


def _spread(c: Column) -> int:
    return c.distinct if c.numbers is not None else 0


def _clearly_fewer(c: Column, other: Column) -> bool:
    return 3 * _spread(c) <= _spread(other)


def cases(table: Table, roles: Roles) -> Cases:
    """The rows as series; NaN at a row's end is padding, so that row is shorter."""
    if not roles.channels:
        raise FileError("There are no columns of numbers in this table, so there is no series in it.")
    groups = grouped(roles.channels) if table.named else {}
    names = tuple(groups) if len(groups) > 1 else ("value",)
    blocks = list(groups.values()) if len(groups) > 1 else [list(roles.channels)]
    values = np.stack([_matrix(table, block) for block in blocks], axis=1)
    parts = roles.set.parts() if roles.set is not None else table.parts
    return Cases(
        values=[v[:, :n] for v, n in zip(values, ends(values), strict=True)],
        labels=roles.label.labels if roles.label is not None else None,
        channels=names,
        groups=roles.subject.labels if roles.subject is not None else None,
        parts=parts,
    )


def _matrix(table: Table, columns: Sequence[Column]) -> Numbers:
    out = np.empty((table.rows, len(columns)), np.float64)
    for j, c in enumerate(columns):
        out[:, j] = table.numbers_of(c)
    return out


def ends(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """The length of each of (N, C, T) series without the NaN at its end; a series of NaN alone keeps its length."""
    there: NDArray[np.bool_] = np.any(~np.isnan(values), axis=1)
    last = values.shape[2] - np.argmax(there[:, ::-1], axis=1)
    return np.asarray(np.where(np.any(there, axis=1), last, values.shape[2]), np.int64)
