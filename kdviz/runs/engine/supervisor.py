"""Who runs next: it looks at the directories once a second, and starts what waits or was cut off.

A run that was asked to stop stops: by itself, else it is told to, else it is killed. What was saved is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence

from kdviz.core.errors import UserError
from kdviz.core.events import RunFinished
from kdviz.core.files import write_json
from kdviz.runs.engine.queue import in_turn, queue, visitor, wanted
from kdviz.runs.engine.workers import Engine, slots
from kdviz.runs.store.attempts import cooling_down, give_up, poisoned, worker
from kdviz.runs.store.run import ATTEMPTS, CANCEL, FINAL, WAITING, Run, RunState, adopt, all_runs
from kdviz.runs.sweeps.scheduler import BackgroundSweeps

TELL_AFTER, KILL_AFTER = 4.0, 9.0
log = logging.getLogger("kdviz")


def asked_since(run: Run) -> float | None:
    """Seconds since the run was asked to stop; None where it was not."""
    try:
        return time.time() - (run.folder / CANCEL).stat().st_mtime
    except OSError:
        return None


def enforce_stop(run: Run) -> None:
    """Tell the worker of a run that does not stop by itself to end (it then leaves a checkpoint), at last kill it."""
    since, process = asked_since(run), worker(run)
    if since is None or since < TELL_AFTER or process is None:
        return
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL if since > KILL_AFTER else signal.SIGTERM)


def finish_stopped(run: Run) -> bool:
    """End a run that was asked to stop and that nobody works on; whether that is so.

    One that was cut off is left to a worker, which makes an answer of what was learned, unless it did so in vain.
    """
    since = asked_since(run)
    if since is None or (run.state == RunState.INTERRUPTED and since < KILL_AFTER):
        return False
    recipe = run.recipe
    end = RunFinished(recipe.method, {}, 0, recipe.selection, 0.0, recipe.epochs, recipe.seed, RunState.STOPPED)
    write_json(run.folder / FINAL, end.line())
    return True


class Watcher:
    """A thread that looks once a tick, or when woken, for as long as the server lives.

    trouble  why it could not look just now, in a sentence
    """

    def __init__(self, engine: Engine, tick: float = 1.0) -> None:
        self.engine, self.tick = engine, tick
        self.ended, self.woken = threading.Event(), threading.Event()
        self.trouble = ""
        self.thread = threading.Thread(target=self._watch, name=f"kdviz-{type(self).__name__}", daemon=True)

    def start(self) -> None:
        """Begin to watch; a spare worker is warmed."""
        self.thread.start()

    def wake(self) -> None:
        """Look now, not at the next tick."""
        self.woken.set()

    def close(self) -> None:
        """End the watching; workers go on."""
        self.ended.set()
        self.woken.set()
        if self.thread.is_alive():
            self.thread.join(5)
        self.engine.close()

    def look(self) -> None:
        """One round."""
        raise NotImplementedError

    def _watch(self) -> None:
        while not self.ended.is_set():
            try:
                self.look()
            except (UserError, OSError) as reason:
                if str(reason) != self.trouble:
                    log.warning("Runs could not be looked at: %s", reason)
                self.trouble = str(reason)
            self.woken.wait(self.tick)
            self.woken.clear()


class Supervisor(Watcher):
    """Keeps the workers of one home going."""

    def __init__(self, engine: Engine, tick: float = 1.0) -> None:
        super().__init__(engine, tick)
        self.served: dict[str, float] = {}
        self.sweeps = BackgroundSweeps()

    def revive(self, run: Run) -> None:
        """Bring back a run that was stopped or failed, whoever made it; it goes on from where it was."""
        adopt(run)
        (run.folder / CANCEL).unlink(missing_ok=True)
        (run.folder / FINAL).unlink(missing_ok=True)
        (run.folder / ATTEMPTS).unlink(missing_ok=True)
        self.wake()

    def look(self) -> None:
        """One round: end what was stopped or is poisoned, start what fits."""
        states = [(run, run.state) for run in all_runs() if not (run.folder / FINAL).exists()]
        running = [run for run, state in states if state == RunState.RUNNING]
        for run in running:
            if wanted(run) or self.engine.booting(run):
                enforce_stop(run)
        waiting = [r for r, s in states if s in WAITING and wanted(r) and not finish_stopped(r)]
        known = {run.folder for run in waiting}
        waiting += [run for run in self.sweeps.wanted(2 * slots()) if run.folder not in known]
        booting = [run for run in waiting if self.engine.booting(run)]
        free = slots() - busy(running) - len(booting) - self.engine.lingering()
        for run in in_turn([r for r in waiting if r not in booting], self.served):
            if cooling_down(run):
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


def busy(running: Sequence[Run]) -> int:
    """How many workers these runs have: one that trains a teacher of its own run holds both."""
    known = [worker(run) for run in running]
    return len({process for process in known if process is not None}) + known.count(None)
