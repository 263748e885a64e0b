"""How far a sweep has come, what it has still to cost, and what came of it so far. Only files are read."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import ENDED, Run, RunState
from kdviz.runs.sweeps.plan import Sweep

WAITING = "waiting"


@dataclass(frozen=True)
class Progress:
    """How far a sweep has come, and its state: a run's, or WAITING. `seconds_left` is None until one was measured."""

    states: Mapping[str, int]
    done: int
    of: int
    seconds_spent: float
    seconds_left: float | None
    state: str


def progress(sweep: Sweep, workers: int) -> Progress:
    """Count and forecast: what a run has still to cost is the median of its like, shared by so many workers."""
    runs = sweep.runs()
    states = {i: run.state.value if run.folder.is_dir() else "missing" for i, run in runs.items()}
    spent = {i: float((runs[i].final or {}).get("seconds", 0.0)) for i, s in states.items() if s == RunState.FINISHED}
    left = forecast(sweep, states, spent)
    done = sum(s in ENDED for s in states.values())
    counted = Counter(states.values())
    return Progress(
        dict(counted), done, len(runs), sum(spent.values()), None if left is None else left / max(workers, 1),
        _state(sweep, counted, len(runs)),
    )  # fmt: skip


def _state(sweep: Sweep, states: Mapping[str, int], of: int) -> str:
    if states.get(RunState.FINISHED, 0) + states.get(RunState.FAILED, 0) == of:
        return RunState.FINISHED
    if sweep.cancelled:
        return RunState.STOPPED
    return RunState.RUNNING if states.get(RunState.RUNNING) else WAITING


def forecast(sweep: Sweep, states: Mapping[str, str], spent: Mapping[str, float]) -> float | None:
    """Seconds of work left, all in one line; None where nothing was measured yet."""
    likes: dict[str, tuple[tuple[str, ...], ...]] = dict.fromkeys(sweep.ancestors, ((),))
    for c in sweep.cells:
        likes[c.id] = ((c.method, c.data, c.student), (c.data, c.student), (c.student,), ("student",))
    known: dict[tuple[str, ...], list[float]] = {}
    for i, seconds in spent.items():
        for like in likes[i]:
            known.setdefault(like, []).append(seconds)
    if not known:
        return None
    usual = statistics.median(spent.values())
    left = [i for i, s in states.items() if s not in ENDED]
    return sum(next((statistics.median(known[k]) for k in likes[i] if k in known), usual) for i in left)


def rows(sweep: Sweep) -> list[dict[str, Any]]:
    """One row a cell: what it is, how far it is, what came of it."""
    names = {d["sha256"]: d["name"] for d in sweep.plan.data}
    out = []
    for cell in sweep.cells:
        run = Run(run_folder(cell.id))
        here = run.folder.is_dir()
        final = (run.final if here else None) or {}
        control = final.get("teachers", {}).get("control", {})
        out.append(
            {
                "id": cell.id,
                "method": cell.method,
                "data": names.get(cell.data, cell.data[:8]),
                "student": cell.student,
                "seed": cell.seed,
                "state": run.state.value if here else "missing",
                "accuracy": final.get("accuracy", {}).get("test"),
                "control": control.get("accuracy", {}).get("test"),
                "seconds": final.get("seconds"),
                "why": final.get("sentence", ""),
            }
        )
    return out
