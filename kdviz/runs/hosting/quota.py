"""What a visitor of a shared host may keep, and how what he leaves behind is deleted."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.files import is_held
from kdviz.runs.engine.queue import wanted
from kdviz.runs.hosting import share_links
from kdviz.runs.index.run_facts import bytes_of_runs, unended
from kdviz.runs.store.datasets import store
from kdviz.runs.store.home import (
    MOST_BYTES,
    MOST_BYTES_OF_ALL,
    MOST_DATA_SETS,
    MOST_QUEUED,
    at,
    home,
    homes,
    hosted,
    keep_days,
    refuse_full_disk,
    root,
)
from kdviz.runs.store.lineage import size
from kdviz.runs.store.run import FINAL, LOCK, WAITING, all_runs

MB = 1 << 20
KEPT = ("datasets", "uploads", "sweeps", "trash")
"""Beside the runs, whose bytes the index knows."""
SEEN, LEAVING = "seen", "leaving"
FRESH = 60.0


def kept() -> int:
    """Bytes of all that the visitor has here, but for what can be computed again."""
    return bytes_of_runs() + sum(size(home() / name) for name in KEPT)


def refuse_more(coming: int = 0) -> None:
    """Raise UserError where `coming` bytes more are too many: for the visitor, for the host, or for the disk."""
    if not hosted():
        return
    refuse_full_disk(root())
    now = kept()
    if now + coming > MOST_BYTES:
        raise UserError(
            f"You keep {now / MB:.0f} MB here, and this needs {coming / MB:.0f} MB more; allowed are "
            f"{MOST_BYTES / MB:.0f} MB. Delete data on the Data page, or runs on the Runs page and empty the trash."
        )
    if size(root()) + coming > MOST_BYTES_OF_ALL:
        raise UserError("This host is full. Come back when others' data have expired, or run kdviz yourself.")


def refuse_more_data() -> None:
    """Raise UserError where the visitor keeps as many data sets as he may."""
    if hosted() and len(store().list()) >= MOST_DATA_SETS:
        raise UserError(
            f"You keep {MOST_DATA_SETS} data sets here already, which is as many as you may. "
            "Delete one below on the Data page, then drop the file again."
        )


def refuse_archive(unpacked: int, fresh_data: bool) -> None:
    """Raise UserError where an archive's bytes, or its data set, are more than the visitor may keep."""
    refuse_more(unpacked)
    if fresh_data:
        refuse_more_data()


def refuse_more_runs() -> None:
    """Raise UserError where as many of the visitor's runs wait as may."""
    if not hosted():
        return
    if sum(wanted(r) and r.state in WAITING for r in unended()) >= MOST_QUEUED:
        raise UserError(f"{MOST_QUEUED} of your runs wait already. Start the next when one of them has begun.")


def touch_visit() -> None:
    """The visitor who asks is here now; nothing is noted of one who keeps nothing here."""
    mark = home() / SEEN
    if home().is_dir() and (not mark.exists() or time.time() - mark.stat().st_mtime > FRESH):
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
    share_links.tidy()
    return gone


def forget(place: Path) -> None:
    """Delete a visitor's folder: out of reach at once, then file by file. Workers in it end at their next line."""
    if not place.is_dir():
        return
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
        return any(is_held(run.folder / LOCK) for run in unended() if not (run.folder / FINAL).exists())
