"""Driving a sweep to its end: what others stand on first, each run once, whoever dies on the way. No torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import Any

from kdviz.errors import UserError
from kdviz.runs.store import Run
from kdviz.runs.sweep import Sweep
from kdviz.runs.sweep_progress import ENDED, Progress, progress

Bring = Callable[[str], str]
TICK = 0.5
FORECAST_EVERY = 1.0
MOST_FAULTS = 3
PATIENCE = 30.0


class Drive:
    """One pass over a sweep. `bring` takes a run's folder to its end; `pool` says where."""

    def __init__(self, sweep: Sweep, pool: Executor, bring: Bring, workers: int, budget: float | None = None) -> None:
        self.sweep, self.pool, self.bring, self.workers = sweep, pool, bring, workers
        self.until = float("inf") if budget is None else time.monotonic() + budget
        self.runs = sweep.runs()
        self.students = {cell.id: cell.student for cell in sweep.cells}
        self.waiting = _waiting(sweep, self.runs)
        self.open = len(self.waiting)
        self.futures: dict[Future[str], str] = {}
        self.faults: dict[str, int] = {}
        self.far: Progress | None = None
        self.looked = 0.0

    def lines(self) -> Iterator[dict[str, Any]]:
        """Bring every run to its end, telling a line for each; may be broken off at any time and done again.

        A run starts when all it stands on has ended. After the budget's seconds or a cancellation none is started.
        """
        yield {"event": "planned", "runs": len(self.students), "teachers_and_controls": len(self.sweep.ancestors),
               "to_do": self.open, "left_out": list(self.sweep.left_out), "workers": self.workers}  # fmt: skip
        try:
            while self.futures or (self.waiting and not self._stopping()):
                self._withdraw() if self._stopping() else self._start()
                for future in wait(self.futures, TICK, FIRST_COMPLETED).done:
                    identity = self.futures.pop(future)
                    if self._ended(future, identity):
                        yield self._told(identity)
        finally:
            for future in self.futures:
                future.cancel()
        yield self._end()

    def _stopping(self) -> bool:
        return self.sweep.cancelled or time.monotonic() > self.until

    def _start(self) -> None:
        for identity in [i for i, needs in self.waiting.items() if not needs]:
            del self.waiting[identity]
            self.futures[self.pool.submit(self.bring, str(self.runs[identity].folder.resolve()))] = identity

    def _withdraw(self) -> None:
        """Take back what has not begun."""
        for future in [f for f in self.futures if f.cancel()]:
            del self.futures[future]

    def _ended(self, future: Future[str], identity: str) -> bool:
        """Whether the run has come to an end; one whose worker was lost is tried again, elsewhere."""
        try:
            future.result()
        except UserError:
            raise
        except Exception as fault:
            self.faults[identity] = self.faults.get(identity, 0) + 1
            if self.faults[identity] >= MOST_FAULTS:
                raise UserError(
                    f"Run {identity[:8]} lost its worker {MOST_FAULTS} times ({type(fault).__name__}). "
                    "What was trained is kept: look at the workers' logs, then give the same line again."
                ) from None
            self.waiting[identity] = set()
            return False
        for needs in self.waiting.values():
            needs.discard(identity)
        self.open -= 1
        return True

    def _told(self, identity: str) -> dict[str, Any]:
        run = self.runs[identity]
        final, recipe = run.final or {}, run.recipe
        own = f"{recipe.student}:{recipe.architecture}"
        return {
            "event": "run", "id": identity, "role": "cell" if identity in self.students else "teacher or control",
            "method": recipe.method, "seed": recipe.seed, "data": str(run.request.get("data", "")),
            "student": self.students.get(identity, own), "state": run.state,
            "accuracy": final.get("accuracy", {}), "seconds": final.get("seconds"), "why": final.get("sentence", ""),
            "done": len(self.runs) - self.open, "of": len(self.runs), "seconds_left": self._forecast(),
        }  # fmt: skip

    def _forecast(self) -> float | None:
        if self.far is None or time.monotonic() - self.looked > FORECAST_EVERY * (1 + len(self.runs) / 500):
            self.far, self.looked = progress(self.sweep, self.workers), time.monotonic()
        return self.far.seconds_left

    def _end(self) -> dict[str, Any]:
        """The last line, told when those that were asked to stop have stopped."""
        patience = time.monotonic() + PATIENCE
        while self._stopping() and time.monotonic() < patience and _training(self.runs):
            time.sleep(TICK)
        far = progress(self.sweep, self.workers)
        return {"event": "finished", "state": "finished" if far.state == "finished" else "stopped",
                "states": far.states, "seconds_spent": far.seconds_spent, "folder": str(self.sweep.folder)}  # fmt: skip


def _training(runs: dict[str, Run]) -> bool:
    return any(run.state == "running" for run in runs.values())


def _waiting(sweep: Sweep, runs: dict[str, Run]) -> dict[str, set[str]]:
    """What has not ended, with what it waits for; those that others stand on come first."""
    for identity, run in runs.items():
        if not run.folder.is_dir():
            raise UserError(f"Run {identity[:8]} of this sweep was deleted: give the sweep's whole line again.")
    open_ = {i for i, run in runs.items() if run.state not in ENDED}
    on = {cell.id: set(cell.stands_on) for cell in sweep.cells}
    return {i: (on.get(i, set()) & open_) - {i} for i in runs if i in open_}
