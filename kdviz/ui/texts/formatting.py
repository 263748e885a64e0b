"""What users and files bring is text: shown as it is, never as markup, and never endless.

What a file to save is called: readable, and never the same for two contents.

Streamlit tells large downloads apart by name, type, length and a part of their bytes; under one name a visitor could
be handed what was made for another.

Spans and times of day in words, the latter in the visitor's own time zone.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import time
import zoneinfo

import streamlit as st

from kdviz.core.plain_text import LONGEST as LONGEST
from kdviz.core.plain_text import one_line as one_line

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"


def text(given: object, most: int = LONGEST) -> str:
    """One line for Markdown: every punctuation mark stands for itself.

    An address becomes a link even where its marks are escaped; an invisible joiner inside it prevents that.
    """
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(_JOINER, one_line(given, most)))


def sentence(given: object) -> str:
    """A whole sentence for Markdown, such as an error's: it may quote a name from a file."""
    return text(given, 1000)


def file_name(stem: str, ending: str, content: bytes) -> str:
    """`stem` in plain letters, eight digits of the content's sha256, and the ending."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60] or "kdviz"
    return f"{plain}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}"


MINUTE, HOUR, DAY = 60, 3600, 86400


def span(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h 10 min`, `3 days`."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    if seconds < 2 * DAY:
        hours, rest = divmod(round(seconds / MINUTE), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(seconds / DAY)} days"


def at(moment: float) -> str:
    """A moment (seconds since the epoch) on the visitor's clock; with its day where that is another one."""
    zone, zoned = _zone()
    then = datetime.datetime.fromtimestamp(moment, zone)
    today = datetime.datetime.fromtimestamp(time.time(), zone).date()
    day = "" if then.date() == today else f"{then:%Y-%m-%d} "
    return f"{day}{then:%H:%M}{zoned}"


def _zone() -> tuple[datetime.tzinfo, str]:
    try:
        return zoneinfo.ZoneInfo(str(st.context.timezone)), ""
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return datetime.UTC, " UTC"
