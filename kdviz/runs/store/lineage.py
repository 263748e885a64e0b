"""Whose teacher a run is, whose student, and how much room they all take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.runs.store.home import cache_home, data_home, home, runs_home
from kdviz.runs.store.run import Run
from kdviz.training.knowledge import lent
from kdviz.training.recipe import Recipe


@dataclass(frozen=True)
class Parent:
    """A run that another one stands on: `role` is a teacher's modality, `control` or `twin`; `lent` where that teacher
    was made for another run."""

    role: str
    identity: str
    recipe: Recipe
    here: bool
    lent: bool = False


def parents(recipe: Recipe) -> tuple[Parent, ...]:
    """The teachers, the from-scratch control and the start of a recipe, and whether their own runs are in the home."""
    named = [(t.student, t) for t in recipe.teachers]
    if recipe.control and recipe.method != "supervised":
        named.append(("control", recipe.scratch()))
    if recipe.twin() != recipe.scratch():
        named.append(("twin", recipe.twin()))
    return tuple(
        Parent(role, r.identity, r, (runs_home() / r.identity).is_dir(), r in recipe.teachers and lent(recipe, r))
        for role, r in named
    )


def children(runs: Iterable[Run]) -> Mapping[str, tuple[str, ...]]:
    """By identity of a teacher or control: the runs that stand on it."""
    found: dict[str, list[str]] = {}
    for run in runs:
        try:
            for parent in parents(run.recipe):
                found.setdefault(parent.identity, []).append(run.folder.name)
        except UserError:
            continue
    return {parent: tuple(dict.fromkeys(names)) for parent, names in found.items()}


def size(folder: Path) -> int:
    """Bytes of all files in a folder; those that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def disk() -> dict[str, int]:
    """Bytes by what they are for: runs, data sets, uploads, what can be computed again, and the trash."""
    places = {"runs": runs_home(), "data sets": data_home(), "cache": cache_home()}
    places |= {name: home() / name for name in ("uploads", "trash")}
    return {name: size(place) for name, place in places.items()}
