"""Seconds of each row: a time of day that passes midnight, a date beside a clock, a calendar in columns of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data.cells import Numbers
from kdviz.data.columns import Column
from kdviz.data.tables import clock_numbers, times

DAY = 86_400.0
NOON = DAY / 2
HOUR = 3_600.0
BEFORE_DATES = -2_200_000_000


def seconds_of(column: Column | None) -> tuple[Numbers | None, bool, str]:
    """Seconds of each row, whether their unit is sure, and sentences about what could not be read or was added."""
    if column is None:
        return None, False, ""
    if column.words is None:
        values = column.numbers if column.numbers is not None else np.zeros(0)
        if column.is_clock:
            return values, True, ""
        seconds, sure = clock_numbers.from_numbers(values, column.name, column.unit)
        return seconds, sure, ""
    written = list(column.words)
    found = times.from_words(written)
    if found is None:
        raise FileError(f"Column {column.name[:40]!r} holds no times that can be read (first: {written[0][:40]!r}).")
    said = [_zoned(written), _unread(found, written)]
    if times.of_day(written[:200]):
        found, sentence = over_midnight(found, no_half(written))
        said.append(sentence)
    elif not any(times.zones(written)):
        found, sentence = summer_over(found)
        said.append(sentence)
    return found, True, " ".join(s for s in said if s)


def _zoned(written: Sequence[str]) -> str:
    there = sorted(times.zones(written))
    if len(there) < 2:
        return ""
    said = ", ".join(z or "none" for z in there[:4])
    return f"Times are in several zones ({said}); they were read as UTC, and those without a zone too."


def _unread(seconds: Numbers, written: Sequence[str]) -> str:
    bad = np.flatnonzero(~np.isfinite(seconds))
    if not bad.size:
        return ""
    first = int(bad[0])
    return (
        f"{bad.size:,} of {len(written):,} times could not be read (first: row {first + 1}, {written[first][:40]!r}); "
        "those rows keep their place."
    )


def summer_over(seconds: Numbers) -> tuple[Numbers, str]:
    """Local times that once go back by an hour, as at the end of summer time, counted on; and a sentence."""
    steps = np.diff(seconds)
    back = np.flatnonzero(steps < 0)
    if back.size != 1 or not np.isfinite(seconds).all():
        return seconds, ""
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    at = int(back[0])
    if (
        not _late_in_season(float(seconds[at]))
        or not 0 < usual <= HOUR / 2
        or abs(steps[at] + HOUR - usual) > max(1.0, 0.5 * usual)
        or at + 1 < HOUR / usual
    ):
        return seconds, ""
    out = seconds.copy()
    out[at + 1 :] += HOUR
    return (
        out,
        f"The clock goes back by one hour, as at the end of summer time (row {at + 2}); the rows keep their order.",
    )


def _late_in_season(moment: float) -> bool:
    """Whether summer time may end then, north or south: from late September to early November, or in spring there."""
    month = int(np.datetime64(int(moment), "s").astype("datetime64[M]").astype(int)) % 12 + 1
    return month in (3, 4, 9, 10, 11)


def no_half(written: Sequence[str]) -> bool:
    """Whether a clock of twelve hours may lack its AM and PM: no hour is 0 or over 12."""
    hours = {c.strip().split(":")[0] for c in written if ":" in c}
    halves = any(c.strip()[-1:].lower() == "m" for c in written[:20])
    return not halves and all(h.isdigit() and 1 <= int(h) <= 12 for h in hours)


def over_midnight(seconds: Numbers, half: bool = False) -> tuple[Numbers, str]:
    """A time of day that goes on over midnight (`half`: over noon too, where AM and PM are not said), and a sentence.

    Rows that stand from last to first are counted from their end.
    """
    there = np.flatnonzero(np.isfinite(seconds))
    steps = np.diff(seconds[there])
    if not steps.size or not (steps < 0).any():
        return seconds, ""
    if (steps < 0).mean() > 0.5:
        turned, said = over_midnight(seconds[::-1], half)
        return turned[::-1], said
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    back = steps < -max(60.0, 5 * usual)
    if not back.any() or back.mean() > 0.5:
        return seconds, ""
    whole = NOON if half and (np.abs(steps[back] + NOON) <= max(60.0, 5 * usual)).any() else DAY
    days = np.concatenate([[0.0], np.cumsum(np.where(back, whole, 0.0))])
    out = seconds.copy()
    out[there] += days
    first = int(there[np.flatnonzero(back)[0] + 1]) + 1
    what = "noon or midnight" if whole == NOON else "midnight"
    return (
        out,
        f"The time of day passes {what} {int(back.sum()):,} times (first: row {first}); the rows keep their order.",
    )


def days_of(column: Column) -> Numbers | None:
    """Seconds at the beginning of each row's day, where a column holds dates and nothing else; else None."""
    if column.numbers is not None:
        return _days_in_digits(column.numbers)
    written = list(column.words) if column.words is not None else []
    if not any(c.strip() for c in written[:50]) or times.of_day(written[:50]):
        return None
    few = times.from_words(written[:200])
    if few is None or not _are_days(few):
        return None
    whole = times.from_words(written)
    return whole if whole is not None and _are_days(whole) else None


