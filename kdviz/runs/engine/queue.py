"""Runs that wait: in which order they are served, how many are before one, and when it is likely to begin. No torch."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Mapping, Sequence

from kdviz.core.errors import UserError
from kdviz.runs.store.attempts import seconds_left
from kdviz.runs.store.history import run_progress
from kdviz.runs.store.run import IN_APP, Run, RunState, all_runs

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
    return in_turn([r for r in all_runs() if r.final is None and r.state != RunState.RUNNING and wanted(r)], served)


def refuse_long_queue() -> None:
    """Raise UserError where too many runs wait already."""
    if len(queue({})) >= MOST_QUEUED:
        raise UserError(f"{MOST_QUEUED} runs wait already. Try again when some have ended.")


def seconds_until(run: Run, waiting: Sequence[Run], slots: int, runs: Sequence[Run] | None = None) -> float | None:
    """When a run that waits is likely to begin: what runs has still to do, then the runs before it, each as long as
    the median of those that ended lately. `runs` are all that there are, the home's unless given; None where nothing
    is known."""
    runs = all_runs() if runs is None else runs
    usual = _usual(runs)
    if usual is None:
        return None
    running = [r for r in runs if r.final is None and wanted(r) and r.state == RunState.RUNNING]
    left = [shortest(run_progress(r, list(r.events())).left, seconds_left(r)) for r in running]
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


def _usual(runs: Sequence[Run]) -> float | None:
    """The median duration of the app's runs that ended lately."""
    took = []
    for run in runs:
        final = run.final if wanted(run) else None
        if final and final.get("state") == RunState.FINISHED:
            took.append(float(final.get("seconds", 0.0)))
        if len(took) == LATELY:
            break
    return statistics.median(took) if took else None
