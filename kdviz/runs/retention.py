"""What a visitor of a shared host leaves behind: deleted at his word, or when he has not come for some days."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from kdviz.runs import links
from kdviz.runs.home import at, home, homes, root
from kdviz.runs.hosting import keep_days
from kdviz.runs.layout import FINAL, LOCK
from kdviz.runs.lock import is_held
from kdviz.runs.store import all_runs

SEEN, LEAVING = "seen", "leaving"
FRESH = 60.0


def seen() -> None:
    """The visitor who asks is here now."""
    mark = home() / SEEN
    if not mark.exists() or time.time() - mark.stat().st_mtime > FRESH:
        mark.touch()


def last_seen(place: Path) -> float:
    """When the visitor of a folder was here last, in seconds since the epoch."""
    mark = place / SEEN
    return (mark if mark.exists() else place).stat().st_mtime


def expire() -> list[Path]:
    """Delete all of whoever has not come for `keep_days`, unless a worker is busy for him; the folders that were."""
    oldest, gone = time.time() - keep_days() * 86400, []
    for place in homes():
        with contextlib.suppress(OSError):  # he deleted it himself just now
            if last_seen(place) < oldest and not _busy(place):
                forget(place)
                gone.append(place)
    shutil.rmtree(root() / LEAVING, ignore_errors=True)
    links.tidy()
    return gone


def forget(place: Path) -> None:
    """Delete a visitor's folder: out of reach at once, then file by file. Workers in it end at their next line."""
    with at(place):
        for run in all_runs():
            if not (run.folder / FINAL).exists():
                run.cancel()
    aside = root() / LEAVING
    aside.mkdir(mode=0o700, exist_ok=True)
    leaving = aside / f"{place.name}-{time.time_ns()}"
    place.rename(leaving)
    shutil.rmtree(leaving, ignore_errors=True)


def _busy(place: Path) -> bool:
    with at(place):
        return any(is_held(run.folder / LOCK) for run in all_runs() if not (run.folder / FINAL).exists())
