"""Sweeps that the app brings to their end: which they are stands in their folders, so that a restart changes nothing.

The supervisor asks what is to be started next; what others stand on comes first. No torch.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

from kdviz.errors import UserError
from kdviz.runs.files import write_json
from kdviz.runs.home import run_folder
from kdviz.runs.layout import CANCEL, DRIVEN
from kdviz.runs.store import Run, read_record
from kdviz.runs.sweep import Sweep, open_sweep, sweeps_home
from kdviz.runs.sweep_progress import ENDED


def drive(sweep: Sweep, seconds: float | None = None) -> None:
    """Let the app bring a sweep to its end; after so many seconds it starts no more runs."""
    sweep.revive()
    write_json(sweep.folder / DRIVEN, {"until": None if seconds is None else time.time() + seconds})


def release(sweep: Sweep) -> None:
    """Start nothing more of it, and stop what runs unless another sweep wants it too; what was learned is kept."""
    (sweep.folder / CANCEL).touch()
    (sweep.folder / DRIVEN).unlink(missing_ok=True)
    wanted = {i for other in driven() if other.folder != sweep.folder for i in other.runs()}
    for identity, run in sweep.runs().items():
        if identity not in wanted and run.folder.is_dir() and run.final is None:
            run.cancel()


def until(sweep: Sweep) -> float:
    """When the app starts no more runs of it, in seconds since the epoch: for ever on, or never where it does not."""
    try:
        found = read_record(sweep.folder / DRIVEN).get("until")
    except UserError:
        return -math.inf
    return float(found) if isinstance(found, int | float) else math.inf


def is_driven(sweep: Sweep) -> bool:
    """Whether the app starts runs of it now."""
    return not sweep.cancelled and time.time() < until(sweep)


def driven() -> Iterator[Sweep]:
    """The sweeps that the app brings to their end now, first begun first."""
    for path in sorted(sweeps_home().glob(f"*/{DRIVEN}"), key=_began):
        try:
            found = open_sweep(path.parent)
        except UserError:
            continue
        if is_driven(found):
            yield found


class Drivers:
    """Which runs of sweeps to start next; what has ended once is not looked at again."""

    def __init__(self) -> None:
        self.opened: dict[Path, tuple[float, Sweep]] = {}
        self.ended: set[str] = set()

    def wanted(self, most: int) -> list[Run]:
        """At most so many runs of each sweep that can start now."""
        found = [run for sweep in self._sweeps() for run in self._next(sweep, most)]
        return list({run.folder.name: run for run in found}.values())

    def _sweeps(self) -> Iterator[Sweep]:
        for path in sorted(sweeps_home().glob(f"*/{DRIVEN}"), key=_began):
            mark, known = _began(path), self.opened.get(path)
            if known is None or known[0] != mark:
                try:
                    known = (mark, open_sweep(path.parent))
                except UserError:
                    continue
                self.opened[path] = known
                self.ended -= set(known[1].runs())
            if is_driven(known[1]):
                yield known[1]

    def _next(self, sweep: Sweep, most: int) -> list[Run]:
        needs = {cell.id: cell.stands_on for cell in sweep.cells}
        found: list[Run] = []
        for identity, run in sweep.runs().items():
            if len(found) == most:
                return found
            if identity in self.ended or not run.folder.is_dir():
                continue
            state = run.state
            if state in ENDED:
                self.ended.add(identity)
            elif state != "running" and all(self._over(parent) for parent in needs.get(identity, ())):
                found.append(run)
        return found

    def _over(self, identity: str) -> bool:
        """Whether nobody need wait for a run that another stands on."""
        return identity in self.ended or not run_folder(identity).is_dir()


def _began(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
