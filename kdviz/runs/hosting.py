"""Whether this server is a shared host, and what a visitor may have there. On one's own machine nothing is limited."""

from __future__ import annotations

import os

from kdviz.errors import UserError

SWITCH, DAYS = "KDVIZ_HOSTED", "KDVIZ_KEEP_DAYS"
MOST_QUEUED = 3
MOST_RUNNING = 1
MOST_DATA_SETS = 8
MOST_BYTES = 256 << 20
MOST_BYTES_OF_ALL = 20 << 30
CACHE_GIGABYTES = "0.25"
WINDOWS, WINDOWS_AT_HOME = 8, 32


def hosted() -> bool:
    """Whether visitors who do not know each other share this server."""
    return os.environ.get(SWITCH, "") == "1"


def keep_days() -> float:
    """How many days after a visitor's last visit all of his is deleted; raises UserError where that is no number."""
    given = os.environ.get(DAYS, "7")
    try:
        days = float(given)
    except ValueError:
        days = 0.0
    if not 0 < days <= 3650:
        raise UserError(f"{DAYS} was {given[:20]!r}; allowed is a number of days above 0, at most 3650.")
    return days


def windows() -> int:
    """How many pages of one browser may be open at once."""
    return WINDOWS if hosted() else WINDOWS_AT_HOME
