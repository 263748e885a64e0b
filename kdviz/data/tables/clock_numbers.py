"""Clocks that are numbers, in seconds: units, epochs, days since some year; and the rate that follows from times."""

from __future__ import annotations

import re

import numpy as np

from kdviz.data.cells import Numbers
from kdviz.data.tables import calendar_words
from kdviz.data.tables.times import moment

_EPOCHS = (
    (1e-7, 1.15e17, 1.45e17), (1e-7, 6.2e17, 6.6e17),  # steps of 100 ns: since 1601 (Windows), since year 1 (.NET)
    (1e-9, 1e17, 1e19), (1e-6, 1e14, 1e16), (1e-3, 1e11, 1e13), (1.0, 5e8, 5e9),
)  # fmt: skip
SHARED = 0.4
AT_ONCE = 1_000_000
"""So many times are looked at together: the clock of a large recording is not copied whole."""
DAY_NUMBERS = frozenset(("jd", "bjd", "hjd", "mjd", "btjd", "tbjd", "julian date", "julian day", "datenum", "bkjd"))
_WITHIN = frozenset(("hour", "hours", "minute", "second", "day", "hr", "he", "h", "d", "min"))


def unit_of(name: str) -> float | None:
    """Seconds of the unit that a column's name says: "time_ms", "Zeit [s]", "t/min", "Elapsed (days)"; or None."""
    bare = name.strip().lower()
    if found := re.search(r"[\[(]\s*([^\[\]()]{1,14}?)\s*[\])]\s*$|[/,]\s*([^\W\d_]{1,12})$", bare):
        return calendar_words.unit(found[1] or found[2])
    if bare in DAY_NUMBERS:
        return 86_400.0
    parts = [p for p in re.split(r"[\W_]+", bare) if p]
    if "time" in parts and "of" in parts:
        return None
    if bare in _WITHIN:  # a part of a date, not a clock that goes on
        return None
    return next((u for p in reversed(parts) if (u := calendar_words.unit(p)) is not None), None)


def from_numbers(values: Numbers, name: str, unit: str = "") -> tuple[Numbers, bool]:
    """Seconds, and whether the unit is known: from the unit or the name, or because the values are an epoch."""
    said = calendar_words.unit(unit) if unit else None
    factor = said or unit_of(name) or _whole_unit(values, name)
    if factor is not None:
        return values * factor, True
    dates = from_digits(values)
    if dates is not None:
        return dates, True
    finite = _finite(values)
    if not finite.size:
        return values, False
    if (epoch := epoch_of(finite)) is not None:
        return values * epoch, True
    steps = np.diff(finite[:AT_ONCE])
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    kind = _in_days(finite, step)
    if kind is not None:
        return values * 86_400.0, kind
    return values, 0 < step < 1


def _whole_unit(values: Numbers, name: str) -> float | None:
    """Seconds of "min", "h" or "d" where the numbers under it have fractions: a clock, and no part of a date."""
    if name.strip().lower() not in _WITHIN:
        return None
    finite = values[np.isfinite(values)]
    whole = not finite.size or bool((finite == np.round(finite)).all())
    return None if whole else calendar_words.unit(name)


def _finite(values: Numbers) -> Numbers:
    """The values that are there: the same where all are, so that a long clock is not copied."""
    there = np.isfinite(values)
    return values if there.all() else values[there]


