"""A table's columns that have no role yet, and how one is found: by mapping, name or content; a calendar in several."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.tables import clocks
from kdviz.data.tables.column_names import CALENDAR, MOST_NAMED


def column_called(table: Table, wanted: str) -> Column:
    """The column a user means: by name, "first", "last" or "#3"; raises UserError naming those there are."""
    by_name = {c.name: c for c in table.columns}
    if wanted in by_name:
        return by_name[wanted]
    places = {"first": 1, "last": len(table.columns)}
    place = places.get(wanted, int(wanted[1:]) if re.fullmatch(r"#\d{1,6}", wanted) else 0)
    if 1 <= place <= len(table.columns):
        return table.columns[place - 1]
    alike = [c for c in table.columns if c.name.strip().lower() == wanted.strip().lower()]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(c.name[:30] or "(no name)" for c in table.columns[:12])
    more = f" and {len(table.columns) - 12:,} more" if len(table.columns) > 12 else ""
    raise UserError(f"There is no column {wanted[:40]!r}. There are: {there}{more}; or use first, last, #1, #2.")


def as_far_as_it_goes(table: Table, mapping: Mapping) -> Table:
    """A table without the rows at its end that have values only in columns that are left out."""
    gone = [column_called(table, n) for n in mapping.ignored]
    rows = max((last_row(c) for c in table.columns if not any(c is g for g in gone)), default=0)
    if rows in (0, table.rows):
        return table
    columns = tuple(
        replace(
            c,
            numbers=None if c.numbers is None else c.numbers[:rows],
            words=None if c.words is None else c.words[:rows],
        )
        for c in table.columns
    )
    lines = None if table.lines is None else table.lines[:rows]
    return replace(table, columns=columns, lines=lines, parts=None if table.parts is None else table.parts[:rows])


def last_row(c: Column) -> int:
    """The number of the last row that is not missing; 0 where all are."""
    there = np.flatnonzero(np.isfinite(c.numbers) if c.numbers is not None else c.words != "")
    return int(there[-1]) + 1 if there.size else 0


class FreeColumns:
    """The columns that have no role yet; each is taken once.

    columns   those still free, in the table's order
    given     the mapping's column for each role, None where it names none
    wanted    the channels that the mapping names
    """

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        self.columns = list(table.columns)
        self.given = {w: self._given(w) for w in ("time", "label", "subject", "id", "set", "dim", "value")}
        self.wanted = [column_called(table, n) for n in mapping.channel_names]
        for taken in [column_called(table, n) for n in mapping.ignored] + self.wanted:
            self.drop(taken)

    def _given(self, role: str) -> Column | None:
        name = getattr(self.mapping, role)
        return column_called(self.table, name) if name and name != NOTHING else None

    def drop(self, found: Column | None) -> None:
        """No longer free: it has a role, or is left out."""
        self.columns = [c for c in self.columns if c is not found]

    def closed(self, role: str) -> bool:
        """Whether the mapping says that there is no such column."""
        return bool(getattr(self.mapping, role) == NOTHING)

    def take(self, role: str, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The mapping's column for a role; else the first free one that is called so and fits."""
        if self.closed(role):
            return None
        found = self.given[role] or self.named(names, fits)
        self.drop(found)
        return found

    def named(self, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The first free column called one of `names` that fits."""
        if not self.table.named:
            return None
        taken = {id(g) for g in self.given.values()}
        spelt: dict[str, Column] = {}
        for c in self.columns:
            if id(c) not in taken:
                spelt.setdefault(c.normalised_name, c)
        return next((spelt[n] for n in names if n in spelt and fits(spelt[n])), None)

    def near(self, column: Column) -> list[Column]:
        """The free columns, those that stand beside a column first."""
        given = {id(g) for role, g in self.given.items() if g is not None and role != "time"}
        place = {id(c): i for i, c in enumerate(self.table.columns)}
        at = place.get(id(column), 0)
        there = [c for c in self.columns if id(c) not in given and c is not column]
        return sorted(there, key=lambda c: (abs(place[id(c)] - at), place[id(c)] < at))

    def measured_beside(self, column: Column) -> bool:
        """Whether numbers are left when a column is taken: the only value is never a clock."""
        return any(c is not column and c.numeric_share >= 0.5 and not c.is_empty for c in self.columns)

    def first(self, fits: Callable[[Column], bool], role: str) -> Column | None:
        """The first free column that fits by content."""
        if self.closed(role):
            return None
        taken = {id(g) for g in self.given.values()}
        found = next((c for c in self.columns if id(c) not in taken and fits(c)), None)
        self.drop(found)
        return found

    def speaking_of(self, *words: str) -> tuple[str, ...]:
        """The plain names of free columns that have one of these words in them."""
        names = [c.normalised_name for c in self.columns]
        return tuple(n for n in names if set(n.split("_")) & set(words))


def named_calendar(free: FreeColumns) -> Column | None:
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


def unnamed_calendar(free: FreeColumns) -> Column | None:
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
