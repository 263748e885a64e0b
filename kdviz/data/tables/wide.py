"""A row is a series: its samples stand beside each other, at an end the class; or in one cell: "[0.1, 0.2]"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.cells import Numbers, is_missing, is_number, normalised_name, plain_number
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases
from kdviz.data.tables.column_content import even_steps, is_row_number, looks_like_classes
from kdviz.data.tables.column_names import TIME, grouped
from kdviz.data.tables.column_roles import Roles, find

LOOK = 20
FEWEST = 5
MOST_TURNED = 64
_MARKS = re.compile(r"[,;|\s]+")
_EDGES = " \t\"'[](){}"


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


def turned(table: Table) -> Table | None:
    """A table whose rows are channels, one of them the clock, with their names before them, turned round; else None."""
    first, *rest = table.columns
    if table.named or first.words is None or not 2 <= table.rows <= MOST_TURNED or len(rest) < max(20, 3 * table.rows):
        return None
    names = [str(w).strip() for w in first.words]
    if len(set(names)) != len(names) or any(c.numbers is None for c in rest) or any(map(is_number, names)):
        return None
    values = np.stack([c.numbers for c in rest if c.numbers is not None])
    columns = tuple(Column(n, numbers=values[:, i].copy()) for i, n in enumerate(names))
    clock = any(even_steps(c) and (i == 0 or normalised_name(c.name) in TIME) for i, c in enumerate(columns))
    return replace(table, columns=columns, named=True, lines=None, blanks=()) if clock else None


def series_columns(table: Table, mapping: Mapping) -> tuple[Column, ...]:
    """The columns whose cells are lists of numbers, of the wanted channels where the mapping names some."""
    if mapping.layout in ("tall", "long"):
        return ()
    found = tuple(c for c in table.columns if _is_listed(c))
    wanted = [c for c in found if c.name in mapping.channel_names] if mapping.channels else list(found)
    return tuple(c for c in wanted if c.name not in mapping.ignored)


def cases_in_cells(table: Table, channels: tuple[Column, ...], mapping: Mapping) -> tuple[Cases, Roles]:
    """Every row as a series, its cells as channels; raises FileError naming the line of a cell that is no list."""
    left = tuple(c for c in table.columns if not any(c is o for o in channels))
    roles = find(replace(table, columns=left), replace(mapping, channels="", ignore="")) if left else Roles(())
    label = roles.label or _class_beside(roles, mapping)
    values = []
    total = 0
    for row in range(table.rows):
        written = [_numbers_in(c, row, table) for c in channels]
        width = max(w.size for w in written)
        total += width * len(channels)
        limits.check_values(total)
        one = np.full((len(channels), width), np.nan)
        for i, w in enumerate(written):
            one[i, : w.size] = w
        values.append(one)
    return Cases(
        values,
        label.labels if label is not None else None,
        tuple(c.name for c in channels),
        table.rate,
        roles.subject.labels if roles.subject is not None else None,
        roles.set.parts() if roles.set is not None else table.parts,
    ), replace(roles, label=label, channels=channels)


def _class_beside(roles: Roles, mapping: Mapping) -> Column | None:
    """The one column beside the series that repeats as classes do, where no name says which it is."""
    if mapping.label:
        return None
    some = [c for c in roles.channels if c.is_whole and 2 <= c.distinct <= max(2, c.size // 2)]
    return some[0] if len(some) == 1 else None


def _is_listed(column: Column) -> bool:
    if column.words is None:
        return False
    there = [w for w in column.words[: 4 * LOOK] if not is_missing(w)][:LOOK]
    sizes = []
    for cell in there:
        try:
            sizes.append(len([plain_number(p) for p in _parts(cell)]))
        except ValueError:
            return False
    return bool(sizes) and sorted(sizes)[len(sizes) // 2] >= FEWEST and min(sizes) > 1


def is_list(cell: str) -> bool:
    """Whether a cell is a list of numbers long enough to be a series."""
    try:
        return len([plain_number(p) for p in _parts(cell)]) >= FEWEST
    except ValueError:
        return False


def _parts(cell: str) -> list[str]:
    return [p for p in _MARKS.split(cell.strip(_EDGES)) if p and p != "..."]


def _numbers_in(column: Column, row: int, table: Table) -> Numbers:
    cell = column.words[row] if column.words is not None else ""
    if "..." in cell:
        raise FileError(
            f"A cell of column {column.name[:40]!r} was shortened with '...' when it was written, so its values are "
            "lost. Write the whole list (numpy.savetxt, or json)."
        )
    try:
        return np.array([plain_number(p) if not is_missing(p) else np.nan for p in _parts(cell)], np.float64)
    except ValueError:
        line = int(table.lines[row]) if table.lines is not None else row + 1
        raise FileError(f"Line {line}: column {column.name[:40]!r} holds {cell[:30]!r}, which is no list of numbers.",
                        line) from None  # fmt: skip
