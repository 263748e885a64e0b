"""Whose turn it is on a shared host: one supervisor a visitor, who was served least recently first, one worker each."""

from __future__ import annotations

import time
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.runs.engine.supervisor import Supervisor, Watcher, busy
from kdviz.runs.engine.workers import Engine, granted, slots
from kdviz.runs.hosting import quota
from kdviz.runs.hosting.quota import refuse_more
from kdviz.runs.store.home import MOST_RUNNING, at, home, home_of, homes
from kdviz.runs.store.run import FINAL, Run, RunState, all_runs

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
        with at(place):
            open_ = [run for run in all_runs() if not (run.folder / FINAL).exists()]
        running = [run for run in open_ if run.state == RunState.RUNNING]
        coming = sum(self.booting(run) for run in open_ if run not in running)
        return busy(running) + coming + self.lingering(place)


class FairShareSupervisor(Watcher):
    """Keeps all visitors' workers going, and deletes what nobody came back for."""

    engine: QuotaEngine

    def __init__(self, engine: QuotaEngine, tick: float = 1.0) -> None:
        super().__init__(engine, tick)
        self.known: dict[Path, Supervisor] = {}
        self.served: dict[Path, float] = {}
        self.tidied = -HOUR

    def mine(self) -> Supervisor:
        """The supervisor of whoever asks."""
        return self.of(home())

    def of(self, place: Path) -> Supervisor:
        """The supervisor of a visitor's folder; waking one of them wakes all."""
        if place not in self.known:
            fresh = Supervisor(self.engine, self.tick)
            fresh.woken = self.woken
            self.known.setdefault(place, fresh)
        return self.known[place]

    def look(self) -> None:
        """One round: whoever was served least recently may start first, for as long as a core is free."""
        self.tidy()
        working = {place: self.engine.working(place) for place in homes()}
        for place in sorted(working, key=lambda p: self.served.get(p, 0.0)):
            free = max(0, slots() - sum(working.values()))
            before = working[place]
            with at(place), granted(min(MOST_RUNNING, before + free)):
                self._look_at(place)
            working[place] = self.engine.working(place)
            if working[place] > before:
                self.served[place] = time.monotonic()
        self.trouble = ""
        self.engine.warm()

    def tidy(self) -> None:
        """Once an hour: delete what nobody came back for."""
        if time.monotonic() - self.tidied < HOUR:
            return
        self.tidied = time.monotonic()
        for place in quota.expire():
            self.known.pop(place, None)
            self.served.pop(place, None)

    def _look_at(self, place: Path) -> None:
        his = self.of(place)
        try:
            his.look()
        except (UserError, OSError) as reason:  # one visitor's trouble is not another's; his page tells it
            his.trouble = str(reason)
