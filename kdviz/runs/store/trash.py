"""Deleting is moving aside: a run lies in the trash, whole, until it is taken back or its days are over."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.files import is_held, private
from kdviz.runs.store.home import home, run_folder
from kdviz.runs.store.run import LOCK, OPENED, Run, open_run

DAYS = 7
NAME = re.compile(r"([0-9a-f]{32})-(\d{10,20})")


@dataclass(frozen=True)
class Discarded:
    """A run in the trash; `at` in seconds since the epoch."""

    run: Run
    identity: str
    at: float

    @property
    def key(self) -> str:
        """What it is called here."""
        return self.run.folder.name


def discard(run: Run) -> Discarded:
    """Move a run of the home into the trash; raises UserError while a worker has it."""
    folder = run_folder(run.folder.name)
    open_run(folder)
    if is_held(folder / LOCK):
        raise UserError("A worker trains this run just now: stop it first, then delete it.")
    at = time.time_ns()
    place = private(_bin()) / f"{folder.name}-{at}"
    folder.rename(place)
    return Discarded(Run(place), folder.name, at / 1e9)


def take_back(key: str) -> Run:
    """Put a run back where it was; raises UserError where it is gone, or one like it was made since."""
    named, folder = NAME.fullmatch(key), _bin() / key
    if named is None or not folder.is_dir():
        raise UserError("This run is not in the trash any more.")
    place = run_folder(named.group(1))
    if place.exists():
        raise UserError("A run of the same recipe was made since: delete that one first.")
    folder.rename(place)
    OPENED.add(home())  # it may wait for a worker
    return Run(place)


def discarded() -> list[Discarded]:
    """What lies in the trash, latest first."""
    named = [(p, NAME.fullmatch(p.name)) for p in _bin().glob("*")]
    found = [Discarded(Run(p), m.group(1), int(m.group(2)) / 1e9) for p, m in named if m]
    return sorted(found, key=lambda d: d.at, reverse=True)


def purge(days: float = DAYS) -> int:
    """Remove for good what has lain longer than so many days; how many runs that were."""
    old = [d for d in discarded() if d.at <= time.time() - days * 86400]
    for each in old:
        shutil.rmtree(each.run.folder, ignore_errors=True)
    return len(old)


def _bin() -> Path:
    return home() / "trash"
