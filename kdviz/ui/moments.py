"""Spans and times of day in words, the latter in the visitor's own time zone."""

from __future__ import annotations

import datetime
import time
import zoneinfo

import streamlit as st

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
