"""A whole series in one cell: "[0.1, 0.2, 0.3]" or 0.1;0.2;0.3 or 0.1 0.2 0.3; every row of the table is a series."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.cells import Numbers, is_missing, plain_number
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases
from kdviz.data.tables.column_roles import Roles, find

LOOK = 20
FEWEST = 5
_MARKS = re.compile(r"[,;|\s]+")
_EDGES = " \t\"'[](){}"


def series_columns(table: Table, mapping: Mapping) -> tuple[Column, ...]:
    """The columns whose cells are lists of numbers, of the wanted channels where the mapping names some."""
    if mapping.layout in ("tall", "long"):
        return ()
    found = tuple(c for c in table.columns if _is_listed(c))
    wanted = [c for c in found if c.name in mapping.channel_names] if mapping.channels else list(found)
    return tuple(c for c in wanted if c.name not in mapping.ignored)


def cases(table: Table, channels: tuple[Column, ...], mapping: Mapping) -> tuple[Cases, Roles]:
    """Every row as a series, its cells as channels; raises FileError naming the line of a cell that is no list."""
    left = tuple(c for c in table.columns if not any(c is o for o in channels))
    roles = find(replace(table, columns=left), replace(mapping, channels="", ignore="")) if left else Roles(())
    label = roles.label or _by_content(roles, mapping)
    values = []
    total = 0
    for row in range(table.rows):
        written = [_numbers(c, row, table) for c in channels]
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


def _by_content(roles: Roles, mapping: Mapping) -> Column | None:
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


def _numbers(column: Column, row: int, table: Table) -> Numbers:
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
