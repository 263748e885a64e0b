"""Cells of text as numbers and labels: what counts as missing, and how a label is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kdviz.data.raw import Numbers, Words

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
