"""Where a table begins below the lines that come before it, whatever their width: found from its rows upwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kdviz.data import cells
from kdviz.data.cells import is_date, is_missing, is_no_value, is_number
from kdviz.data.tables.column_names import DIM, LABEL, SERIES, SUBJECT, TIME, VALUE
from kdviz.data.text.lines import Row

FEWEST = 3
LOOK_DOWN = 4
MOST_NAMES = 6
_KNOWN = frozenset((*TIME, *LABEL, *SERIES, *SUBJECT, *DIM, *VALUE, "second", "x_value", "timestamps", "elapsed"))
_NUMBER_AND_UNIT = re.compile(r"[+-]?\d[\d.,]*\s*[^\W\d]{1,4}")
_UNIT = re.compile(
    r"[\[(]?\s*([numkMGµμ]?(s|sec|seconds?|V|volts?|A|amps?|g|Hz|m|Pa|bar|W|Ohm|Ω|T|N|C|K|F|rad|deg|l|lx|lux|dB|cd|mol)"
    r"|ms|min|h|hours?|days?|°[CF]?|%|m/s|m/s[\^*]*[2²]|rad/s|deg/s|dps|°/s|bpm|rpm|bars?|counts?|raw|units?|adc|lsb|"
    r"ts|rn|smp|avg|min|max|std|tot|text|unitless|none|n/a|a\.?u\.?|arb\.?|datetime|date|time|string|float|int|bool|"
    r"sequence|[ap]\.u\.|ppm|ppb|cmh2o|mmhg|km/h|kph|mph|gauss|gs|uT|µT|mgal|utc)\s*[\])]?", re.I,
)  # fmt: skip


@dataclass(frozen=True)
class Start:
    """Places in the sample: of the names and of the first row of values; whether the first column goes up."""

    names: int
    values: int
    rises: bool = False


def table_start(sample: Sequence[Row], width: int, comma: bool) -> Start | None:
    """Where names and values begin; None where there is nothing above the values, or no names right above them."""
    rows = [row for _, row in sample]
    full = [r for r in rows[len(rows) // 3 :] if len(r) == width]
    kinds = [_kind([r[j] for r in full], comma) for j in range(width)] if len(full) >= FEWEST and width > 1 else []
    if "number" not in kinds:
        return None
    values = next((i for i in range(len(rows)) if _holds(rows[i : i + LOOK_DOWN], kinds, comma)), 0)
    if not values:
        return None
    names = _names(rows[:values], kinds, comma)
    if names is None or any(1 < len(r) != width and all(is_number(c, comma) for c in r) for r in rows[:names]):
        return None
    below = rows[values:]
    return Start(names, values + _without_clock(below, kinds), kinds[0] == "number" and _rises(below[1:]))


def _kind(column: Sequence[str], comma: bool) -> str:
    """What stands in a column: numbers, dates, or anything."""
    there = [c for c in column if not is_no_value(c)]
    if not there:
        return ""
    if sum(is_number(c, comma) for c in there) >= 0.9 * len(there):
        return "number"
    return "date" if sum(map(is_date, there)) >= 0.9 * len(there) else ""


def _holds(rows: Sequence[Sequence[str]], kinds: Sequence[str], comma: bool) -> bool:
    """Whether these rows are of the table: all but one at most, and the first for certain."""
    fits = [_fits(row, kinds, comma) for row in rows]
    return bool(fits) and fits[0] and sum(fits) >= max(1, len(fits) - (len(fits) > 2))


def _fits(row: Sequence[str], kinds: Sequence[str], comma: bool) -> bool:
    if len(row) != len(kinds):
        return False
    found = [(k, c) for k, c in zip(kinds, row, strict=True) if k]
    there = [(k, c) for k, c in found if not is_no_value(c)]
    test = {"number": lambda c: is_number(c, comma), "date": is_date}
    return 2 * len(there) >= len(found) and bool(there) and all(test[k](c) for k, c in there)


def _names(above: Sequence[Sequence[str]], kinds: Sequence[str], comma: bool) -> int | None:
    """The row of names among those above the values: one that has a usual name, else the nearest that is no units."""
    found: list[int] = []
    for i in range(len(above) - 1, max(-1, len(above) - 1 - MOST_NAMES), -1):
        if not _could_name(above[i], kinds, comma):
            if found or not _is_bare(above[i]):
                break
            continue
        found.append(i)
    if not found:
        return None
    known = [i for i in found if any(cells.normalised_name(c) in _KNOWN for c in above[i][: len(kinds)])]
    settings = len(found) > FEWEST + 1
    if known := [i for i in known if settings or not _units(above[i][: len(kinds)])]:
        return known[0]
    full = [i for i in found if sum(bool(c.strip()) for c in above[i]) >= 0.8 * len(kinds)]
    if not full:
        return None
    if len(above) == len(found) <= FEWEST and len({len(above[i]) for i in found}) == 1 and full[-1] == 0:
        return 0  # nothing but names and units
    return next((i for i in full if not _units(above[i][: len(kinds)])), full[0])


def _could_name(row: Sequence[str], kinds: Sequence[str], comma: bool) -> bool:
    """Whether a row has words above the columns of numbers, one less than there are columns at most."""
    part = row[: len(kinds)]
    if len(part) < len(kinds) - 1 or (len(part) < 2 and len(kinds) > 1):
        return False
    there = [c for c in part if c.strip()]
    return 2 * len(there) >= len(part) and not any(
        is_number(c, comma) or _NUMBER_AND_UNIT.fullmatch(c.strip()) for c in there
    )


def _is_bare(row: Sequence[str]) -> bool:
    """Whether a row is no title: units with gaps, ranges, counts."""
    there = [c for c in row if c.strip()]
    return _units(row) or (len(row) > 1 and sum(_numeric(c) for c in there) >= max(1, len(there) - 1))


def _numeric(cell: str) -> bool:
    return is_number(cell) or bool(_NUMBER_AND_UNIT.fullmatch(cell.strip()))


def _units(row: Sequence[str]) -> bool:
    there = [c.strip() for c in row if c.strip()]
    return sum(bool(_UNIT.fullmatch(c)) or is_missing(c) for c in there) >= 0.5 * len(there)


def _without_clock(rows: Sequence[Sequence[str]], kinds: Sequence[str]) -> int:
    """1 where the first row lacks the time that every row below has and that goes up evenly: it counts, or scales."""
    if kinds[0] != "number" or rows[0][0].strip() or len(rows) < 2 * FEWEST:
        return 0
    return int(_rises(rows[1:]))


def _rises(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first cells go up from row to row."""
    try:
        times = [float(r[0]) for r in rows[: 4 * FEWEST]]
    except (ValueError, IndexError):
        return False
    return len(times) > 1 and all(a < b for a, b in pairwise(times))
