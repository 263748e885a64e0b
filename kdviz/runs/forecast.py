"""How far a run has come, and how long it has still to go: read from what it said. No torch."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdviz.runs.history import epochs_by_network
from kdviz.runs.store import Run

LATELY = 5


@dataclass(frozen=True)
class Far:
    """The share done (0..1), the epoch told last, and the seconds left; None until two epochs were told."""

    share: float
    now: Mapping[str, Any] | None
    left: float | None


def far(run: Run, log: Sequence[Mapping[str, Any]]) -> Far:
    """How far a run has come by its log; an epoch to come takes as long as the median of the last ones."""
    recipe = run.recipe
    plan = {t.student: t.epochs for t in recipe.teachers} | {"student": recipe.epochs}
    if recipe.control and recipe.method != "supervised":
        plan["control"] = recipe.epochs
    by_who = epochs_by_network(log)
    done = {str(e["who"]): plan.get(str(e["who"]), 0) for e in log if e.get("event") == "learned"}
    for who, epochs in by_who.items():
        done.setdefault(who, len(epochs))
    to_do = sum(n - min(done.get(w, 0), n) for w, n in plan.items())
    share = 1 - to_do / max(sum(plan.values()), 1)
    now = next((e for e in reversed(log) if e.get("event") == "epoch"), None)
    told = by_who[str(now["who"])] if now else []
    each = statistics.median(e["seconds"] for e in told[-LATELY:]) if len(told) > 1 else None
    return Far(share, now, None if each is None else each * to_do)
