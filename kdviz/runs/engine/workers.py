"""Starting workers: a process of its own per run, one torch thread, out of everybody's way; one spare is kept warm."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from kdviz.core.child_process import PIPE, Child
from kdviz.core.files import is_held
from kdviz.runs.store.home import at, child_environment, refuse_full_disk, root
from kdviz.runs.store.run import FINAL, LOCK, Run

_GIVEN = os.environ.get("KDVIZ_WORKER_NICE", "")
MODEST = int(_GIVEN) if re.fullmatch("1?[0-9]", _GIVEN) else 10
"""By how much more than the server workers yield, as a nice value: from their first import on."""


_granted: ContextVar[int | None] = ContextVar("kdviz_slots", default=None)


class Engine:
    """Workers of this server. They outlive it: a session of their own, and a lock that tells who lives."""

    def __init__(self) -> None:
        self.spare: Child | None = None
        self.children: dict[str, Child] = {}
        self.turn = threading.Lock()

    def warm(self) -> None:
        """Keep one worker ready that has torch imported and waits for a run."""
        with self.turn:
            self._reap()
            if self.spare is None or not self.spare.alive:
                self.spare = spawn("-")

    def start(self, run: Run) -> None:
        """Start a worker for the run, unless one works on it or it has ended; raises UserError without space."""
        if run.final is not None or is_held(run.folder / LOCK):
            return
        refuse_full_disk(run.folder)
        with self.turn:
            self._reap()
            if not self._hand_to_spare(run):
                self.children[str(run.folder)] = spawn(str(run.folder))

    def booting(self, run: Run) -> bool:
        """Whether a worker was started for this run and lives."""
        child = self.children.get(str(run.folder))
        return child is not None and child.alive

    def lingering(self, place: Path | None = None) -> int:
        """How many workers, of one visitor's folder or of all, still measure a run that has ended."""
        alive = [Path(folder) for folder, child in self.children.items() if child.alive]
        return sum((run / FINAL).exists() and place in (None, *run.parents) for run in alive)

    def close(self) -> None:
        """End the spare; workers go on."""
        with self.turn:
            if self.spare is not None:
                self.spare.end()
                self.spare = None

    def _hand_to_spare(self, run: Run) -> bool:
        spare, self.spare = self.spare, None
        if spare is None or not spare.alive:
            return False
        try:
            spare.tell(str(run.folder), last=True)
        except OSError:
            return False
        self.children[str(run.folder)] = spare
        return True

    def _reap(self) -> None:
        self.children = {name: child for name, child in self.children.items() if child.alive}


def spawn(folder: str, heard: bool = False) -> Child:
    """Start a worker for a folder, or one that waits for folders on its stdin (`-`); `heard` keeps its stdout open."""
    words = ["-m", "kdviz", "worker", folder]
    with at(root()), (root() / "workers.log").open("ab") as log:
        child = Child(
            words, child_environment(), hears=folder == "-", stdout=PIPE if heard else log, stderr=log, leads=True
        )
    with contextlib.suppress(OSError):
        Path(f"/proc/{child.pid}/oom_score_adj").write_text("1000")
    yield_to_pages(child.pid)
    return child


def yield_to_pages(child: int) -> None:
    """Let a process with a session of its own yield to this one, where that can be said."""
    nice = min(19, os.getpriority(os.PRIO_PROCESS, 0) + MODEST)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, child, nice)
    with contextlib.suppress(OSError):  # Linux weighs sessions against each other first, and nice only within one
        Path(f"/proc/{child}/autogroup").write_text(str(nice))


def slots() -> int:
    """How many runs train at once: one core is left for the pages, and a shared host may grant fewer."""
    most = _granted.get()
    return max(1, (os.cpu_count() or 2) - 1) if most is None else most


@contextlib.contextmanager
def granted(count: int) -> Iterator[None]:
    """Within, so many runs train at once."""
    before = _granted.set(count)
    try:
        yield
    finally:
        _granted.reset(before)
