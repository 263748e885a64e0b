"""A run in a row: what was asked for, what came of it, who stands on whom, its room on disk, its name and tags."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write_json
from kdviz.core.json_types import fits
from kdviz.core.plain_text import printable
from kdviz.runs.store.lineage import parents, size
from kdviz.runs.store.run import ABOUT, CHANGED, REQUEST, Run, RunState, read_record
from kdviz.training.knowledge import condition
from kdviz.training.recipe import RECORDED, Recipe, recipe_from

LONGEST_NAME = 80
LONGEST_TAG = 24
MOST_TAGS = 12


@dataclass(frozen=True)
class About:
    """A name, empty where none was given, and tags in the order of their writing."""

    name: str = ""
    tags: tuple[str, ...] = ()


def about(run: Run) -> About:
    """What was written about a run; nothing where that cannot be read."""
    if not (run.folder / ABOUT).exists():
        return About()
    try:
        found = read_record(run.folder / ABOUT)
        return About(printable(found.get("name", ""))[:LONGEST_NAME], _tags(found.get("tags", ())))
    except (UserError, TypeError):
        return About()


def write(run: Run, name: str, tags: Iterable[str]) -> About:
    """Keep a name and tags; too long ones are cut, and tags are told once."""
    found = About(printable(name)[:LONGEST_NAME], _tags(tags))
    write_json(run.folder / ABOUT, asdict(found))
    CHANGED.add(run.folder)
    return found


def _tags(given: Iterable[object]) -> tuple[str, ...]:
    cut = (printable(tag)[:LONGEST_TAG].lower() for tag in given)
    return tuple(dict.fromkeys(tag for tag in cut if tag))[:MOST_TAGS]


Row = Mapping[str, Any]
UNREADABLE = "unreadable"
STATES = (*(state.value for state in RunState), UNREADABLE)
DISTILLED, ALONE = "distilled", "teacher or control"
KINDS = {"supervised": ALONE, RECORDED: RECORDED}


@dataclass(frozen=True)
class Records:
    """A run's request, recipe, final record and state, each read once."""

    request: Mapping[str, Any]
    recipe: Recipe
    final: Mapping[str, Any]
    state: RunState


def records(run: Run) -> Records:
    """What a run's files say; raises UserError where that cannot be."""
    request, final = run.request, run.final
    if "recipe" not in request:
        raise UserError(f"{REQUEST} of run {run.folder.name} has no recipe.")
    recipe = recipe_from(request["recipe"])
    state = run.state_by(final)
    if not (fits(recipe.seed, int) and fits([recipe.method, recipe.student, *recipe.teacher_names], list[str])):
        raise UserError(f"{REQUEST} of run {run.folder.name} asks for what no run can be.")
    return Records(request, recipe, final or {}, state)


def summary(run: Run) -> dict[str, Any]:
    """A run in one row: plain values, no torch."""
    try:
        return _summary(run, records(run))
    except UserError as sentence:
        return {"id": run.folder.name, "state": UNREADABLE, "why": str(sentence)}


def _summary(run: Run, said: Records) -> dict[str, Any]:
    return {
        "id": run.folder.name,
        "state": said.state.value,
        "method": said.recipe.method,
        "data": str(said.request.get("data", "")),
        "student": said.recipe.student,
        "teachers": list(said.recipe.teacher_names),
        "seed": said.recipe.seed,
        "accuracy": said.final.get("accuracy", {}),
    }


def row(run: Run) -> dict[str, Any]:
    """One run in plain values; `kind` tells a student, a network that learned from labels alone, and what
    was trained elsewhere and recorded."""
    try:
        said = records(run)
    except UserError as sentence:
        return unreadable(run, sentence)
    return row_of(run, said)


def unreadable(run: Run, why: Exception) -> dict[str, Any]:
    """The row of a run whose records say what cannot be."""
    words = str(why) if isinstance(why, UserError) else f"This run cannot be read ({type(why).__name__})."
    found = {"id": run.folder.name, "state": UNREADABLE, "why": words, **asdict(about(run)), "bytes": size(run.folder)}
    with contextlib.suppress(OSError):
        found["asked"] = run.asked_at
    return found


def row_of(run: Run, said: Records) -> dict[str, Any]:
    """The row of a run whose records were read."""
    recipe, final = said.recipe, said.final
    found: dict[str, Any] = {**_summary(run, said), **asdict(about(run)), "bytes": size(run.folder)}
    with contextlib.suppress(OSError):
        found["asked"] = run.asked_at
    found |= {
        "kind": KINDS.get(recipe.method, DISTILLED),
        "architecture": recipe.architecture,
        "epochs": final.get("epochs", recipe.epochs),
        "selection": recipe.selection,
        "sha256": recipe.data,
        "seconds": final.get("seconds"),
        "parents": {p.role: p.identity for p in parents(recipe)},
        "used_by": [],
    }
    if known := condition(recipe, said.request.get("source", {})):
        found["knows"] = known
    control = final.get("teachers", {}).get("control", {}).get("accuracy", {}).get("test")
    if control is not None and "test" in found["accuracy"]:
        found["gain"] = found["accuracy"]["test"] - control
    return found


def search_text(row: Row) -> str:
    """All that words are looked for in, in small letters."""
    names = ("id", "name", "method", "data", "student", "architecture", "state", "knows")
    listed = (*row.get("teachers", ()), *row.get("tags", ()), f"seed {row.get('seed')}")
    return " ".join([*(str(row.get(name, "")) for name in names), *map(str, listed)]).lower()