def epoch_of(finite: Numbers) -> float | None:
    """Seconds of the unit in which values count from 1970; None where their size says that they do not."""
    middle = float(np.median(finite[:: 1 + finite.size // AT_ONCE])) if finite.size else 0.0
    return next((unit for unit, low, high in _EPOCHS if low <= middle < high and _moves(finite)), None)


def whole_seconds(values: Numbers | None) -> bool:
    """Whether numbers are seconds since 1970 without fractions, each for several rows."""
    if values is None or values.size <= 8 or not np.isfinite(values).all() or epoch_of(values) != 1.0:
        return False
    steps = np.diff(values)
    return bool((values == np.round(values)).all() and ((steps == 0) | (steps == 1)).mean() > 0.99)


def _in_days(finite: Numbers, step: float) -> bool | None:
    """Whether fractions of a day since 1900 (Excel), of year 0 (MATLAB) or Julian days; False: maybe; None: no."""
    middle = float(np.median(finite))
    if not 0 < step < 1:
        return None
    if any(low <= middle < high for low, high in ((693_000, 800_000), (2_400_000, 2_500_000))):
        return True
    if not 20_000 <= middle < 80_000:
        return None
    seconds = step * 86_400
    even = abs(seconds - round(seconds, 1 if seconds < 10 else 0)) < 0.02 * min(1.0, seconds)
    plain = abs(step - float(f"{step:.2g}")) < 1e-4 * step
    if plain and not (even and step in (0.125, 0.25, 0.5)):
        return None
    return even and not plain


def from_digits(values: Numbers) -> Numbers | None:
    """Dates written as one number, 20240131 or 20240131235959, as seconds; None where one is no date."""
    if not values.size or not np.isfinite(values).all() or not _moves(values):
        return None
    width = len(str(int(abs(values[0]))))
    if width in (17, 20):
        inside = 10.0 ** (width - 14)
        first = np.floor(values / inside + 0.005)  # so many digits are more than a float holds
        whole = from_digits(first)
        return (
            None if whole is None else whole + np.maximum(np.round(values / inside - first, 2 if width == 20 else 3), 0)
        )
    if width not in (8, 10, 12, 14) or (values != np.round(values)).any() or values.min() < 19 * 10 ** (width - 2):
        return None
    known, inverse = np.unique(values, return_inverse=True)
    text = (str(int(v)) for v in known)
    parts = [(int(t[:4]), *(int(t[i : i + 2]) for i in range(4, width, 2))) for t in text if len(t) == width]
    found = np.array([moment(*p) if p[0] < 2200 else np.nan for p in parts])
    return found[inverse.reshape(-1)] if len(found) == len(known) and np.isfinite(found).all() else None


def _moves(values: Numbers) -> bool:
    """A clock goes on: an epoch that never changes is no time."""
    return values.size < 2 or bool(values[-1] != values[0])


def rate_of(times: Numbers) -> float | None:
    """Samples per second from the mean of the usual steps between times (gaps aside); None where there are none.

    Rows that share a time count as many samples of its step, as packets and whole seconds write them.
    """
    there = _finite(times)
    if shared(there):
        return _rate_of_shared(there)
    usual, total, count = 0.0, 0.0, 0
    for at in range(0, there.size - 1, AT_ONCE):
        steps = np.diff(there[at : at + AT_ONCE + 1])
        steps = steps[steps > 0]
        usual = usual or (float(np.median(steps)) if steps.size else 0.0)
        steps = steps[(steps > 0.5 * usual) & (steps < 1.5 * usual)]
        total, count = total + float(np.sum(steps)), count + steps.size
    step = total / count if count else usual
    return _round(1.0 / step if step > 0 else 0.0)


def shared(times: Numbers) -> bool:
    """Whether rows share their time with the row before as a rule, not by accident."""
    there = _finite(times)
    if there.size < 9:
        return False
    same, on = 0, False
    for at in range(0, there.size - 1, AT_ONCE):
        steps = np.diff(there[at : at + AT_ONCE + 1])
        same, on = same + int((steps == 0).sum()), on or bool((steps > 0).any())
    return same / (there.size - 1) >= SHARED and on


def _rate_of_shared(there: Numbers) -> float | None:
    first = np.concatenate([[0], np.flatnonzero(np.diff(there) != 0) + 1])
    rows, steps = np.diff(first), np.diff(there[first])
    rows, steps = rows[steps > 0], steps[steps > 0]
    usual = float(np.median(steps))
    fits = (steps > 0.5 * usual) & (steps < 1.5 * usual)
    if fits.sum() > 3:
        fits[0] = False  # the first packet may have begun before the file
    return _round(float(rows[fits].sum() / steps[fits].sum())) if fits.any() else None


def _round(rate: float) -> float | None:
    nearest = round(rate)
    if nearest >= 1 and abs(rate - nearest) < 0.005 * rate:
        return float(nearest)
    return float(f"{rate:.10g}") if 0 < rate < 1e9 else None
