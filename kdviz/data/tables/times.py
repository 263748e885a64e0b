"""Times as files write them out, in seconds: ISO, day or month first, the time of day."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from kdviz.data.cells import Numbers
from kdviz.data.tables import time_forms

_DATE = r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2}|[A-Za-z]{3,9})[-/.](?P<c>\d{1,4})"
_NO_SPAN = r"(?!\d{1,6}\.\d\d:\d\d:\d\d)"  # 1.10:00:00 is a day and ten hours
_HALF = r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
_CLOCK = _NO_SPAN + r"(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?" + _HALF
_FULL = re.compile(rf"{_DATE}(?:[T ,;]+{_CLOCK})?\s*(?:Z|UTC|GMT)?")
_PLAIN_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?")
_CLOCK_ONLY = re.compile(_CLOCK)
_MINUTES = re.compile(r"(\d{1,4}):(\d{2}\.\d{1,9})")
_ZONE = re.compile(r":\d\d(?:[.,]\d+)?[ ]?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
_FRAMES = re.compile(r"(\d\d):(\d\d):(\d\d)[:;](\d\d)")
FRAME_RATES = (24, 25, 30, 48, 50, 60)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: i for i, m in enumerate(_MONTH_NAMES, 1)}
ENOUGH = 0.9


def from_words(cells: Sequence[str]) -> Numbers | None:
    """Seconds since 1970 (UTC where no zone is said), NaN where unreadable; None where most are no times."""
    if (whole := _frames(cells)) is not None:
        return whole
    for order in ("iso", "day", "month"):
        few = _read(list(islice((c for c in cells if c), 60)), order)
        if few.size and np.isfinite(few).mean() >= ENOUGH:
            whole = _read(cells, order)
            if order == "day" and _better_month_first(cells, whole):
                return _read(cells, "month")
            return whole
    return None


def _frames(cells: Sequence[str]) -> Numbers | None:
    """Seconds of a film's time code, 01:00:02:24, whose last part counts frames; None where that are hundredths."""
    if not cells or not all(_FRAMES.fullmatch(c.strip()) for c in islice(cells, 20)):
        return None
    found = [_FRAMES.fullmatch(c.strip()) for c in cells]
    parts = np.array([[int(g) for g in f.groups()] for f in found if f is not None])
    if len(parts) != len(cells) or (rate := int(parts[:, 3].max()) + 1) not in FRAME_RATES:
        return None
    seconds = parts[:, :3] @ np.array([3600, 60, 1])
    turns = np.flatnonzero(np.diff(seconds) > 0)
    if not turns.size or parts[turns + 1, 3].max() > 2:  # hundredths too go on to 24 in a short text, but end there
        return None
    return np.asarray(seconds + parts[:, 3] / rate, np.float64)


def _better_month_first(cells: Sequence[str], day_first: Numbers) -> bool:
    """03/04/2024 may be either; the reading that leaves fewer gaps and steps back is right."""
    other = _read(cells, "month")
    return _faults(other) < _faults(day_first)


def _faults(times: Numbers) -> int:
    steps = np.diff(times[np.isfinite(times)])
    return int((~np.isfinite(times)).sum() + (steps < 0).sum() + (steps > 20 * 86_400).sum())


def _read(cells: Sequence[str], order: str) -> Numbers:
    if order == "iso" and (whole := alike(cells)) is not None:
        return whole
    known: dict[str, float] = {}
    out = np.empty(len(cells), np.float64)
    for i, cell in enumerate(cells):
        value = known.get(cell)
        if value is None:
            value = _iso(cell) if order == "iso" else _written(cell, order)
            if len(known) < 100_000:
                known[cell] = value
        out[i] = value
    return out


def alike(cells: Sequence[str]) -> Numbers | None:
    """All at once where every cell is a plain ISO time without a zone: that is fifty times as fast."""
    if not cells or not all(map(_PLAIN_ISO.fullmatch, islice(cells, 20))):
        return None
    if min(map(len, cells)) < 10 or not all(map(str.isascii, cells)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a zone in a later cell is applied, which NumPy warns of
            return np.array(cells).astype("datetime64[us]").astype(np.int64) / 1e6
    except ValueError:
        return None


def zones(cells: Sequence[str], most: int = 2_000) -> set[str]:
    """The time zones that are said in some of the cells; "" for cells that say none."""
    some = (c.strip() for c in cells[:: max(1, len(cells) // most)] if c)
    return {found[1] if (found := _ZONE.search(c)) else "" for c in some}


def moment(year: float, month: float, day: float, hour: float = 0, minute: float = 0, second: float = 0) -> float:
    """Seconds since 1970 of a calendar date, NaN where there is no such date."""
    try:
        start = datetime(int(year), int(month), int(day), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return np.nan
    inside = 0 <= hour <= 24 and 0 <= minute < 60 and 0 <= second <= 60
    return start + 3600 * hour + 60 * minute + second if inside else np.nan


def _iso(cell: str) -> float:
    if len(cell) < 8 or not cell[:4].isdigit() or (len(cell) == 8 and cell.isdigit()):
        return _iso_compact(cell)
    try:
        return _stamp(datetime.fromisoformat(cell.strip()))
    except ValueError:
        return _written(cell, "iso")


def _iso_compact(cell: str) -> float:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", cell.strip())
    if found and 1 <= int(found[2]) <= 12:
        return _stamp(datetime(int(found[1]), int(found[2]), 1))
    return np.nan if cell.isdigit() else _written(cell, "iso")


def _stamp(moment: datetime) -> float:
    return moment.timestamp() if moment.tzinfo else moment.replace(tzinfo=UTC).timestamp()


def _written(cell: str, order: str) -> float:
    cell = cell.strip()
    value = _plain(cell, order)
    return value if value == value else time_forms.read(cell, lambda text: _plain(text, order))


def _plain(cell: str, order: str) -> float:
    found = _FULL.fullmatch(cell)
    date = _date(found, order) if found else np.nan
    if found is None or date != date:
        return _of_day(cell)
    return date + (_seconds(found) if found["h"] else 0.0)


def _of_day(cell: str) -> float:
    """Hours, minutes and seconds, or minutes and seconds with a fraction, as seconds."""
    clock = _CLOCK_ONLY.fullmatch(cell) if ":" in cell or cell.count(".") == 2 else None
    if clock:
        return _seconds(clock)
    short = _MINUTES.fullmatch(cell)
    return 60.0 * int(short[1]) + float(short[2]) if short else np.nan


def _date(found: re.Match[str], order: str) -> float:
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) == 4:
        year, month, day = a, b, c
    elif order == "month":
        year, month, day = c, a, b
    else:
        year, month, day = c, b, a
    try:
        full = int(year) + (2000 if len(year) <= 2 else 0)
        number = _MONTHS[month[:3].lower()] if not month.isdigit() else int(month)
        return datetime(full, number, int(day), tzinfo=UTC).timestamp()
    except (ValueError, KeyError, OverflowError):
        return np.nan


def _seconds(found: re.Match[str]) -> float:
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    half = (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 24 or minute > 59 or second > 60:
        return np.nan
    return hour * 3600 + minute * 60 + second + float(f"0.{found['f'] or 0}")


def of_day(cells: Sequence[str]) -> bool:
    """Whether cells say the time of day only, and no date."""
    there = [c.strip() for c in cells if c.strip()]
    return bool(there) and all(_CLOCK_ONLY.fullmatch(c) for c in there)
