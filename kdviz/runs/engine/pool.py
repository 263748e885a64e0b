"""Warm workers that take one run after the other: a sweep does not import torch for each of its runs."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from kdviz.core.child_process import Child
from kdviz.core.errors import UserError
from kdviz.runs.engine.workers import spawn
from kdviz.runs.store.attempts import DISK_FULL, HELD, give_up, poisoned
from kdviz.runs.store.home import home, refuse_full_disk
from kdviz.runs.store.run import Run

PATIENCE, SOON = 5.0, 0.2


class Closed(Exception):
    """No more runs are taken."""


class PoolWorker:
    """One worker process; a run is brought to its end even where workers die on the way."""

    def __init__(self) -> None:
        self.process: Child | None = None
        self.home: Path | None = None
        self.closed = False

    def bring(self, run: Run) -> str:
        """The state in which the run has ended; raises UserError without space on the disk, Closed after `close`."""
        while run.final is None:
            if poisoned(run):
                give_up(run)
                break
            refuse_full_disk(run.folder)
            status = self._hand_over(run)
            if self.closed:
                raise Closed
            if status == DISK_FULL:
                raise UserError("The disk is full. What was trained is kept: free some space and start again.")
            if status == HELD:
                time.sleep(SOON)
        return run.state

    def _hand_over(self, run: Run) -> int | None:
        """The worker's exit status for this run; None where the worker died on it."""
        try:
            worker = self._alive()
            worker.tell(str(run.folder.resolve()))
            for line in iter(worker.says.readline, b""):
                said = _said(line)
                if said is not None:
                    return int(said["status"])
        except OSError:
            pass
        return None

    def _alive(self) -> Child:
        if self.closed:
            raise Closed
        if self.home != home():  # on a cluster, sweeps of several homes come to the same worker
            self._end()
        if self.process is None or not self.process.alive:
            self.process, self.home = spawn("-", heard=True), home()
        return self.process

    def close(self) -> None:
        """End the worker now; a run it was at goes on from its checkpoint some other time."""
        self.closed = True
        self._end()

    def _end(self) -> None:
        if self.process is not None:
            self.process.end(PATIENCE)


class WorkerPool:
    """A worker for each thread that asks."""

    def __init__(self) -> None:
        self.mine = threading.local()
        self.all: list[PoolWorker] = []

    def bring(self, run: Run) -> str:
        """Bring a run to its end with this thread's worker."""
        if not hasattr(self.mine, "worker"):
            self.mine.worker = PoolWorker()
            self.all.append(self.mine.worker)
        worker: PoolWorker = self.mine.worker
        return worker.bring(run)

    def close(self) -> None:
        """End all workers."""
        for worker in self.all:
            worker.close()


def _said(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "status" in found else None
