"""Every sentence of the app, from one table a page in the folder `en`; a translation is another such folder.

Spans of time and times of day in words too, the latter in the visitor's own time zone.
"""

from __future__ import annotations

import datetime
import time
import tomllib
import zoneinfo
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from kdviz.ui.texts.formatting import Markdown, one_line, text

__all__ = [
    "LENS",
    "ON_BOARD",
    "SENTENCES",
    "STUDENTS",
    "TABLES",
    "Markdown",
    "clock_time",
    "counted",
    "merged",
    "say",
    "say_plain",
    "students",
    "time_span",
]

HERE = Path(__file__).parent / "en"
TABLES: dict[str, dict[str, str]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.toml"))
}
LENS = TABLES.pop("lens")
"""What the linked lens says by itself in the browser, where its numbers are filled in."""
ON_BOARD = TABLES.pop("board")
"""The same of the board of evidence."""
STUDENTS = ("signal", "fusion")
LONGEST_VALUE = 300
LONGEST_LINE = 10_000
MINUTE, HOUR, DAY = 60, 3600, 86400


def merged(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """All tables as one; raises ValueError where two of them hold one key."""
    whole: dict[str, str] = {}
    for name, table in tables.items():
        if twice := sorted(whole.keys() & table.keys()):
            raise ValueError(f"{name}.toml says again what another table says already: {', '.join(twice)}.")
        whole |= table
    return whole


SENTENCES = merged(TABLES)


def say(key: str, /, **values: object) -> str:
    """A sentence as Markdown; text among `values` is shown as it is, never as markup, unless it is Markdown itself."""
    return Markdown(SENTENCES[key].format(**{name: _escaped(value) for name, value in values.items()}))


def say_plain(key: str, /, **values: object) -> str:
    """A sentence for places that take no markup: alternative texts, options of lists, heads of tables."""
    given = {name: one_line(v, LONGEST_LINE) if isinstance(v, str) else v for name, v in values.items()}
    return SENTENCES[key].format(**given)


def _escaped(value: object) -> object:
    return text(value, LONGEST_VALUE) if isinstance(value, str) and not isinstance(value, Markdown) else value


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 class`, `1,029 classes`; both forms stand in the table, under `count NOUN`."""
    one, _, several = SENTENCES[f"count {noun}"].partition(" | ")
    return Markdown((one if count == 1 else several).format(count=count))


def students() -> dict[str, str]:
    """What a student sees, by its kind."""
    return {kind: say(f"sees {kind}") for kind in STUDENTS}


def time_span(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h 10 min`, `3 days`."""
    if seconds < 90:
        return say("span seconds", count=max(round(seconds), 1))
    if seconds < HOUR:
        return say("span minutes", count=round(seconds / MINUTE))
    if seconds < 2 * DAY:
        hours, rest = divmod(round(seconds / MINUTE), 60)
        return say("span hours and minutes", hours=hours, minutes=rest) if rest else say("span hours", hours=hours)
    return say("span days", count=round(seconds / DAY))


def clock_time(moment: float) -> str:
    """A moment (seconds since the epoch) on the visitor's clock; with its day where that is another one."""
    zone, zoned = _zone()
    then = datetime.datetime.fromtimestamp(moment, zone)
    today = datetime.datetime.fromtimestamp(time.time(), zone).date()
    return say("at hour" if then.date() == today else "at day and hour", moment=then) + zoned


def _zone() -> tuple[datetime.tzinfo, str]:
    try:
        return zoneinfo.ZoneInfo(str(st.context.timezone)), ""
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return datetime.UTC, " UTC"
