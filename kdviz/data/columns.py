"""One column of a table as what it is used for: numbers, labels, or a part of the data."""

from __future__ import annotations

import numpy as np

from kdviz.data import cells
from kdviz.data.raw import Column, Numbers, Table, Words, words
from kdviz.data.vocabulary import plain
from kdviz.errors import FileError, UserError

_PARTS = {
    "train": "train",
    "training": "train",
    "tr": "train",
    "test": "test",
    "testing": "test",
    "te": "test",
    "eval": "test",
    "evaluation": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "va": "validation",
    "dev": "validation",
}
_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}  # fmt: skip


def numbers_of(table: Table, column: Column) -> Numbers:
    """A column's numbers, NaN where missing; raises FileError naming line and column of the first that is none."""
    if column.numbers is not None:
        return column.numbers
    written = column.words if column.words is not None else np.zeros(0, object)
    out = np.empty(len(written), np.float64)
    for row, cell in enumerate(written):
        try:
            out[row] = cells.number(decimal(cell, table.comma))
        except ValueError:
            raise _no_number(table, column, row, cell) from None
    return out


def decimal(cell: str, comma: bool) -> str:
    """A cell with a decimal point."""
    if not comma or "," not in cell:
        return cell
    return (cell.replace(".", "") if "." in cell else cell).replace(",", ".")


def numeric_share(table: Table, column: Column, most: int = 500) -> float:
    """Which share of the first cells are numbers, among those that are not missing; 0 where all are missing."""
    if column.words is None:
        return 1.0
    found = there = 0
    for cell in column.words[:most]:
        try:
            value = cells.number(decimal(cell, table.comma))
            found += value == value
            there += value == value
        except ValueError:
            there += 1
    return found / there if there else 0.0


def _no_number(table: Table, column: Column, row: int, cell: str) -> FileError:
    line = int(table.lines[row]) if table.lines is not None else row + 1
    place = "Line" if table.lines is not None else "Row"
    at = next(i for i, c in enumerate(table.columns) if c is column) + 1
    name = f" ({column.name[:40]!r})" if table.named else ""
    return FileError(
        f"{place} {line}, column {at}{name}: {cell[:40]!r} is not a number. Mend that cell, leave the column out "
        f"(ignore=#{at}), or name it as the label, time or subject.",
        line,
        at,
    )


def labels_of(column: Column) -> Words:
    """A column as labels as they were written, "" where missing."""
    if column.words is not None:
        return cells.labels(list(column.words))
    values = column.numbers if column.numbers is not None else np.zeros(0)
    if column.is_truth:
        return words([{0.0: "False", 1.0: "True"}.get(v, "") for v in values.tolist()])
    return cells.labels_from_numbers(values)


def part_name(word: str, name: str = "") -> str:
    """train, validation or test for the usual words, or for yes and no in a column called is_train; "" for others."""
    asked = plain(name).removeprefix("is").lstrip("_")
    yes = _YES_NO.get(word.strip().lower())
    if asked in ("train", "test") and yes is not None:
        return "train" if yes == (asked == "train") else "test"
    return _PARTS.get(word.strip().lower(), "")


def parts_of(column: Column) -> Words:
    """A column as train, validation and test; raises UserError for another word."""
    found = labels_of(column)
    out = np.empty(found.size, object)
    for i, word in enumerate(found):
        out[i] = part_name(word, column.name)
        if not out[i]:
            raise UserError(f"Column {column.name[:40]!r} says {word[:40]!r}; allowed are train, validation and test.")
    return out


def distinct(column: Column) -> int:
    """How many different values a column has."""
    if column.numbers is not None:
        return int(np.unique(column.numbers).size)
    return len(set(column.words)) if column.words is not None else 0
