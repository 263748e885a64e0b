"""Who runs next: it looks at the directories once a second, and starts what waits or was cut off."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from kdviz.errors import UserError
from kdviz.runs.attempts import give_up, poisoned, resting, worker
from kdviz.runs.driven import Drivers
from kdviz.runs.engine import Engine, slots
from kdviz.runs.layout import ATTEMPTS, CANCEL, FINAL
from kdviz.runs.stopping import hurry, put_down
from kdviz.runs.store import Run, adopt, all_runs
from kdviz.runs.waiting import in_turn, queue, visitor, wanted


class Supervisor:
    """One thread that keeps workers going for as long as the server lives.

    trouble  why nothing can be started just now, in a sentence
    """

    def __init__(self, engine: Engine, tick: float = 1.0) -> None:
        self.engine, self.tick = engine, tick
        self.ended = threading.Event()
        self.woken = threading.Event()
        self.served: dict[str, float] = {}
        self.trouble = ""
        self.drivers = Drivers()
        self.thread = threading.Thread(target=self._watch, name="kdviz-supervisor", daemon=True)

    def start(self) -> None:
        """Begin to watch; a spare worker is warmed."""
        self.thread.start()

    def wake(self) -> None:
        """Look now, not at the next tick."""
        self.woken.set()

    def revive(self, run: Run) -> None:
        """Bring back a run that was stopped or failed, whoever made it; it goes on from where it was."""
        adopt(run)
        (run.folder / CANCEL).unlink(missing_ok=True)
        (run.folder / FINAL).unlink(missing_ok=True)
        (run.folder / ATTEMPTS).unlink(missing_ok=True)
        self.wake()

    def close(self) -> None:
        """End the watching; workers go on."""
        self.ended.set()
        self.woken.set()
        if self.thread.is_alive():
            self.thread.join(5)
        self.engine.close()

    def look(self) -> None:
        """One round: end what was stopped or is poisoned, start what fits."""
        states = [(run, run.state) for run in all_runs() if not (run.folder / FINAL).exists()]
        running = [run for run, state in states if state == "running"]
        for run in running:
            if wanted(run) or self.engine.booting(run):
                hurry(run)
        waiting = [r for r, s in states if s in ("queued", "interrupted") and wanted(r) and not put_down(r)]
        known = {run.folder for run in waiting}
        waiting += [run for run in self.drivers.wanted(2 * slots()) if run.folder not in known]
        booting = [run for run in waiting if self.engine.booting(run)]
        free = slots() - busy(running) - len(booting) - self.engine.lingering()
        for run in in_turn([r for r in waiting if r not in booting], self.served):
            if resting(run):
                continue
            if poisoned(run):
                give_up(run)
            elif free > 0:
                self.engine.start(run)
                self.served[visitor(run)] = time.monotonic()
                free -= 1
        self.trouble = ""
        self.engine.warm()

    def place(self, run: Run) -> tuple[int, list[Run]]:
        """How many runs will be started before this one, and all that wait, in turn."""
        waiting = queue(self.served)
        ahead = next((n for n, other in enumerate(waiting) if other.folder == run.folder), 0)
        return ahead, waiting

    def _watch(self) -> None:
        while not self.ended.is_set():
            try:
                self.look()
            except (UserError, OSError) as reason:
                if str(reason) != self.trouble:
                    logging.getLogger("kdviz").warning("The supervisor could not look: %s", reason)
                self.trouble = str(reason)
            self.woken.wait(self.tick)
            self.woken.clear()


def busy(running: Sequence[Run]) -> int:
    """How many workers these runs have: one that trains a teacher of its own run holds both."""
    known = [worker(run) for run in running]
    return len({process for process in known if process is not None}) + known.count(None)
