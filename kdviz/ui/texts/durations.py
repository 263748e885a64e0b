"""Spans and times of day in words, the latter in the visitor's own time zone."""

from __future__ import annotations

import datetime
import time
import zoneinfo

import streamlit as st

from kdviz.ui.texts.sentences import say

MINUTE, HOUR, DAY = 60, 3600, 86400


def span(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h 10 min`, `3 days`."""
    if seconds < 90:
        return say("span seconds", count=max(round(seconds), 1))
    if seconds < HOUR:
        return say("span minutes", count=round(seconds / MINUTE))
    if seconds < 2 * DAY:
        hours, rest = divmod(round(seconds / MINUTE), 60)
        return say("span hours and minutes", hours=hours, minutes=rest) if rest else say("span hours", hours=hours)
    return say("span days", count=round(seconds / DAY))


def at(moment: float) -> str:
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
