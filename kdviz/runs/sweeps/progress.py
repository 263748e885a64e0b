"""How far a sweep has come, what it has still to cost, and what came of it so far."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.json_types import fits
from kdviz.runs.index.run_facts import CellOutcome, outcomes
from kdviz.runs.store.home import runs_home
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
    found = here(sweep.identities)
    states = {i: each.state for i, each in found.items()}
    spent = {i: found[i].seconds or 0.0 for i, s in states.items() if s == RunState.FINISHED}
    left = forecast(sweep, states, spent)
    done = sum(s in SETTLED for s in states.values())
    counted = Counter(states.values())
    return Progress(
        dict(counted), done, len(found), sum(spent.values()), None if left is None else left / max(workers, 1),
        _state(sweep, counted, len(found)),
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


def here(identities: Iterable[str]) -> dict[str, CellOutcome]:
    """By identity: what came of each run; one that is not here is MISSING."""
    wanted, place = list(identities), runs_home()
    known = outcomes(wanted)
    return {i: known.get(i) or (ASKED if (place / i).is_dir() else GONE) for i in wanted}


ASKED = CellOutcome(RunState.QUEUED.value, None, None, None, "")
GONE = CellOutcome(MISSING, None, None, None, "")


def rows(sweep: Sweep) -> list[dict[str, Any]]:
    """One row a cell: what it is, how far it is, what came of it."""
    names = {d["sha256"]: d["name"] for d in sweep.plan.data}
    found = here(cell.id for cell in sweep.cells)
    return [
        {
            "id": cell.id,
            "method": cell.method,
            "data": names.get(cell.data, cell.data[:8]),
            "student": cell.student,
            "teachers": cell.teachers,
            "seed": cell.seed,
            **asdict(found[cell.id]),
        }
        for cell in sweep.cells
    ]
