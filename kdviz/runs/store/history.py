"""What a run has told, sorted by who learned; how far it has come, and how long it still takes. No torch."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdviz.runs.store.home import runs_home
from kdviz.runs.store.lineage import parents
from kdviz.runs.store.run import Run

Told = Mapping[str, Any]
LATELY = 5


def epochs_by_network(told: Iterable[Told]) -> dict[str, list[Told]]:
    """The epochs that were told, by network, each epoch once and in order."""
    found: dict[str, dict[int, Told]] = {}
    for event in told:
        if event.get("event") == "epoch":
            found.setdefault(str(event["who"]), {})[int(event["epoch"])] = event
    return {who: [each[n] for n in sorted(each)] for who, each in found.items()}


def looks(run: Run, log: Iterable[Told]) -> dict[str, Told]:
    """The epoch that each network told last, by role, where it says where the network looks; teachers first.

    A teacher that was trained before, on the same data, told it in its own run.
    """
    told = {who: epochs[-1] for who, epochs in epochs_by_network(log).items()}
    found: dict[str, Told] = {}
    for parent in parents(run.recipe):
        if parent.role not in told and parent.here and parent.recipe.data == run.recipe.data:
            own = epochs_by_network(Run(runs_home() / parent.identity).events()).get("student", [])
            told |= {parent.role: own[-1]} if own else {}
    for teacher in run.recipe.teachers:
        if teacher.student in told:
            found[f"teacher.{teacher.student}"] = told[teacher.student]
    found |= {who: told[who] for who in ("student", "control") if who in told}
    return {who: each for who, each in found.items() if each.get("look")}


def remarks(told: Iterable[Told]) -> list[str]:
    """The sentences that a run left for its readers, each once."""
    return list(dict.fromkeys(str(e["text"]) for e in told if e.get("event") == "noted"))


@dataclass(frozen=True)
class RunProgress:
    """The share done (0..1), the epoch told last, and the seconds left; None until two epochs were told.

    Where `open`, these are the most there may be: somebody's training ends when its loss no longer falls.
    """

    share: float
    now: Mapping[str, Any] | None
    left: float | None
    open: bool = False


def run_progress(run: Run, log: Sequence[Mapping[str, Any]]) -> RunProgress:
    """How far a run has come by its log; an epoch to come takes as long as the median of the last ones."""
    recipe = run.recipe
    plan = {t.student: t.epochs for t in recipe.teachers} | {"student": recipe.epochs}
    if recipe.origin:  # a watch: a student for each frozen teacher
        plan = {word.partition("=")[0]: recipe.epochs for word in recipe.origin.split(",")}
    if recipe.control and recipe.method != "supervised":
        plan["control"] = recipe.scratch().epochs
    if recipe.twin() != recipe.scratch():
        plan["twin"] = recipe.epochs
    by_who = epochs_by_network(log)
    done = {str(e["who"]): plan.get(str(e["who"]), 0) for e in log if e.get("event") == "learned"}
    unsure = {who for who in plan if recipe.budget == "converged"} - done.keys()
    for who, epochs in by_who.items():
        if who in plan and who not in done:
            done[who], plan[who] = len(epochs), int(epochs[-1]["epochs"])
            unsure -= set() if epochs[-1].get("open") else {who}
    if "student" in unsure and recipe.leader() is not None and (led := by_who.get("twin") or by_who.get("control")):
        plan["student"] = int(led[-1]["epochs"])
        unsure -= set() if led[-1].get("open") else {"student"}
    to_do = sum(n - min(done.get(w, 0), n) for w, n in plan.items())
    share = 1 - to_do / max(sum(plan.values()), 1)
    now = next((e for e in reversed(log) if e.get("event") == "epoch"), None)
    told = by_who[str(now["who"])] if now else []
    each = statistics.median(e["seconds"] for e in told[-LATELY:]) if len(told) > 1 else None
    return RunProgress(share, now, None if each is None else each * to_do, bool(unsure))
