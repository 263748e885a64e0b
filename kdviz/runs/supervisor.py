"""Who runs next: it looks at the directories once a second, and starts what waits or was cut off."""

from __future__ import annotations

import logging
import threading
import time

from kdviz.errors import UserError
from kdviz.runs.engine import Engine, slots
from kdviz.runs.files import lines, write_json
from kdviz.runs.layout import ATTEMPTS, CANCEL, FINAL
from kdviz.runs.store import IN_APP, Run, all_runs

FRUITLESS = 3
MOST_QUEUED = 50
POISON = (
    "This run was started three times and its worker died each time at the same place. It is not started again. "
    "Choose a smaller network or batch; what the worker said last is in the log of the server."
)


class Supervisor:
    """One thread that keeps workers going for as long as the server lives."""

    def __init__(self, engine: Engine, tick: float = 1.0) -> None:
        self.engine, self.tick = engine, tick
        self.ended = threading.Event()
        self.woken = threading.Event()
        self.served: dict[str, float] = {}
        self.done: set[str] = set()
        self.started: dict[str, float] = {}
        self.thread = threading.Thread(target=self._watch, name="kdviz-supervisor", daemon=True)

    def start(self) -> None:
        """Begin to watch; a spare worker is warmed."""
        self.thread.start()

    def wake(self) -> None:
        """Look now, not at the next tick."""
        self.woken.set()

    def revive(self, run: Run) -> None:
        """Bring back a run that was stopped or failed; it goes on from where it was."""
        (run.folder / CANCEL).unlink(missing_ok=True)
        (run.folder / FINAL).unlink(missing_ok=True)
        (run.folder / ATTEMPTS).unlink(missing_ok=True)
        self.done.discard(run.folder.name)
        self.wake()

    def close(self) -> None:
        """End the watching; workers go on."""
        self.ended.set()
        self.woken.set()
        if self.thread.is_alive():
            self.thread.join(5)
        self.engine.close()

    def look(self) -> None:
        """One round: fail the poisoned, start what fits."""
        open_ = [(run, run.state) for run in all_runs() if run.folder.name not in self.done]
        running = sum(state == "running" or self._just_started(run) for run, state in open_)
        for run, state in open_:
            if state in ("finished", "failed", "stopped"):
                self.done.add(run.folder.name)
        for run in self.order([r for r, s in open_ if s in ("queued", "interrupted") and wanted(r)]):
            if running >= slots():
                break
            if self._just_started(run):
                continue
            if poisoned(run):
                write_json(run.folder / FINAL, {"event": "failed", "state": "failed", "sentence": POISON})
                continue
            self.engine.start(run)
            self.served[visitor(run)] = self.started[run.folder.name] = time.monotonic()
            running += 1
        self.engine.warm()

    def order(self, waiting: list[Run]) -> list[Run]:
        """First in first out, but the visitor served least recently goes before."""
        in_turn = sorted(waiting, key=lambda r: r.asked_at)
        rounds: dict[str, int] = {}
        keyed = []
        for run in in_turn:
            who = visitor(run)
            rounds[who] = rounds.get(who, -1) + 1
            keyed.append((rounds[who], self.served.get(who, 0.0), run.asked_at, run))
        return [k[-1] for k in sorted(keyed, key=lambda k: k[:-1])]

    def _just_started(self, run: Run) -> bool:
        lately = time.monotonic() - self.started.get(run.folder.name, -1e9) < 10
        return lately and run.state not in ("running", "finished", "failed", "stopped")

    def _watch(self) -> None:
        while not self.ended.is_set():
            try:
                self.look()
            except (UserError, OSError) as reason:
                logging.getLogger("kdviz").warning("The supervisor could not look: %s", reason)
            self.woken.wait(self.tick)
            self.woken.clear()


def wanted(run: Run) -> bool:
    """Whether the app shall bring this run to its end: the command line and parents do so for their own."""
    try:
        return str(run.request.get("made", "")) == IN_APP
    except UserError:
        return False


def visitor(run: Run) -> str:
    """Who asked for the run."""
    return str(run.request.get("visitor", ""))


def poisoned(run: Run) -> bool:
    """Whether the last three starts all died without getting anywhere."""
    marks = [a.get("reached") for a in lines(run.folder / ATTEMPTS)][-FRUITLESS:]
    return len(marks) == FRUITLESS and len(set(marks)) == 1 and not run.progressed_since_last_start()


def queue() -> list[Run]:
    """The runs that wait, in the order of their asking."""
    waiting = [r for r in all_runs() if wanted(r) and r.state == "queued"]
    return sorted(waiting, key=lambda r: r.asked_at)


def refuse_long_queue() -> None:
    """Raise UserError where too many runs wait already."""
    if len(queue()) >= MOST_QUEUED:
        raise UserError(f"{MOST_QUEUED} runs wait already. Try again when some have ended.")
