"""Less usual spellings of a moment (ctime, month names, CJK, quarters, durations), each turned into a plain one."""

from __future__ import annotations

import re
from collections.abc import Callable

from kdviz.data.tables import calendar_words as said

_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s*[AaPp]\.?\s?[Mm]\.?)?)"
_MONTH = r"(?P<month>[^\W\d_]{3,10})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>\d{4}|'\d{2})"
_WEEKDAY = re.compile(r"^[^\W\d_]{2,9}\.?,?\s+(?=\S+\s+\S)")
_ZONE = re.compile(r"(?<=[\d mM.])\s*(?:\(?(?:UTC|GMT|Z)\)?)?\s*(?P<sign>[+\-−])(?P<h>\d{1,2}):?(?P<m>\d{2})?$")
_ZONE_WORD = re.compile(r"(?<=[\d mM.])\s*(?P<word>[A-Z]{1,5})$")
_IN_BRACKETS = re.compile(r"\s*\([^()]{2,40}\)$")
_NAMED = (
    re.compile(rf"{_MONTH}[ \-]{_DAY},?[ \-]+{_YEAR}(?:(?:,|\s+at|-)?\s+{_CLOCK})?", re.I),
    re.compile(rf"{_DAY}[ \-/]{_MONTH},?[ \-/]{_YEAR}(?:(?:,?\s+|:){_CLOCK})?", re.I),
    re.compile(rf"{_MONTH}\s+{_DAY}\s+{_CLOCK}\s+{_YEAR}", re.I),
    re.compile(rf"{_YEAR}[ \-/]{_MONTH}[ \-/]{_DAY}(?:,?\s+{_CLOCK})?", re.I),
    re.compile(rf"{_CLOCK},?\s+{_DAY}[ \-/]{_MONTH}[ \-/]{_YEAR}", re.I),
)
_MONTH_YEAR = (
    re.compile(r"(?P<month>[^\W\d_]{3,10})\.?[ \-/,]{1,2}'?(?P<year>\d{4}|\d{2})", re.I),
    re.compile(r"'?(?P<year>\d{4}|\d{2})[ \-/](?P<month>[^\W\d_]{3,10})\.?", re.I),
    re.compile(r"(?P<month>\d{1,2})[./\-](?P<year>(?:1[89]|2[01])\d{2})"),
    re.compile(r"(?P<year>(?:1[89]|2[01])\d{2})\s?[./M\-](?P<month>\d{1,2})", re.I),
)
_QUARTERS = (
    re.compile(r"(?P<year>\d{4})[ \-:./]?[QT](?P<quarter>[1-4])", re.I),
    re.compile(r"[QT](?P<quarter>[1-4])[ \-:./']*(?P<year>\d{4})", re.I),
    re.compile(r"(?P<quarter>[1-4])[QT][ \-]?(?P<year>\d{4})", re.I),
)
_DASHED = re.compile(
    r"(?P<y>\d{4})[-_:./](?P<mo>\d{1,2})[-_:./](?P<d>\d{1,2})[-_ T:]+(?P<h>\d{1,2})[-_.:h](?P<m>\d{2})"
    r"(?:[-_.:m](?P<s>\d{2})(?:[.,_](?P<f>\d{1,9}))?s?)?"
)
_COMPACT = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<mo>\d{2})(?P<d>\d{2})(?:[ T_\-:]?(?P<h>\d{2}):?(?P<m>\d{2})"
    r"(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)"
)
_DAY_OF_YEAR = re.compile(r"(?P<y>\d{4})[-/ :](?P<n>\d{3})(?:[T :](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?")
_SPAN = re.compile(
    r"(?P<sign>[+-])?(?:(?P<d>\d{1,6})(?:\s*(?:days?|d)[,\s]*|\.(?=\d\d:)))?(?:\+?(?P<h>\d{1,6}):(?P<m>\d{2}):(?P<s>\d{2}(?:[.,]\d+)?))?"
)
_ISO_SPAN = re.compile(
    r"P(?:(?P<d>\d+(?:\.\d+)?)D)?(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_IN_LETTERS = re.compile(
    r"(?:(?P<h>\d{1,5})\s?h\s?)?(?:(?P<m>\d{1,2})\s?m(?:in)?\s?)(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s?s)?", re.I
)
_WITH_UNIT = re.compile(r"(?P<n>\d{1,15}(?:[.,]\d{1,9})?)\s*(?P<unit>[^\W\d_]{1,12})\.?", re.I)
_NET = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
MOST = 48


