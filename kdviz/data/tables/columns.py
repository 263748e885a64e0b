"""One column of a table as what it is used for: numbers, labels, or a part of the data.

Cells of text as numbers and labels: what counts as missing, and how a label is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.data.raw import Column, Numbers, Table, Words, words
from kdviz.data.tables.column_names import normalised_name

MISSING = frozenset(
    ("", "nan", "na", "n/a", "#n/a", "null", "none", "?", "-", "--", ".", "missing", "-nan", "nat", "#value!", "#num!")
)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")


def number(cell: str) -> float:
    """A cell as a number, NaN where it is missing; raises ValueError for other words."""
    try:
        return plain_number(cell)
    except ValueError:
        if cell.strip().lower() in MISSING:
            return float("nan")
        raise


def plain_number(cell: str) -> float:
    """A number as files write it; the underscores and odd digits that Python also takes are none."""
    if "_" in cell or not cell.isascii():
        cell = cell.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "").replace("\ufeff", "")
        if "_" in cell or not cell.isascii():
            raise ValueError(cell)
    if "," in cell and THOUSANDS.fullmatch(cell.strip()):
        cell = cell.replace(",", "")
    return float(cell)


def is_number_or_missing(cell: str) -> bool:
    """Whether a cell can stand in a column of numbers."""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def numbers(cells: Sequence[str]) -> Numbers:
    """Cells as float64, NaN where missing; raises ValueError where one is a word."""
    return np.array([number(c) for c in cells], np.float64)


def label(cell: str) -> str:
    """A label as it was written; a whole number in float notation as that whole number ("1.0e+00" is "1")."""
    cell = cell.strip()
    if not cell or _WHOLE.fullmatch(cell):
        return cell
    if cell.lower() in MISSING:
        return ""
    try:
        value = plain_number(cell)
    except ValueError:
        return cell
    if value != value:
        return ""
    return str(int(value)) if value == int_or_nan(value) else cell


def int_or_nan(value: float) -> float:
    """`value` where it is a whole number that float64 holds exactly, NaN otherwise."""
    return value if abs(value) < 2**53 and value == int(value) else float("nan")


def labels(cells: Sequence[str]) -> Words:
    """Cells as labels."""
    known: dict[str, str] = {}
    out = np.empty(len(cells), object)
    for i, cell in enumerate(cells):
        if cell not in known:
            known[cell] = label(cell)
        out[i] = known[cell]
    return out


def labels_from_numbers(values: Numbers) -> Words:
    """Numbers as labels: whole ones without a point, NaN as missing."""
    unique, inverse = np.unique(values, return_inverse=True)
    names = np.empty(unique.size, object)
    names[:] = ["" if v != v else str(int(v)) if v == int_or_nan(float(v)) else repr(float(v)) for v in unique]
    return names[inverse.reshape(-1)]


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Labels sorted: as numbers where all are, as text otherwise."""
    unique = sorted(set(names))
    try:
        return tuple(sorted(unique, key=lambda n: (plain_number(n), n)))
    except ValueError:
        return tuple(unique)


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
            out[row] = number(decimal(cell, table.comma))
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
            value = number(decimal(cell, table.comma))
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
        return labels(list(column.words))
    values = column.numbers if column.numbers is not None else np.zeros(0)
    if column.is_truth:
        return words([{0.0: "False", 1.0: "True"}.get(v, "") for v in values.tolist()])
    return labels_from_numbers(values)


def part_name(word: str, name: str = "") -> str:
    """train, validation or test for the usual words, or for yes and no in a column called is_train; "" for others."""
    asked = normalised_name(name).removeprefix("is").lstrip("_")
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
