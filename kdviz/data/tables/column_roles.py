"""What each column is for: by name, then by content; a mapping has the last word.

Columns are given roles one at a time, and each to one role only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.tables import times
from kdviz.data.tables.column_content import (
    could_be_time,
    counts_round,
    is_clock,
    is_row_number,
    is_time,
    is_word_classes,
    label_by_name,
    looks_like_classes,
    restarts,
    says_parts,
)
from kdviz.data.tables.column_names import (
    ALSO_LABEL,
    COUNTER,
    DATE,
    DIM,
    LABEL,
    MAYBE_TIME,
    ROW_NUMBER,
    SERIES,
    SESSION,
    SET,
    SUBJECT,
    TIME,
    VALUE,
    numbered,
    strays,
)


def column(table: Table, wanted: str) -> Column:
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


class Finder:
    """Takes columns one role at a time; each column is taken once."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        self.free = list(table.columns)
        self.given = {w: self._given(w) for w in ("time", "label", "subject", "id", "set", "dim", "value")}
        self.wanted = [column(table, n) for n in mapping.channel_names]
        for taken in [column(table, n) for n in mapping.ignored] + self.wanted:
            self._take(taken)

    def _given(self, role: str) -> Column | None:
        name = getattr(self.mapping, role)
        return column(self.table, name) if name and name != NOTHING else None

    def _take(self, found: Column | None) -> None:
        self.free = [c for c in self.free if c is not found]

    def closed(self, role: str) -> bool:
        """Whether the mapping says that there is no such column."""
        return bool(getattr(self.mapping, role) == NOTHING)

    def take(self, role: str, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The mapping's column for a role; else the first free one that is called so and fits."""
        if self.closed(role):
            return None
        found = self.given[role] or self.named(names, fits)
        self._take(found)
        return found

    def named(self, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The first free column called one of `names` that fits."""
        if not self.table.named:
            return None
        taken = {id(g) for g in self.given.values()}
        spelt: dict[str, Column] = {}
        for c in self.free:
            if id(c) not in taken:
                spelt.setdefault(c.normalised_name, c)
        return next((spelt[n] for n in names if n in spelt and fits(spelt[n])), None)

    def first(self, fits: Callable[[Column], bool], role: str) -> Column | None:
        """The first free column that fits by content."""
        if self.closed(role):
            return None
        taken = {id(g) for g in self.given.values()}
        found = next((c for c in self.free if id(c) not in taken and fits(c)), None)
        self._take(found)
        return found

    def speaking_of(self, *words: str) -> tuple[str, ...]:
        """The plain names of free columns that have one of these words in them."""
        names = [c.normalised_name for c in self.free]
        return tuple(n for n in names if set(n.split("_")) & set(words))

    def calendar(self) -> Column | None:
        """Year, month, day and maybe hour, minute, second in columns of their own, as one clock."""
        parts = [self.named((n,), lambda c: c.is_whole) for n in ("year", "month", "day", "hour", "minute", "second")]
        if parts[0] is None or parts[1] is None or self.closed("time"):
            return None
        if parts[2] is None:
            parts = parts[:2]
        there = [p.numbers for p in parts if p is not None and p.numbers is not None]
        for p in parts:
            self._take(p)
        found = np.full(self.table.rows, np.nan)
        for row, whole in enumerate(zip(*there, strict=True)):
            found[row] = times.moment(*whole, *([1.0] if len(whole) == 2 else []))
        return Column("year, month" + ", day" * (len(parts) > 2), numbers=found, is_clock=True)

    def drop(self, found: Column | None) -> None:
        """Leave a column out."""
        self._take(found)


@dataclass(frozen=True)
class Roles:
    """A table's columns by what they are for; what is not there is None."""

    channels: tuple[Column, ...]
    time: Column | None = None
    clock: Column | None = None
    label: Column | None = None
    subject: Column | None = None
    session: Column | None = None
    id: Column | None = None
    set: Column | None = None
    dim: Column | None = None
    value: Column | None = None
    notes: tuple[str, ...] = ()


def find(table: Table, mapping: Mapping, label: str = "") -> Roles:
    """The roles of a table's columns; `label` is the class column where the format names it."""
    finder = Finder(table, mapping)
    notes: list[str] = []
    if label and not mapping.label:
        finder.given["label"] = column(table, label)
    part = finder.take("set", SET, says_parts) or finder.first(says_parts, "set")
    time = finder.take("time", TIME, could_be_time)
    time = time or finder.calendar() or finder.take("time", MAYBE_TIME, is_time)
    time = time or finder.take("time", finder.speaking_of("timestamp", "time", "datetime"), is_time)
    if time is None:
        time = finder.first(lambda c: c.is_clock or (c.words is not None and is_time(c)), "time")
    date = finder.named(DATE, lambda c: c.words is not None and is_time(c)) if _is_of_day(time) else None
    if date is not None and not mapping.time:
        finder.drop(date)
        clock: Column | None = time
        time = date
    else:
        clock = finder.named(("time", "hour", "clock", "time_of_day"), is_clock) if time is not None else None
    finder.drop(clock)
    while time is not None and not mapping.channels and (other := _another_clock(finder)) is not None:
        finder.drop(other)
        notes.append(f"A clock too, so left out: column {other.name[:30]!r}.")
    subject = finder.take("subject", SUBJECT, lambda c: True)
    found = finder.take("label", LABEL, lambda c: label_by_name(c, table))
    if found is None and table.named:
        names = [n for c in finder.free if (n := c.normalised_name).endswith(("_label", "_class", "label"))]
        found = finder.named(names,
                             looks_like_classes)  # fmt: skip
        finder.drop(found)
    dim = finder.take("dim", DIM, lambda c: c.distinct <= 1024)
    value = finder.take("value", VALUE, lambda c: c.numeric_share > 0.5)
    series = finder.take("id", SERIES, lambda c: True)
    session = finder.named(SESSION, lambda c: 1 <= c.distinct < max(2, table.rows // 2))
    finder.drop(session)
    number = finder.named(ROW_NUMBER, is_row_number)
    finder.drop(number)
    finder.drop(finder.named(COUNTER, counts_round))
    others = [c for c in finder.free if c.normalised_name in ALSO_LABEL and looks_like_classes(c)] if found else []
    for other in others:
        finder.drop(other)
    if others and table.named and found is not None:
        notes.append(f"Beside the label {found.name[:30]!r}, column {others[0].name[:30]!r} was left out: a label too.")
    if found is None and not (dim is not None and value is not None):
        found = finder.first(lambda c: is_word_classes(c, table), "label")
        if found is not None and series is None and not mapping.label and restarts(found, time):
            found, series = None, found
    channels = tuple(finder.wanted) or _measured(table, finder.free, notes)
    if table.named and not finder.wanted:
        channels, found = _samples_only(channels, found, bool(mapping.label), notes)
    return Roles(channels, time, clock, found, subject, session, series, part, dim, value, tuple(notes))


def _another_clock(finder: Finder) -> Column | None:
    names = (*TIME, *finder.speaking_of("timestamp", "time", "datetime", "date"))
    return finder.named(names, lambda c: is_time(c) and (c.words is not None or c.distinct > c.size // 2))


def _is_of_day(time: Column | None) -> bool:
    return time is not None and time.words is not None and times.of_day(list(time.words[:20]))


def _samples_only(
    channels: tuple[Column, ...], label: Column | None, given: bool, notes: list[str]
) -> tuple[tuple[Column, ...], Column | None]:
    """Columns beside those that count the samples are no samples: one may be the class, the others are left out."""
    others = strays(channels)
    classes = [c for c in others if looks_like_classes(c)]
    if label is None and not given and len(classes) == 1:
        label = classes[0]
    left = [c.name[:30] for c in others if c is not label]
    if left:
        notes.append(f"Beside the numbered samples, so left out: column {', '.join(left)}.")
    return tuple(c for c in channels if not any(c is o for o in others)), label


def _measured(table: Table, free: Sequence[Column], notes: list[str]) -> tuple[Column, ...]:
    kept, left = [], []
    samples = [c for c in free if c.name and (c.is_empty or c.numeric_share >= 0.5)]
    if table.named and len(samples) > 8 and numbered(samples):
        return tuple(samples)
    for c in free:
        empty = c.numbers is not None and c.is_empty
        if empty and not c.name and table.named:
            continue
        if (empty and table.named) or c.numeric_share < 0.5:
            left.append(c.name)
        else:
            kept.append(c)
    if left and kept:
        there = ", ".join(n[:30] or "(no name)" for n in left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        notes.append(f"Not numbers, so left out: column {there}{more}.")
    return tuple(kept)
