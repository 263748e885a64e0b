"""Runs that wait: in which order they are served, how many are before one, and when it is likely to begin. No torch."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdviz.core.errors import UserError
from kdviz.runs.index.run_facts import unended, usual_seconds
from kdviz.runs.store.attempts import seconds_left
from kdviz.runs.store.history import run_progress
from kdviz.runs.store.run import IN_APP, Run, RunState

MOST_QUEUED = 50
LATELY = 20
Served = Mapping[str, float]


def wanted(run: Run) -> bool:
    """Whether the app shall bring this run to its end: the command line and parents do so for their own."""
    try:
        return str(run.request.get("made", "")) == IN_APP
    except UserError:
        return False


def visitor(run: Run) -> str:
    """Who asked for the run."""
    return str(run.request.get("visitor", ""))


def in_turn(waiting: Sequence[Run], served: Served) -> list[Run]:
    """First come first served, but the visitor served least recently goes before; `served`: when each was, last."""
    rounds: dict[str, int] = {}
    keyed = []
    for run in sorted(waiting, key=lambda r: r.asked_at):
        asker = visitor(run)
        rounds[asker] = rounds.get(asker, -1) + 1
        keyed.append((rounds[asker], served.get(asker, 0.0), run.asked_at, run))
    return [k[-1] for k in sorted(keyed, key=lambda k: k[:-1])]


def queue(served: Served) -> list[Run]:
    """The runs that the app has still to start, in the order in which it will."""
    return in_turn([r for r in unended() if r.final is None and r.state != RunState.RUNNING and wanted(r)], served)


def refuse_long_queue() -> None:
    """Raise UserError where too many runs wait already."""
    if len(queue({})) >= MOST_QUEUED:
        raise UserError(f"{MOST_QUEUED} runs wait already. Try again when some have ended.")


@dataclass(frozen=True)
class Workload:
    """The app's runs that train now, and how long those took that ended lately."""

    running: tuple[Run, ...]
    took: tuple[float, ...]


def workload() -> Workload:
    """That of the home."""
    running = [r for r in unended() if r.final is None and wanted(r) and r.state == RunState.RUNNING]
    return Workload(tuple(running), tuple(usual_seconds(LATELY)))


def seconds_until(run: Run, waiting: Sequence[Run], slots: int, load: Workload | None = None) -> float | None:
    """When a run that waits is likely to begin: what runs has still to do, then the runs before it, each as long as
    the median of those that ended lately. The load is the home's unless given; None where nothing is known."""
    load = workload() if load is None else load
    if not load.took:
        return None
    usual = statistics.median(load.took)
    left = [shortest(run_progress(r, list(r.events())).left, seconds_left(r)) for r in load.running]
    free = sorted(usual if each is None else each for each in left) + [0.0] * slots
    free = sorted(free[: max(slots, len(left))])
    for other in waiting:
        begins = heapq.heappop(free)
        if other.folder == run.folder:
            return begins
        heapq.heappush(free, begins + usual)
    return None


def shortest(*seconds: float | None) -> float | None:
    """The least of what is known, and never less than nothing."""
    known = [max(each, 0.0) for each in seconds if each is not None]
    return min(known, default=None)
