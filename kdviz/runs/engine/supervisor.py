"""Who runs next: it looks at the directories once a second, and starts what waits or was cut off.

A run that was asked to stop stops: by itself, else it is told to, else it is killed. What was saved is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.events import RunFinished
from kdviz.core.files import write_json
from kdviz.runs.engine.queue import Workload, in_turn, queue, seconds_until, visitor, wanted, workload
from kdviz.runs.engine.workers import Engine, slots
from kdviz.runs.index.run_facts import unended
from kdviz.runs.store.attempts import cooling_down, give_up, poisoned, seconds_left, worker
from kdviz.runs.store.run import ATTEMPTS, CANCEL, FINAL, WAITING, Run, RunState, adopt
from kdviz.runs.sweeps.scheduler import BackgroundSweeps

TELL_AFTER, KILL_AFTER = 4.0, 9.0
OVERTIME = 30.0
"""A worker ends a run by itself when its time is over; one that has not by then is asked to stop like any other."""

REST = 60.0
LOOK, READ = 0.005, 0.25
"""Seconds of a round that the index may take: for asking folders whether they changed, for reading those that did."""

OUR_FAULT = "Something went wrong here, and it was not you (note {note}). It is tried again in a minute."
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


def enforce_limit(run: Run) -> None:
    """Ask a run to stop whose time on a shared host is long over."""
    left = seconds_left(run)
    if left is not None and left < -OVERTIME and asked_since(run) is None:
        run.cancel()


@dataclass(frozen=True)
class Standing:
    """How a run that waits stands: how many are before it, whether its worker starts, and in how many seconds."""

    ahead: int
    starts: bool
    begins: float | None


class Watcher:
    """A thread that looks once a tick, or when woken, for as long as the server lives.

    trouble  why it could not look just now, in a sentence
    resting  folders in which something unforeseen happened, and until when they are let alone
    """

    def __init__(self, engine: Engine, tick: float = 1.0) -> None:
        self.engine, self.tick = engine, tick
        self.ended, self.woken = threading.Event(), threading.Event()
        self.trouble = ""
        self.resting: dict[Path, float] = {}
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

    def guarded(self, folder: Path, deed: Callable[[], object]) -> str:
        """Do something about a folder. What nobody foresaw ends nothing else: it is logged, and the folder rests.

        Returns the sentence of what went wrong; raises UserError and OSError, which are foreseen.
        """
        if self.resting.get(folder, 0.0) > time.monotonic():
            return ""
        self.resting.pop(folder, None)
        try:
            deed()
        except (UserError, OSError):
            raise
        except Exception as fault:
            note = secrets.token_hex(3)
            log.error("Folder %s rests, note %s", folder.name, note, exc_info=fault)
            self.resting[folder] = time.monotonic() + REST
            return OUR_FAULT.format(note=note)
        return ""

    def _watch(self) -> None:
        while not self.ended.is_set():
            try:
                self.look()
            except (UserError, OSError) as reason:
                if str(reason) != self.trouble:
                    log.warning("Runs could not be looked at: %s", reason)
                self.trouble = str(reason)
            except Exception as fault:
                note = secrets.token_hex(3)
                log.error("Runs could not be looked at, note %s", note, exc_info=fault)
                self.trouble = OUR_FAULT.format(note=note)
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
        running: list[Run] = []
        waiting: list[Run] = []
        for run in unended(LOOK, READ):
            if not (run.folder / FINAL).exists():
                self.guarded(run.folder, partial(self._sort, run, running, waiting))
        known = {run.folder for run in waiting}
        waiting += [run for run in self.sweeps.wanted(2 * slots()) if run.folder not in known]
        booting = [run for run in waiting if self.engine.booting(run)]
        free = slots() - busy(running) - len(booting) - self.engine.lingering()
        started: list[Run] = []
        for run in in_turn([r for r in waiting if r not in booting], self.served):
            self.guarded(run.folder, partial(self._serve, run, started, free))
        self.trouble = ""
        self.engine.warm()

    def _sort(self, run: Run, running: list[Run], waiting: list[Run]) -> None:
        """Put an open run where it belongs; one that is asked to stop is made to."""
        state, _ = run.state, worker(run)
        if state == RunState.RUNNING:
            running.append(run)
            if wanted(run) or self.engine.booting(run):
                enforce_limit(run)
                enforce_stop(run)
            return
        with contextlib.suppress(UserError):  # a run that cannot be read keeps no other waiting
            if state in WAITING and wanted(run) and not finish_stopped(run):
                waiting.append(run)

    def _serve(self, run: Run, started: list[Run], free: int) -> None:
        """Start a run that waits, where there is a place."""
        if cooling_down(run):
            return
        if poisoned(run):
            give_up(run)
        elif len(started) < free:
            self.engine.start(run)
            self.served[visitor(run)] = time.monotonic()
            started.append(run)

    def place(self, run: Run) -> tuple[int, list[Run]]:
        """How many runs will be started before this one, and all that wait, in turn."""
        waiting = queue(self.served)
        return before(run, waiting), waiting

    def standing(self, run: Run) -> Standing:
        """How a run that waits stands among all."""
        working = busy([r for r in unended() if r.final is None and r.state == RunState.RUNNING])
        ahead, waiting = self.place(run)
        free = working + self.engine.lingering() < slots() and not cooling_down(run)
        starts = self.engine.booting(run) or (free and not ahead)
        return standing(run, waiting, workload(), starts)


def busy(running: Sequence[Run]) -> int:
    """How many workers these runs have: one that trains a teacher of its own run holds both."""
    known = [worker(run) for run in running]
    return len({process for process in known if process is not None}) + known.count(None)


def standing(run: Run, waiting: Sequence[Run], load: Workload, starts: bool) -> Standing:
    """How a run stands among those that wait, in their order, and by the load that decides how long that takes."""
    return Standing(before(run, waiting), starts, seconds_until(run, waiting, slots(), load))


def before(run: Run, waiting: Sequence[Run]) -> int:
    """How many wait before a run."""
    return next((n for n, other in enumerate(waiting) if other.folder == run.folder), 0)