def _are_days(seconds: Numbers) -> bool:
    there = seconds[np.isfinite(seconds)]
    return bool(there.size and (there % DAY == 0).all() and (np.abs(there) > 400 * DAY).any())


def _days_in_digits(values: Numbers) -> Numbers | None:
    if not values.size or not np.isfinite(values).all() or (values != np.round(values)).any():
        return None
    if values.min() < 1900_01_01 or values.max() > 2200_12_31:
        return None
    known, inverse = np.unique(values, return_inverse=True)
    if known.size > 100_000:
        return None
    found = np.array([times.moment(v // 10_000, v // 100 % 100, v % 100) for v in known])
    return found[inverse.reshape(-1)] if np.isfinite(found).all() else None


def clock_of(column: Column, days: Numbers) -> Numbers | None:
    """Seconds since midnight, where a column beside dates holds the time of day; numbers must go on with them."""
    if column.words is not None:
        written = list(column.words)
        if times.of_day(written[:200]):
            return times.from_words(written)
        few = [w for w in written[:200] if w.strip()]
        digits = bool(few) and all(w.strip().isdigit() and len(w.strip()) == len(few[0].strip()) for w in few)
        if digits and len(few[0].strip()) in (4, 6):
            return _in_digits(np.array([float(w) if w.strip().isdigit() else np.nan for w in written]), days)
        found = times.from_words(written[:200])
        empty = found is not None and bool((found[np.isfinite(found)] < BEFORE_DATES).all())
        whole = times.from_words(written) if empty else None  # 1899-12-30 10:00:00: a workbook's time without a date
        return None if whole is None else whole % DAY
    return _in_digits(column.numbers, days) if column.numbers is not None else None


def _in_digits(values: Numbers, days: Numbers) -> Numbers | None:
    """Seconds of hours (9), hours and minutes (930) or seconds too (93000), where they rise in each day; else None."""
    there = values[np.isfinite(values)]
    if there.size < 3 or there.min() < 0 or (there != np.round(there)).any() or there.max() > 240_000:
        return None
    if there.max() <= 24:
        seconds = 3600.0 * values
    elif there.max() <= 2400 and (there % 100 < 60).all():
        seconds = 3600.0 * (values // 100) + 60.0 * (values % 100)
    elif (there % 100 < 60).all() and (there // 100 % 100 < 60).all():
        seconds = 3600.0 * (values // 10_000) + 60.0 * (values // 100 % 100) + values % 100
    else:
        return None
    whole = days + seconds
    steps = np.diff(whole[np.isfinite(whole)])
    change = np.diff(values) != 0
    return seconds if steps.size and (steps >= 0).mean() > 0.99 and change.mean() > 0.3 else None


def with_fraction(seconds: Numbers, column: Column) -> Numbers | None:
    """Whole seconds with the fractions that another column counts within each of them; None where it does not."""
    values = column.numbers
    if values is None or values.size < 9 or not np.isfinite(values).all() or not np.isfinite(seconds).all():
        return None
    if (seconds != np.round(seconds)).any() or not (np.diff(seconds) == 0).mean() > 0.4 or values.min() < 0:
        return None
    top = float(values.max())
    full = next((n for n in (1.0, 1e3, 1e6, 1e9) if top < n), None)
    if full is None or top < 0.4 * full or (full > 1 and not column.is_whole):
        return None
    whole = seconds + values / full
    return whole if (np.diff(whole) > 0).mean() > 0.99 else None


def joined(days: Numbers, clock: Numbers, half: bool = False) -> tuple[Numbers, str]:
    """Dates and times of day as one clock; a date that only says when a recording began goes on over midnight."""
    whole = days + clock
    steps = np.diff(whole[np.isfinite(whole)])
    if np.unique(days[np.isfinite(days)]).size == 1 and (steps < 0).any():
        return over_midnight(whole, half)
    return whole, ""


def calendar(parts: Sequence[Numbers | None]) -> Numbers:
    """(rows,) seconds from year, month, day (or day of the year, month None), hour, minute and second; NaN for none."""
    year, month, day, hour, minute, second = ([*parts, None, None, None])[:6]
    if year is None:
        return np.zeros(0)
    rows = year.size
    whole = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
    ones = np.ones(rows)
    first = np.stack([whole, ones if month is None else month, ones if month is None or day is None else day], axis=1)
    known, inverse = np.unique(first, axis=0, return_inverse=True)
    found = np.array([times.moment(*row) if np.isfinite(row).all() else np.nan for row in known])[inverse.reshape(-1)]
    if month is None and day is not None:
        found = found + DAY * (day - 1)
    hours = np.zeros(rows) if hour is None else hour
    if hour is not None and minute is None and np.nanmax(hour, initial=0) > 24:
        hours = hour // 100 + hour % 100 / 60  # 930 is half past nine
    for part, unit in ((hours, 3600.0), (minute, 60.0), (second, 1.0)):
        found = found if part is None else found + unit * part
    return np.asarray(found, np.float64)
