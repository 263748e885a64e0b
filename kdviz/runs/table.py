"""All runs in rows: what was asked for, what came of it, who stands on whom, how much room it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from kdviz.errors import UserError
from kdviz.runs.about import about
from kdviz.runs.lineage import children, parents, size
from kdviz.runs.store import Run, summary

Row = Mapping[str, Any]
STATES = ("running", "queued", "finished", "stopped", "interrupted", "failed", "unreadable")
DISTILLED, ALONE = "distilled", "teacher or control"


def row(run: Run, used_by: Sequence[str] = ()) -> dict[str, Any]:
    """One run in plain values; `kind` tells a student from a network that learned from labels alone."""
    found: dict[str, Any] = {**summary(run), **asdict(about(run)), "bytes": size(run.folder)}
    try:
        found["asked"] = run.asked_at
        recipe = run.recipe
    except (UserError, OSError):
        return found
    final = run.final or {}
    found |= {
        "kind": ALONE if recipe.method == "supervised" else DISTILLED,
        "architecture": recipe.architecture,
        "epochs": recipe.epochs,
        "selection": recipe.selection,
        "sha256": recipe.data,
        "seconds": final.get("seconds"),
        "parents": {p.role: p.identity for p in parents(recipe)},
        "used_by": list(used_by),
    }
    control = final.get("teachers", {}).get("control", {}).get("accuracy", {}).get("test")
    if control is not None and "test" in found["accuracy"]:
        found["gain"] = found["accuracy"]["test"] - control
    return found


def rows(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """A row of each run, in their order."""
    every = list(runs)
    heirs = children(every)
    return [row(run, heirs.get(run.folder.name, ())) for run in every]


def matching(
    every: Iterable[Row], words: str = "", states: Sequence[str] = (), methods: Sequence[str] = (),
    data: Sequence[str] = (), tags: Sequence[str] = (), alone: bool = True,
) -> list[Row]:  # fmt: skip
    """The rows that hold every word somewhere, and one of each list that is not empty."""
    wanted = words.lower().split()
    chosen = (("state", states), ("method", methods), ("data", data))
    return [
        r
        for r in every
        if (alone or r.get("kind") != ALONE)
        and all(not allowed or r.get(name) in allowed for name, allowed in chosen)
        and (not tags or set(tags) & set(r.get("tags", ())))
        and all(word in _told(r) for word in wanted)
    ]


def _told(row: Row) -> str:
    names = ("id", "name", "method", "data", "student", "architecture", "state")
    listed = (*row.get("teachers", ()), *row.get("tags", ()), f"seed {row.get('seed')}")
    return " ".join([*(str(row.get(name, "")) for name in names), *map(str, listed)]).lower()
