"""What a sweep will take, before it begins: from what its like took here, else from a few epochs tried now."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.runs.home import run_folder
from kdviz.runs.store import Run, all_runs
from kdviz.runs.sweep import Sweep
from kdviz.runs.sweep_progress import ENDED
from kdviz.runs.trial import tried
from kdviz.training.recipe import Recipe

PATIENCE = 8.0


@dataclass(frozen=True)
class Foreseen:
    """Seconds of work of all runs that have not ended, one after the other; None where nothing could be measured.

    known, tried, guessed   how many kinds of run that rests on: runs like them here; epochs tried now; the others
    """

    seconds: float | None
    to_do: int
    known: int
    tried: int
    guessed: int


def foreseen(sweep: Sweep, recipes: Mapping[str, tuple[Recipe, Dataset]], patience: float = PATIENCE) -> Foreseen:
    """The forecast; at most about `patience` seconds are spent on trying."""
    open_ = [i for i in (*sweep.ancestors, *(c.id for c in sweep.cells)) if not _ended(i)]
    kinds: dict[str, list[str]] = {}
    for identity in open_:
        kinds.setdefault(like(recipes[identity][0]), []).append(identity)
    past = _past() if kinds else {}
    costs = {kind: statistics.median(past[kind]) for kind in kinds if kind in past}
    known, until = len(costs), time.monotonic() + patience
    for kind, runs in kinds.items():
        if kind not in costs and time.monotonic() < until:
            costs[kind] = tried(*recipes[runs[0]])
    if not costs:
        return Foreseen(0.0 if not kinds else None, len(open_), 0, 0, 0)
    usual = statistics.median(costs.values())
    total = sum(len(runs) * costs.get(kind, usual) for kind, runs in kinds.items())
    return Foreseen(total, len(open_), known, len(costs) - known, len(kinds) - len(costs))


def like(recipe: Recipe) -> str:
    """The same for all recipes that differ in nothing but their seed."""
    return replace(recipe, seed=0, teachers=tuple(replace(t, seed=0) for t in recipe.teachers)).identity


def _ended(identity: str) -> bool:
    folder = run_folder(identity)
    return folder.is_dir() and Run(folder).state in ENDED


def _past() -> dict[str, list[float]]:
    """By likeness: the seconds of the finished runs here that trained nothing but themselves."""
    found: dict[str, list[float]] = {}
    for run in all_runs():
        try:
            final, recipe = run.final or {}, run.recipe
        except UserError:
            continue
        alone = all(other.get("reused") for other in final.get("teachers", {}).values())
        if final.get("state") == "finished" and alone and isinstance(final.get("seconds"), int | float):
            found.setdefault(like(recipe), []).append(float(final["seconds"]))
    return found
