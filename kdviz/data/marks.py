"""What a cell of a delimited text is: a number, a number with a decimal comma, a date."""

from __future__ import annotations

import re

from kdviz.data import cells

COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.I)


POINT_NUMBER = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.I)


_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?"


_DATE = re.compile(rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}([T ]+{_CLOCK}.{{0,7}})?|{_CLOCK}")


def is_number(cell: str, comma: bool = False) -> bool:
    """Whether a cell is a number (a missing one is none)."""
    cell = cell.strip()
    if comma and COMMA_NUMBER.fullmatch(cell):
        return True
    try:
        value = cells.plain_number(cell)
    except ValueError:
        return False
    return value == value


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day."""
    return bool(_DATE.fullmatch(cell.strip(' "')))
