"""All runs in rows: what was asked for, what came of it, who stands on whom, its room on disk, its name and tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write_json
from kdviz.core.json_types import fits
from kdviz.core.plain_text import printable
from kdviz.runs.store.lineage import children, parents, size
from kdviz.runs.store.run import ABOUT, REQUEST, Run, RunState, read_record
from kdviz.training.knowledge import condition
from kdviz.training.recipe import RECORDED

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
    return found


def _tags(given: Iterable[object]) -> tuple[str, ...]:
    cut = (printable(tag)[:LONGEST_TAG].lower() for tag in given)
    return tuple(dict.fromkeys(tag for tag in cut if tag))[:MOST_TAGS]


Row = Mapping[str, Any]
UNREADABLE = "unreadable"
STATES = (*(state.value for state in RunState), UNREADABLE)
DISTILLED, ALONE = "distilled", "teacher or control"
KINDS = {"supervised": ALONE, RECORDED: RECORDED}


def summary(run: Run) -> dict[str, Any]:
    """A run in one row: plain values, no torch."""
    try:
        recipe, final, state = run.recipe, run.final or {}, run.state
        if not (fits(recipe.seed, int) and fits([recipe.method, recipe.student, *recipe.teacher_names], list[str])):
            raise UserError(f"{REQUEST} of run {run.folder.name} asks for what no run can be.")
        return {
            "id": run.folder.name,
            "state": state.value,
            "method": recipe.method,
            "data": str(run.request.get("data", "")),
            "student": recipe.student,
            "teachers": list(recipe.teacher_names),
            "seed": recipe.seed,
            "accuracy": final.get("accuracy", {}),
        }
    except UserError as sentence:
        return {"id": run.folder.name, "state": "unreadable", "why": str(sentence)}


def row(run: Run, used_by: Sequence[str] = ()) -> dict[str, Any]:
    """One run in plain values; `kind` tells a student, a network that learned from labels alone, and what
    was trained elsewhere and recorded."""
    found: dict[str, Any] = {**summary(run), **asdict(about(run)), "bytes": size(run.folder)}
    try:
        found["asked"] = run.asked_at
        recipe = run.recipe
        final = run.final or {}
    except (UserError, OSError):
        return found
    if found["state"] == UNREADABLE:
        return found
    found |= {
        "kind": KINDS.get(recipe.method, DISTILLED),
        "architecture": recipe.architecture,
        "epochs": recipe.epochs,
        "selection": recipe.selection,
        "sha256": recipe.data,
        "seconds": final.get("seconds"),
        "parents": {p.role: p.identity for p in parents(recipe)},
        "used_by": list(used_by),
    }
    if known := condition(recipe, run.request.get("source", {})):
        found["knows"] = known
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
    names = ("id", "name", "method", "data", "student", "architecture", "state", "knows")
    listed = (*row.get("teachers", ()), *row.get("tags", ()), f"seed {row.get('seed')}")
    return " ".join([*(str(row.get(name, "")) for name in names), *map(str, listed)]).lower()
