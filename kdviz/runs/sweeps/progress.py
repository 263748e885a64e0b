"""How far a sweep has come, what it has still to cost, and what came of it so far. Only files are read."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.json_types import fits
from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import ENDED, FINAL, Run, RunState
from kdviz.runs.store.run_table import UNREADABLE
from kdviz.runs.sweeps.plan import Sweep

WAITING, MISSING = "waiting", "missing"
SETTLED = (*ENDED, UNREADABLE)
"""A run whose record cannot be read is not tried again: its row says so, and it can be deleted."""


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
    stand = {i: standing(run) for i, run in runs.items()}
    states = {i: state for i, (state, _) in stand.items()}
    spent = {i: float(final.get("seconds", 0.0)) for i, (state, final) in stand.items() if state == RunState.FINISHED}
    left = forecast(sweep, states, spent)
    done = sum(s in SETTLED for s in states.values())
    counted = Counter(states.values())
    return Progress(
        dict(counted), done, len(runs), sum(spent.values()), None if left is None else left / max(workers, 1),
        _state(sweep, counted, len(runs)),
    )  # fmt: skip


def standing(run: Run) -> tuple[str, dict[str, Any]]:
    """A run's state and final record; MISSING, or UNREADABLE with the sentence why, where it has none."""
    if not run.folder.is_dir():
        return MISSING, {}
    try:
        state, final = run.state.value, run.final or {}
        if not (fits(final.get("seconds", 0.0), float) and _scored(final)):
            raise UserError(f"{FINAL} of run {run.folder.name} says what no run can.")
        return state, final
    except UserError as why:
        return UNREADABLE, {"sentence": str(why)}


def _scored(final: Mapping[str, Any]) -> bool:
    """Whether accuracies are numbers by set, where there are any."""
    control = final.get("teachers", {})
    own = [final, control.get("control", {})] if isinstance(control, dict) else [None]
    return all(isinstance(one, dict) and fits(one.get("accuracy", {}), dict[str, float]) for one in own)


def _state(sweep: Sweep, states: Mapping[str, int], of: int) -> str:
    if sum(states.get(each, 0) for each in (RunState.FINISHED, RunState.FAILED, UNREADABLE)) == of:
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
    left = [i for i, s in states.items() if s not in SETTLED]
    return sum(next((statistics.median(known[k]) for k in likes[i] if k in known), usual) for i in left)


def rows(sweep: Sweep) -> list[dict[str, Any]]:
    """One row a cell: what it is, how far it is, what came of it."""
    names = {d["sha256"]: d["name"] for d in sweep.plan.data}
    out = []
    for cell in sweep.cells:
        state, final = standing(Run(run_folder(cell.id)))
        control = final.get("teachers", {}).get("control", {})
        out.append(
            {
                "id": cell.id,
                "method": cell.method,
                "data": names.get(cell.data, cell.data[:8]),
                "student": cell.student,
                "seed": cell.seed,
                "state": state,
                "accuracy": final.get("accuracy", {}).get("test"),
                "control": control.get("accuracy", {}).get("test"),
                "seconds": final.get("seconds"),
                "why": final.get("sentence", ""),
            }
        )
    return out