def read(cell: str, plain: Callable[[str], float]) -> float:
    """Seconds of a cell in a less usual spelling; `plain` reads "2024-02-29 13:05:09". NaN where it is none."""
    if found := _NET.fullmatch(cell):
        return int(found[1]) / 1000
    if not 4 <= len(cell) <= MOST or not any(c.isdigit() for c in cell):
        return duration(cell)
    text = " ".join(_IN_BRACKETS.sub("", cell.replace(",", ", ")).split()).replace(", ", ",")
    text = said.in_ascii(text.replace(",", ", ") if said.has_word(text) else text)
    text, shift = _zone(text)
    return next((v - shift for one in _rewritten(text) if (v := plain(one)) == v), duration(cell))


def _zone(text: str) -> tuple[str, float]:
    """The text without its zone, and how far that is ahead of UTC in seconds."""
    if ":" not in text:
        return text, 0.0
    if found := _ZONE.search(text):
        ahead = 3600.0 * int(found["h"]) + 60.0 * int(found["m"] or 0)
        return text[: found.start()].strip(), ahead if found["sign"] == "+" else -ahead
    ctime = re.search(r"\s(?P<word>[A-Z]{3,4})(?=\s\d{4}$)", text)
    found = ctime or _ZONE_WORD.search(text)
    if found and found["word"] in said.ZONES:
        return (text[: found.start()] + text[found.end() :]).strip(), 3600.0 * said.ZONES[found["word"]]
    return text, 0.0


def _rewritten(text: str) -> list[str]:
    """The plain spellings that a text may stand for."""
    out = [text]
    for bare in dict.fromkeys((text, _WEEKDAY.sub("", text))):
        out += [bare]
        for pattern in _NAMED:
            found = pattern.fullmatch(bare)
            if found and (month := said.month(found["month"])):
                out.append(f"{_full(found['year'])}-{month:02d}-{int(found['day']):02d} {found['clock'] or ''}".strip())
    for pattern in _MONTH_YEAR:
        if found := pattern.fullmatch(text):
            month = int(found["month"]) if found["month"].isdigit() else said.month(found["month"])
            out.append(f"{_full(found['year'])}-{month:02d}-01")
    for pattern in _QUARTERS:
        if found := pattern.fullmatch(text):
            out.append(f"{found['year']}-{3 * int(found['quarter']) - 2:02d}-01")
    for pattern in (_DASHED, _COMPACT):
        if found := pattern.fullmatch(text):
            seconds = f"{found['s'] or '00'}.{found['f'] or '0'}"
            out.append(f"{found['y']}-{int(found['mo']):02d}-{int(found['d']):02d} {found['h']}:{found['m']}:{seconds}")
    if (found := _DAY_OF_YEAR.fullmatch(text)) and 1 <= int(found["n"]) <= 366:
        month, day = said.of_year_day(int(found["y"]), int(found["n"]))
        out.append(f"{found['y']}-{month:02d}-{day:02d} {found['clock'] or ''}".strip())
    return out


def _full(year: str) -> str:
    """A year of two digits in full: 69 and later are of the last century."""
    short = year.strip("'")
    return short if len(short) == 4 else f"{'19' if int(short) >= 69 else '20'}{short}"


def duration(cell: str) -> float:
    """Seconds of a length of time: "0 days 00:00:00.02", "PT0.02S", "26:15:00", "20 ms"; NaN for anything else."""
    text = cell.strip()
    if not text or not text[-1].isalnum() or not any(c.isdigit() for c in text):
        return float("nan")
    found = _SPAN.fullmatch(text)
    if found and (found["d"] or found["h"]) and int(found["m"] or 0) < 60 and float((found["s"] or "0")[:2]) < 60:
        whole = 86_400.0 * int(found["d"] or 0) + 3600.0 * int(found["h"] or 0) + 60.0 * int(found["m"] or 0)
        whole += float((found["s"] or "0").replace(",", "."))
        return -whole if found["sign"] == "-" else whole
    if (found := _ISO_SPAN.fullmatch(text.upper())) and len(text) > 2:
        return sum(float(found[k] or 0) * n for k, n in (("d", 86_400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0)))
    if (found := _IN_LETTERS.fullmatch(text)) and (found["h"] or found["s"]):
        return 3600.0 * int(found["h"] or 0) + 60.0 * int(found["m"]) + float((found["s"] or "0").replace(",", "."))
    found = _WITH_UNIT.fullmatch(text)
    unit = said.unit(found["unit"]) if found else None
    return float(found["n"].replace(",", ".")) * unit if found and unit else float("nan")
