"""A wish becomes a recipe: the method is asked what it needs, and says so where it cannot run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from kdviz.core.errors import UserError
from kdviz.core.params import as_dict, fill
from kdviz.data.dataset import Dataset
from kdviz.methods.base import Method, check, method
from kdviz.modalities.base import modality
from kdviz.training.defaults import (
    TEACHERS,
    Choices,
    StudentSettings,
    TeacherSettings,
    epochs_for,
    fusion_sees,
    sort_settings,
    teacher_recipe,
    training_of,
    view_settings,
)
from kdviz.training.recipe import SELECTIONS, Recipe


def recipe_for(data: Dataset, wish: Choices, settings: Mapping[str, object] | None = None) -> Recipe:
    """The whole recipe of a wish; raises UserError where names, values or needs do not fit."""
    kind = method(wish.method)
    given = _sorted(kind, settings or {})
    teachers = _teachers(kind, wish)
    student = wish.student
    check(wish.method, teachers, "fusion" if student == "fusion" else "signal")
    sees = fusion_sees(teachers) if student == "fusion" else (student,)
    views = view_settings(tuple(dict.fromkeys([*sees, *teachers])), given)
    how = training_of(given, kind.learning)
    taught = fill(TeacherSettings, {**kind.teaching, **given.get("teacher", {})})
    if wish.selection is not None and wish.selection not in SELECTIONS:
        raise UserError(f"The selection was {wish.selection[:40]!r}; allowed is one of {', '.join(SELECTIONS)}.")
    _refuse_epochs(wish.epochs)
    return Recipe(
        data=data.sha256,
        method=wish.method,
        student=student,
        sees=sees,
        architecture=how.architecture,
        views=views,
        knobs=as_dict(fill(kind.Params, given.get("method", {}))),
        teachers=tuple(teacher_recipe(data, t, views, taught, wish.seed, how.threads) for t in teachers),
        epochs=wish.epochs or epochs_for(data.train.size, how.batch),
        batch=how.batch,
        rate=how.rate,
        decay=how.decay,
        selection=wish.selection or kind.selection,
        seed=wish.seed,
        threads=how.threads,
        control=how.control and wish.method != "supervised",
        optimism=how.optimism,
        batches=how.batches,
    )


def _sorted(kind: type[Method], settings: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Settings without a part before the dot are the method's where it knows them, else the training's."""
    given = sort_settings(settings)
    mine = {f.name for f in fields(kind.Params)}
    loose = given.pop("", {})
    known = {f.name for f in fields(StudentSettings)} | {"selection"}
    for name, value in loose.items():
        if name not in mine | known:
            raise UserError(f"There is no setting {name[:60]!r}. There are: {', '.join(sorted(mine | known))}.")
        given.setdefault("method" if name in mine else "", {})[name] = value
    return given


def _teachers(kind: type[Method], wish: Choices) -> tuple[str, ...]:
    if wish.teachers is not None:
        names = tuple(dict.fromkeys(wish.teachers))
        for name in names:
            modality(name)
        return names
    unseen = (group[0] for group in kind.needs.modalities if not set(group) & set(TEACHERS))
    return kind.needs.usual((*TEACHERS, *unseen))


def _refuse_epochs(epochs: int | None) -> None:
    if epochs is not None and not 1 <= epochs <= 2000:
        raise UserError(f"The number of epochs was {epochs}; allowed is a whole number from 1 to 2000.")
