"""Sweeps brought to their end: what others stand on first, each run once, whoever dies on the way. No torch.

Which sweeps the app drives stands in their folders, so that a restart changes nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write_json
from kdviz.runs.index.run_facts import open_ids, states
from kdviz.runs.store.run import CANCEL, DRIVEN, Run, RunState, read_record
from kdviz.runs.sweeps.plan import Sweep, open_sweep, sweeps_home
from kdviz.runs.sweeps.progress import SETTLED, Progress, progress, standing

Bring = Callable[[str], str]
TICK = 0.5
FORECAST_EVERY = 1.0
MOST_FAULTS = 3
PATIENCE = 30.0


class SweepScheduler:
    """In which order a sweep's runs start: each when all it stands on is over."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep, self.runs = sweep, sweep.runs()
        self.stands_on = {cell.id: {*cell.stands_on} & self.runs.keys() - {cell.id} for cell in sweep.cells}

    def ready(self, over: Callable[[str], bool]) -> Iterator[str]:
        """What is not over and can start, those that others stand on first; `over` says that nobody waits for a run."""
        for identity in self.runs:
            if not over(identity) and all(map(over, self.stands_on.get(identity, ()))):
                yield identity


class ForegroundSweep:
    """One pass over a sweep. `bring` takes a run's folder to its end; `pool` says where."""

    def __init__(self, sweep: Sweep, pool: Executor, bring: Bring, workers: int, budget: float | None = None) -> None:
        self.sweep, self.pool, self.bring, self.workers = sweep, pool, bring, workers
        self.until = float("inf") if budget is None else time.monotonic() + budget
        self.order = SweepScheduler(sweep)
        self.runs = self.order.runs
        self.students = {cell.id: cell.student for cell in sweep.cells}
        self.open = _open(self.runs)
        self.futures: dict[Future[str], str] = {}
        self.faults: dict[str, int] = {}
        self.far: Progress | None = None
        self.looked = 0.0

    def lines(self) -> Iterator[dict[str, Any]]:
        """Bring every run to its end, telling a line for each; may be broken off at any time and done again.

        A run starts when all it stands on has ended. After the budget's seconds or a cancellation none is started.
        """
        yield {"event": "planned", "runs": len(self.students), "teachers_and_controls": len(self.sweep.ancestors),
               "to_do": len(self.open), "left_out": list(self.sweep.left_out), "workers": self.workers}  # fmt: skip
        try:
            while self.futures or (self.open and not self._stopping()):
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
        begun = set(self.futures.values())
        for identity in self.order.ready(lambda identity: identity not in self.open):
            if identity not in begun:
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
            return False
        self.open.discard(identity)
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
            "done": len(self.runs) - len(self.open), "of": len(self.runs), "seconds_left": self._forecast(),
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
        return {"event": "finished", "state": RunState.FINISHED if far.state == RunState.FINISHED else RunState.STOPPED,
                "states": far.states, "seconds_spent": far.seconds_spent, "folder": str(self.sweep.folder)}  # fmt: skip


def _training(runs: dict[str, Run]) -> bool:
    return RunState.RUNNING in states(runs).values()


def _open(runs: dict[str, Run]) -> set[str]:
    """What has not ended; raises UserError where a run is not there."""
    known = states(runs)
    for identity in runs:
        if identity not in known:
            raise UserError(f"Run {identity[:8]} of this sweep was deleted: give the sweep's whole line again.")
    return {identity for identity in runs if known[identity] not in SETTLED}


def hand_to_app(sweep: Sweep, seconds: float | None = None) -> None:
    """Let the app bring a sweep to its end; after so many seconds it starts no more runs."""
    sweep.revive()
    write_json(sweep.folder / DRIVEN, {"until": None if seconds is None else time.time() + seconds})


def release(sweep: Sweep) -> None:
    """Start nothing more of it, and stop what runs unless another sweep wants it too; what was learned is kept."""
    (sweep.folder / CANCEL).touch()
    (sweep.folder / DRIVEN).unlink(missing_ok=True)
    wanted = {i for other in handed_over() if other.folder != sweep.folder for i in other.identities}
    known = states(sweep.identities)
    for identity, run in sweep.runs().items():
        if identity not in wanted and identity in known and known[identity] not in SETTLED:
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


def handed_over() -> Iterator[Sweep]:
    """The sweeps that the app brings to their end now, first begun first."""
    for path in sorted(sweeps_home().glob(f"*/{DRIVEN}"), key=_began):
        try:
            found = open_sweep(path.parent)
        except UserError:
            continue
        if is_driven(found):
            yield found


class BackgroundSweeps:
    """Which runs of sweeps to start next; what has ended once is not looked at again."""

    def __init__(self) -> None:
        self.opened: dict[Path, tuple[float, SweepScheduler]] = {}
        self.ended: set[str] = set()

    def wanted(self, most: int) -> list[Run]:
        """At most so many runs of each sweep that can start now."""
        found: dict[str, Run] = {}
        open_ = open_ids()
        for order in self._orders():
            ready = (order.runs[identity] for identity in order.ready(partial(self._over, order, open_)))
            idle = (run for run in ready if run.state != RunState.RUNNING)
            found |= {run.folder.name: run for run in islice(idle, most)}
        return list(found.values())

    def _orders(self) -> Iterator[SweepScheduler]:
        for path in sorted(sweeps_home().glob(f"*/{DRIVEN}"), key=_began):
            mark, known = _began(path), self.opened.get(path)
            if known is None or known[0] != mark:
                try:
                    known = (mark, SweepScheduler(open_sweep(path.parent)))
                except UserError:
                    continue
                self.opened[path] = known
                self.ended -= set(known[1].runs)
            if is_driven(known[1].sweep):
                yield known[1]

    def _over(self, order: SweepScheduler, open_: set[str], identity: str) -> bool:
        """Whether nobody need wait for a run: it has ended, or was deleted; the index knows those that are open."""
        if identity in open_ and identity not in self.ended:
            return False
        if identity in self.ended or not order.runs[identity].folder.is_dir():
            return True
        if standing(order.runs[identity])[0] in SETTLED:
            self.ended.add(identity)
        return identity in self.ended


def _began(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
