"""A wish becomes a recipe: the method is asked what it needs, and says so where it cannot run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from kdviz.core.errors import UserError
from kdviz.core.params import Value, as_dict, fill
from kdviz.data.dataset import Dataset
from kdviz.methods.base import Method, check, method
from kdviz.modalities.base import modality
from kdviz.training.defaults import (
    TEACHERS,
    Choices,
    StudentSettings,
    TeacherSettings,
    fusion_sees,
    most_epochs,
    sort_settings,
    teacher_recipe,
    teaching,
    training_of,
    view_settings,
)
from kdviz.training.knowledge import Knowledge, named_channels, training_series
from kdviz.training.recipe import SELECTIONS, Recipe

Lent = Mapping[str, Recipe]


def recipe_for(
    data: Dataset, wish: Choices, settings: Mapping[str, object] | None = None, taught_by: Lent | None = None
) -> Recipe:
    """The whole recipe of a wish; raises UserError where names, values or needs do not fit.

    `taught_by` are the recipes of finished runs that teach, by modality, in place of teachers made for this run.
    """
    kind, runs = method(wish.method), dict(taught_by or {})
    given = _sorted(kind, settings or {})
    teachers = _teachers(kind, wish, tuple(runs))
    student = wish.student
    check(wish.method, teachers, "fusion" if student == "fusion" else "signal")
    sees = fusion_sees(teachers) if student == "fusion" else (student,)
    views = _as_they_see(runs, view_settings(tuple(dict.fromkeys([*sees, *teachers])), given), given, sees)
    _refuse_hidden(kind, data, wish.knows)
    if wish.budget is not None:
        given.setdefault("", {}).setdefault("budget", wish.budget)
    how = training_of(given, kind.learning)
    taught = fill(TeacherSettings, {**teaching(how.budget, kind.teaching), **given.get("teacher", {})})
    if wish.selection is not None and wish.selection not in SELECTIONS:
        raise UserError(f"The selection was {wish.selection[:40]!r}; allowed is one of {', '.join(SELECTIONS)}.")
    _refuse_epochs(wish.epochs)
    selection = wish.selection or kind.selection
    if how.part != "train" and selection != "last":
        raise UserError(
            f"What learns from {how.part} has no validation part to choose its {selection} epoch by: let it answer "
            "with its last epoch, or learn from train."
        )
    return Recipe(
        data=data.sha256,
        method=wish.method,
        student=student,
        sees=sees,
        architecture=how.architecture,
        views=views,
        knobs=as_dict(fill(kind.Params, given.get("method", {}))),
        teachers=tuple(
            runs.get(t) or teacher_recipe(data, t, views, taught, wish.seed, how.threads, wish.knows, how.budget)
            for t in teachers
        ),
        epochs=wish.epochs or most_epochs(training_series(data), how.batch, how.budget),
        batch=how.batch,
        rate=how.rate,
        decay=how.decay,
        selection=selection,
        seed=wish.seed,
        threads=how.threads,
        control=how.control and wish.method != "supervised",
        optimism=how.optimism,
        batches=how.batches,
        labels=wish.knows.labels,
        channels=named_channels(wish.knows.student_channels, data),
        lent=tuple(t for t in teachers if t in runs),
        noise=wish.knows.noise,
        missing=wish.knows.missing,
        degraded=wish.knows.degraded if wish.knows.noise or wish.knows.missing else "both",
        budget=how.budget,
        patience=how.patience if how.budget == "converged" else 0,
        part=how.part,
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


def _as_they_see(
    runs: Lent,
    views: Mapping[str, Mapping[str, Value]],
    given: Mapping[str, Mapping[str, object]],
    sees: tuple[str, ...],
) -> dict[str, Mapping[str, Value]]:
    """The views with those of teachers from elsewhere as these have learned to see; raises UserError where the student,
    or a setting, would see the same modality otherwise."""
    found: dict[str, Mapping[str, Value]] = dict(views)
    for name, run in runs.items():
        theirs = run.views[name]
        if (name in sees or name in given) and dict(theirs) != dict(views[name]):
            said = ", ".join(f"{name}.{key}={value}" for key, value in theirs.items())
            raise UserError(
                f"The {name} teacher's run sees {name} with other settings: ask for {said}, or another run."
            )
        found[name] = theirs
    return found


def _refuse_hidden(kind: type[Method], data: Dataset, knows: Knowledge) -> None:
    """Raise UserError where labels are hidden that the method asks, or are asked for where there are none."""
    if not knows.labels and data.unlabelled is None:
        return
    why = kind.needs.refusal_of_hidden()
    if why:
        raise UserError(f"{kind.title} ({kind.id}) cannot run so. {why}")


def _teachers(kind: type[Method], wish: Choices, runs: tuple[str, ...] = ()) -> tuple[str, ...]:
    if runs and wish.teachers is not None and (left := [name for name in runs if name not in wish.teachers]):
        raise UserError(f"A run that sees {left[0]} shall teach, and {left[0]} is not among the teachers: add it.")
    if runs and wish.teachers is None:
        return runs
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
