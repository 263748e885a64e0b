"""Whose turn it is on a shared host: one supervisor a visitor, who was served least recently first, one worker each."""

from __future__ import annotations

import itertools
import time
from functools import partial
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.runs.engine.queue import Workload, queue, wanted, workload
from kdviz.runs.engine.supervisor import Standing, Supervisor, Watcher, busy, standing
from kdviz.runs.engine.workers import Engine, granted, slots
from kdviz.runs.hosting import quota
from kdviz.runs.hosting.quota import refuse_more
from kdviz.runs.index.run_facts import unended
from kdviz.runs.store.home import MOST_RUNNING, VISITORS, at, home, home_of, homes, root
from kdviz.runs.store.run import FINAL, OPENED, Run, RunState

HOUR = 3600.0


class QuotaEngine(Engine):
    """Starts nothing that its visitor has no room for."""

    def start(self, run: Run) -> None:
        """Start a worker; raises UserError where there is no room."""
        with at(home_of(run.folder)):
            refuse_more()
        super().start(run)

    def working(self, place: Path) -> int:
        """How many workers a visitor has, those that are just coming up among them."""
        open_ = open_runs(place)
        running = [run for run in open_ if run.state == RunState.RUNNING]
        coming = sum(self.booting(run) for run in open_ if run not in running)
        return busy(running) + coming + self.lingering(place)


def open_runs(place: Path) -> list[Run]:
    """The runs of a visitor's folder that have not ended."""
    with at(place):
        return [run for run in unended() if not (run.folder / FINAL).exists()]


class VisitorSupervisor(Supervisor):
    """One visitor's; waking one of them wakes all."""

    def __init__(self, turns: FairShareSupervisor) -> None:
        super().__init__(turns.engine, turns.tick)
        self.turns, self.woken = turns, turns.woken

    def standing(self, run: Run) -> Standing:
        """How a run that waits stands among those of all visitors."""
        return self.turns.among_all(run)


class FairShareSupervisor(Watcher):
    """Keeps all visitors' workers going, and deletes what nobody came back for.

    Only folders with something to do are looked at: those with open runs at the start, and those opened since.
    """

    engine: QuotaEngine

    def __init__(self, engine: QuotaEngine, tick: float = 1.0) -> None:
        super().__init__(engine, tick)
        self.known: dict[Path, VisitorSupervisor] = {}
        self.served: dict[Path, float] = {}
        self.active: set[Path] = set()
        self.tidied = -HOUR

    def mine(self) -> Supervisor:
        """The supervisor of whoever asks."""
        return self.of(home())

    def of(self, place: Path) -> VisitorSupervisor:
        """The supervisor of a visitor's folder."""
        if place not in self.known:
            self.known.setdefault(place, VisitorSupervisor(self))
        return self.known[place]

    def look(self) -> None:
        """One round: whoever was served least recently may start first, for as long as a core is free."""
        self.tidy()
        here = root() / VISITORS
        while OPENED:
            place = OPENED.pop()
            self.active |= {place} if place.parent == here and place.is_dir() else set()
        working: dict[Path, int] = {}
        for place in list(self.active):
            self._about(place, partial(self._count, place, working))
        for place in sorted(working, key=lambda p: self.served.get(p, 0.0)):
            free = max(0, slots() - sum(working.values()))
            with at(place), granted(min(MOST_RUNNING, working[place] + free)):
                self._about(place, partial(self._look_at, place, working))
        self.trouble = ""
        self.engine.warm()

    def among_all(self, run: Run) -> Standing:
        """How a run that waits stands: visitors take turns, and whoever has a worker waits for its end first."""
        queues: list[tuple[int, list[Run]]] = []
        running: list[Run] = []
        took: list[float] = []
        mine = home_of(run.folder)
        for place in sorted({*list(self.active), mine}, key=lambda p: self.served.get(p, 0.0)):
            his = self.of(place)
            with at(place):
                waiting = [each for each in queue(his.served) if not self.engine.booting(each)]
                queues.append((min(1, self.engine.working(place)), waiting))
                load = workload()
            running += load.running
            took += load.took
        rounds = [[*[None] * training, *waiting] for training, waiting in queues]
        order = [each for turn in itertools.zip_longest(*rounds) for each in turn if each is not None]
        return standing(run, order, Workload(tuple(running), tuple(took)), self.engine.booting(run))

    def tidy(self) -> None:
        """Once an hour: delete what nobody came back for, and look for open runs that nobody called for."""
        if time.monotonic() - self.tidied < HOUR:
            return
        self.tidied = time.monotonic()
        for place in quota.expire():
            self.known.pop(place, None)
            self.served.pop(place, None)
        self.active |= {place for place in homes() if (place / "runs").is_dir()}

    def _count(self, place: Path, working: dict[Path, int]) -> None:
        """Note how many workers a visitor has; one who has none and waits for none is looked at no more."""
        count = self.engine.working(place)
        if not count and not any(wanted(run) for run in open_runs(place)) and not self._sweeps(place):
            self.active.discard(place)
        else:
            working[place] = count

    def _sweeps(self, place: Path) -> bool:
        with at(place):
            return bool(self.of(place).sweeps.wanted(1))

    def _look_at(self, place: Path, working: dict[Path, int]) -> None:
        before = working[place]
        self.of(place).look()
        working[place] = self.engine.working(place)
        if working[place] > before:
            self.served[place] = time.monotonic()

    def _about(self, place: Path, deed: partial[None]) -> None:
        """One visitor's trouble is not another's; his page tells it."""
        his = self.of(place)
        try:
            his.trouble = self.guarded(place, deed) or his.trouble
        except (UserError, OSError) as reason:
            his.trouble = str(reason)
