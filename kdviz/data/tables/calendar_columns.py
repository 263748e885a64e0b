"""A calendar in columns of its own: year, month, day and the time, or year, day of the year and 930, as one clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kdviz.data.columns import Column
from kdviz.data.tables import clocks
from kdviz.data.tables.column_names import CALENDAR, MOST_NAMED
from kdviz.data.tables.free_columns import FreeColumns


def named(free: FreeColumns) -> Column | None:
    """Year, month, day and maybe hour, minute, second in columns of their own, by their names."""
    if free.closed("time") or free.given["time"] is not None or not free.table.named:
        return None
    found: dict[str, Column] = {}
    for part, names in CALENDAR.items():
        taken = {id(c) for c in found.values()}
        fits = [c for n in names for c in free.columns if c.normalised_name == n and c.is_whole and id(c) not in taken]
        if fits:
            found[part] = fits[0]
    if "year" not in found or not ({"month", "doy"} & set(found)):
        return None
    if "doy" in found and "month" not in found:
        order = ["year", "month", "doy", "hour", "minute", "second"]
    else:
        order = ["year", "month", "day", "hour", "minute", "second"]
    parts = [found.get(p) for p in order]
    return _as_clock(free, parts)


def _as_clock(free: FreeColumns, parts: Sequence[Column | None]) -> Column | None:
    seconds = clocks.calendar([p.numbers if p is not None else None for p in parts])
    if not np.isfinite(seconds).mean() > 0.9:
        return None
    for p in parts:
        free.drop(p)
    name = ", ".join(p.name for p in parts if p is not None)
    return Column(name[:60], numbers=seconds, is_clock=True)


def unnamed(free: FreeColumns) -> Column | None:
    """Year, month and day that stand beside each other and go on, and the hour, minute and second after them."""
    if free.closed("time") or len(free.columns) > MOST_NAMED:
        return None
    for i, year in enumerate(free.columns[:8]):
        parts = free.columns[i : i + 6]
        if (whole := _year_days(free, parts)) is not None:
            return whole
        if (
            len(parts) < 4
            or not _within(year, 1900, 2100)
            or not all(_within(c, 1, n) for c, n in zip(parts[1:3], (12, 31), strict=True))
        ):
            continue
        best, taken = clocks.calendar([c.numbers for c in parts[:3]]), 3
        if not np.isfinite(best).all() or not (np.diff(best) >= 0).mean() > 0.99 or best[-1] == best[0]:
            continue
        for count in (4, 5, 6):
            if len(parts) <= count or not _within(parts[count - 1], 0, 24 if count == 4 else 59):
                break
            finer = clocks.calendar([c.numbers for c in parts[:count]])
            if not (np.diff(finer) >= 0).mean() > 0.99:
                break
            if np.unique(finer).size > np.unique(best).size:
                best, taken = finer, count
        return _as_clock(free, parts[:taken])
    return None


def _year_days(free: FreeColumns, parts: Sequence[Column]) -> Column | None:
    """Year, day of the year and the time as 930 for half past nine, as Campbell's loggers write them."""
    if len(parts) < 4 or not (
        _within(parts[0], 1950, 2100) and _within(parts[1], 1, 366) and _within(parts[2], 0, 2400)
    ):
        return None
    hhmm = parts[2].numbers
    if hhmm is None or (hhmm % 100 > 59).any() or not parts[2].distinct > 2 or hhmm.max() <= 24:
        return None
    seconds = clocks.calendar([parts[0].numbers, None, parts[1].numbers, hhmm])
    goes_on = np.isfinite(seconds).all() and (np.diff(seconds) > 0).mean() > 0.99
    return _as_clock(free, [parts[0], None, parts[1], parts[2]]) if goes_on else None


def _within(c: Column, low: float, high: float) -> bool:
    return c.is_whole and c.numbers is not None and bool(low <= c.numbers.min() and c.numbers.max() <= high)
