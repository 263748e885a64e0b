"""Whom a run stands on, which runs from elsewhere may teach, and how much room a folder takes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modalities
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.home import RUN_ID, run_folder, runs_home
from kdviz.runs.store.run import WITH_ANSWER, Run, by_identity, find_run
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
    """The teachers, the from-scratch control and the start of a recipe, and whether their own runs are in the home.

    Networks that were trained elsewhere have no runs of their own.
    """
    if recipe.recorded:
        return ()
    home = runs_home()
    named = [(t.student, t) for t in recipe.teachers]
    if recipe.control and recipe.method != "supervised":
        named.append(("control", recipe.scratch()))
    if recipe.twin() != recipe.scratch():
        named.append(("twin", recipe.twin()))
    found = ((role, r.identity, r) for role, r in named)
    return tuple(Parent(role, identity, r, (home / identity).is_dir(), lent(recipe, r)) for role, identity, r in found)


def size(folder: Path) -> int:
    """Bytes of all files in a folder; those that vanish meanwhile count nothing."""
    total, open_ = 0, [str(folder)]
    while open_:
        try:
            with os.scandir(open_.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        open_.append(entry.path)
                    elif entry.is_file():
                        total += entry.stat().st_size
        except OSError:
            continue
    return total


def taken_in(word: str) -> str:
    """The identity of a run that a person names; a directory of its own is copied into the home, where runs are found.

    Raises UserError where there is none, or it has no trained network.
    """
    run = _finished(find_run(word))
    place = run_folder(run.identity)
    if not place.exists():
        half = place.with_name(f".{place.name}.tmp")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(run.folder, half, ignore=shutil.ignore_patterns("lock", "*.tmp"))
        half.rename(place)
    return run.identity


def teachers_from(identities: Sequence[str], data: Dataset) -> dict[str, Recipe]:
    """The recipes of finished runs in the home, by what they see; raises UserError where one cannot teach on `data`."""
    found: dict[str, Recipe] = {}
    for identity in identities:
        if not RUN_ID.fullmatch(identity):
            raise UserError(f"A teacher's run was {identity[:40]!r}; name the 32 hexadecimal digits of a finished run.")
        recipe = _finished(by_identity(identity)).recipe
        _refuse_unfit(recipe, data)
        if recipe.student in found:
            raise UserError(f"Two runs that see {recipe.student} shall teach; a student has one teacher of each view.")
        found[recipe.student] = recipe
    return found


def teacher_run(recipe: Recipe) -> Run:
    """The finished run of a teacher from elsewhere; raises UserError where it is gone."""
    try:
        return _finished(by_identity(recipe.identity))
    except UserError:
        raise UserError(
            f"The run {recipe.identity[:8]}, whose {recipe.student} network teaches here, is not in this home any "
            "more. Bring it back from the trash or an archive, or choose another teacher."
        ) from None


def data_of_teacher(recipe: Recipe) -> Dataset:
    """The data that a teacher from elsewhere has learned from; raises UserError naming them where they are not here."""
    try:
        request = by_identity(recipe.identity).request
    except UserError:
        request = {}
    return reopen(recipe.data, request.get("source", {}), str(request.get("data") or "the data of a teacher's run"))


def learned_from_tests(data: Dataset, other: Dataset) -> int:
    """How many test series of `data` are, value for value, among those that a network of `other` has learned from."""
    if other.X.shape[1:] != data.X.shape[1:]:
        return 0
    known = {other.X[k].tobytes() for k in (*other.train, *other.validation)}
    return sum(data.X[k].tobytes() in known for k in data.test)


def _finished(run: Run) -> Run:
    if run.state not in WITH_ANSWER or not (run.final or {}).get("accuracy"):
        raise UserError(f"Run {run.folder.name[:40]} is {run.state}: only a run with a trained network can teach.")
    return run


def _refuse_unfit(recipe: Recipe, data: Dataset) -> None:
    """Raise UserError where a run's network cannot see these data, with what does not fit."""
    name = f"Run {recipe.identity[:8]}"
    if recipe.student not in modalities():
        raise UserError(
            f"{name} sees several views at once ({recipe.student}); a teacher sees one: choose another run."
        )
    theirs = data_of_teacher(recipe)
    wanted = recipe.channels or theirs.channels
    if missing := [each for each in wanted if each not in data.channels]:
        raise UserError(
            f"{name} has learned to see {', '.join(wanted)}, and {data.name} has no channel {missing[0]}: "
            "name the channels alike, or choose a run on the same channels."
        )
    if [each for each in data.channels if each in wanted] != list(wanted):
        raise UserError(f"{name} sees its channels in another order than {data.name} has them: bring them into one.")
    for what, mine, other in (
        ("samples a series", data.length, theirs.length),
        ("classes", ", ".join(data.classes), ", ".join(theirs.classes)),
        ("samples a second", data.rate or theirs.rate, theirs.rate or data.rate),
    ):
        if mine != other:
            raise UserError(
                f"{name} has learned from {other} {what}, and {data.name} has {mine}: they cannot be joined."
            )
