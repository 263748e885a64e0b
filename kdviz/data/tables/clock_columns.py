"""Which columns are the clock: by the mapping, by name, by what they hold; a date and a time of day are one clock."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.cells import Numbers, normalised_name
from kdviz.data.columns import Column
from kdviz.data.mapping import Mapping
from kdviz.data.tables import clock_numbers, clocks, times
from kdviz.data.tables.column_content import (
    could_be_time,
    counts_round,
    even_steps,
    is_epoch,
    is_row_number,
    is_time,
    is_time_in_words,
    rolls_over,
    rough_steps,
)
from kdviz.data.tables.column_names import (
    COUNTER,
    COUNTING,
    DATE,
    MAYBE_TIME,
    MOST_NAMED,
    ROW_NUMBER,
    SHORT,
    TIME,
    numbered,
)
from kdviz.data.tables.free_columns import FreeColumns, last_row, named_calendar, unnamed_calendar

_SPEAKING = (
    "timestamp",
    "time",
    "datetime",
    "uptime",
    "millis",
    "elapsed",
    "clock",
    "seconds",
    "时间",
    "zeit",
    "temps",
)


def find_clock(free: FreeColumns, mapping: Mapping, notes: list[str]) -> Column | None:
    """The clock, taken from the free columns with all that only repeats it; what was left out is said in `notes`."""
    time = (
        free.take("time", TIME, _may_be_time)
        or named_calendar(free)
        or free.take("time", MAYBE_TIME, lambda c: is_time(c) and not rolls_over(c))
        or free.take("time", free.speaking_of("timestamp", "time", "datetime"), is_time)
        or free.first(lambda c: c.is_clock or is_time_in_words(c), "time")
        or unnamed_calendar(free)
        or free.first(lambda c: _days_in_digits(free, c), "time")
        or free.first(lambda c: free.measured_beside(c) and is_epoch(c), "time")
        or free.first(lambda c: clock_numbers.whole_seconds(c.numbers) and _finer(free, c) is not None, "time")
        or _ramp(free, notes)
    )
    if time is not None:
        time = _with_its_other_half(free, time, notes)
        time = _with_fractions(free, time, notes)
        _leave_other_clocks(free, time, mapping, notes)
    if not mapping.channels:
        _leave_counts(free, time, notes)
    return time


def _with_its_other_half(free: FreeColumns, time: Column, notes: list[str]) -> Column:
    """A date and the time of day beside it as one clock; the column itself where it is whole."""
    days = clocks.days_of(time)
    found: tuple[Column, Column] | None = None
    if days is not None:
        found = next(((time, c) for c in free.near(time) if clocks.clock_of(c, days) is not None), None)
    elif _of_day(time):
        found = next(((c, time) for c in free.near(time) if clocks.days_of(c) is not None), None)
    if found is None:
        return time
    date, clock = found
    free.drop(date)
    free.drop(clock)
    whole = clocks.days_of(date) if date is not time else days
    of_day = None if whole is None else clocks.clock_of(clock, whole)
    if whole is None or of_day is None:
        return time
    half = clock.words is not None and clocks.no_half(list(clock.words))
    seconds, said = clocks.joined(whole, of_day, half)
    notes.append(f"Column {date.name[:30]!r} and column {clock.name[:30]!r} are one clock. {said}".strip())
    return Column(date.name, numbers=seconds, is_clock=True)


def _may_be_time(c: Column) -> bool:
    """Whether a column that is called a time is one: "T" may be a temperature, so its numbers must go on."""
    if c.normalised_name not in SHORT or c.numbers is None:
        return could_be_time(c)
    return is_time(c) or even_steps(Column(c.name, numbers=np.unique(c.numbers)))


def _with_fractions(free: FreeColumns, time: Column, notes: list[str]) -> Column:
    """A clock of whole seconds and the column beside it that counts on within each, as one clock."""
    found = None if free.mapping.channels else _finer(free, time)
    if found is None:
        return time
    column, seconds = found
    free.drop(column)
    notes.append(f"Column {time.name[:30]!r} and column {column.name[:30]!r} (parts of a second) are one clock.")
    return Column(time.name, numbers=seconds, is_clock=True)


def _finer(free: FreeColumns, time: Column) -> tuple[Column, Numbers] | None:
    if time.size <= 8 or (time.numbers is None and not is_time(time)):
        return None
    seconds, sure, _ = clocks.seconds_of(time)
    if seconds is None or not sure:
        return None
    some = ((c, clocks.with_fraction(seconds, c)) for c in free.near(time)[:8])
    return next(((c, whole) for c, whole in some if whole is not None), None)


def _days_in_digits(free: FreeColumns, c: Column) -> bool:
    """Whether numbers are dates (20240131) that go on, or that have the time of day beside them."""
    if c.numbers is None or not c.is_whole or not free.measured_beside(c):
        return False
    days = clocks.days_of(c)
    if days is None or (np.diff(days) < 0).any():
        return False
    return bool(days[-1] > days[0]) or any(clocks.clock_of(o, days) is not None for o in free.near(c) if o is not c)


def _of_day(time: Column) -> bool:
    """Whether words say the time of day only, or as workbooks do with a date of 1899."""
    few = list(time.words[:200]) if time.words is not None else []
    if times.of_day(few):
        return True
    found = times.from_words(few) if few else None
    return found is not None and bool((found[np.isfinite(found)] < clocks.BEFORE_DATES).all())


def _leave_other_clocks(free: FreeColumns, time: Column, mapping: Mapping, notes: list[str]) -> None:
    while not mapping.channels and (other := _another_clock(free)) is not None:
        free.drop(other)
        _refuse_side_by_side(free, time, other)
        notes.append(f"A clock too, so left out: column {other.name[:30]!r}.")


def _refuse_side_by_side(free: FreeColumns, time: Column, other: Column) -> None:
    """Raises UserError where two clocks end at other rows: recordings of other rates or lengths, side by side."""
    ends = [last_row(c) for c in (time, other)]
    if abs(ends[0] - ends[1]) <= max(2, 0.01 * time.size) or not free.table.named:
        return
    columns = list(free.table.columns)
    at = [next((i for i, c in enumerate(columns) if c.name == one.name), 0) for one in (time, other)]
    behind = [i + 1 for i in range(at[1], len(columns)) if i < at[0] or at[1] > at[0]]
    mine = [i + 1 for i in range(at[0], at[1] if at[1] > at[0] else len(columns))]
    leave = [",".join(f"#{i}" for i in some[:40]) for some in (behind, mine)]
    raise UserError(
        f"Columns {time.name[:30]!r} and {other.name[:30]!r} are clocks of their own: one ends at row {ends[0]:,}, the "
        f"other at row {ends[1]:,}. Recordings that stand side by side are read one at a time: leave the second out "
        f"with ignore={leave[0]}, or the first with ignore={leave[1]}."
    )


def _another_clock(free: FreeColumns) -> Column | None:
    names = (*TIME, *DATE, *free.speaking_of(*_SPEAKING, "date"))
    found = free.named(names, lambda c: is_time(c) and (c.words is not None or c.distinct > c.size // 2))
    given = {id(g) for g in free.given.values()}
    there = [c for c in free.columns if id(c) not in given]
    return found or next(
        (c for c in there if is_time_in_words(c) or (free.measured_beside(c) and (is_epoch(c) or _goes_evenly(c)))),
        None,
    )


def _goes_evenly(c: Column) -> bool:
    """Whether numbers that are called a time, a second one too ("X[s].1", "t.2"), go up evenly as far as they go."""
    bare = re.sub(r"\.\d+$", "", c.name)
    if c.numbers is None or (
        clock_numbers.unit_of(bare) is None and (bare == c.name or normalised_name(bare) not in TIME)
    ):
        return False
    return even_steps(Column(c.name, numbers=c.numbers[np.isfinite(c.numbers)]))


def _ramp(free: FreeColumns, notes: list[str]) -> Column | None:
    """A column of numbers that goes up evenly: a clock, whatever it is called; never the only column of numbers."""
    free_ones = [c for c in free.columns if c.numbers is not None]
    if free.closed("time") or free.given["time"] is not None or not _few_ramps(free, free_ones):
        return None
    for c in free_ones:
        said = clock_numbers.unit_of(c.name) is not None and rough_steps(c)
        first = c is free_ones[0] and rough_steps(c)
        counts = is_row_number(c) or rolls_over(c) or (c.normalised_name in COUNTER and counts_round(c))
        if free.measured_beside(c) and (even_steps(c) or said or first) and not counts:
            free.drop(c)
            notes.append(
                f"Column {c.name[:30]!r} goes up evenly, so it is read as the clock. If it is measured, set time=-."
            )
            return c
    return None


def _few_ramps(free: FreeColumns, columns: Sequence[Column]) -> bool:
    """Whether the table has moments for rows, as far as columns that go up evenly tell."""
    if not free.table.named or not 2 <= len(columns) <= MOST_NAMED or numbered(columns):
        return False
    ramps = sum(even_steps(c) for c in columns)
    return ramps <= max(1, len(columns) // 2)


def _falls(c: Column) -> bool:
    return c.numbers is not None and bool((np.diff(c.numbers) < 0).any())


def _leave_counts(free: FreeColumns, time: Column | None, notes: list[str]) -> None:
    """Columns that only count the rows, whatever they are called."""
    free_ones = [c for c in free.columns if c.numbers is not None]
    given = {id(g) for g in free.given.values()}
    if not _few_ramps(free, free_ones):
        return
    for c in free_ones:
        begins = c.numbers is not None and c.numbers[0] in (0, 1)
        named = c.normalised_name in (*ROW_NUMBER, *COUNTER) or c.normalised_name.endswith(("_id", "_no", "number"))
        beside = time is not None and bool(set(c.normalised_name.split("_")) & COUNTING)
        counts = is_row_number(c) and (begins or named or beside or c is free.table.columns[0])
        round_ = rolls_over(c) or (time is not None and counts_round(c) and c.distinct > 16 and _falls(c))
        if id(c) not in given and c.size > 8 and (counts or round_) and free.measured_beside(c):
            free.drop(c)
            if not named:
                notes.append(f"Column {c.name[:30]!r} only counts the rows, so it was left out.")
