"""From a few choices to a whole recipe: every default is said here, and only here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range, Switch, Value, as_dict, fill
from kdviz.core.plugins import told
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modalities, modality
from kdviz.training.knowledge import ALL, EVERYTHING, Knowledge, named_channels, training_series
from kdviz.training.recipe import BATCHES, BUDGETS, PARTS, Recipe, steps_of

NETWORKS = told("kdviz.nets.architectures")
"""What each network says of itself, by id."""
ARCHITECTURES = tuple(NETWORKS)
TEACHERS = ("signal", "gaf", "persistence")
TEACHER_STEPS, STUDENT_STEPS = 300, 600
"""Of the quick budget, in which every epoch is taken."""
MOST_STEPS, MOST_PASSES = 4000, 400
"""Bounds of a training that goes on while its loss falls."""
LEAST_RATE = 1e-5
LASTS = (
    "converged: until the training loss no longer falls, teachers, student and control alike; quick: so many epochs "
    "and no more, with smaller teachers"
)
PATIENCE = "steps over which the training loss has to fall, where the budget is converged"
PART = "what it learns from; with the validation part only where the answer is its last epoch"
BATCH = "samples per step; 0: a tenth of those that there are, 2 to 16"
EVEN = "how an epoch is cut: even; or sliced, as runs of before were: the last batch holds what is left over"


@dataclass(frozen=True)
class StudentSettings:
    """How a network learns."""

    architecture: Annotated[str, Choice(ARCHITECTURES, "how large the network is")] = "tiny"
    batch: Annotated[int, Range(0, 256, 1, BATCH)] = 16
    rate: Annotated[float, Range(LEAST_RATE, 1.0, None, "learning rate of AdamW: warms up, then follows a cosine")] = (
        0.01
    )
    decay: Annotated[float, Range(0.0, 0.1, None, "weight decay")] = 1e-4
    threads: Annotated[int, Range(1, 64, 1, "torch threads; other counts give other bits")] = 1
    control: Annotated[bool, Switch("also train the same student from scratch, to compare with")] = True
    optimism: Annotated[bool, Switch("also note what choosing the epoch on test data would have claimed")] = False
    batches: Annotated[str, Choice(BATCHES, EVEN)] = "even"
    budget: Annotated[str, Choice(BUDGETS, LASTS)] = "converged"
    part: Annotated[str, Choice(PARTS, PART)] = "train"
    patience: Annotated[int, Range(1, 10_000, 1, PATIENCE)] = 300


@dataclass(frozen=True)
class TeacherSettings:
    """How each teacher learns; how long is said by the run's budget."""

    architecture: Annotated[str, Choice(ARCHITECTURES, "how large each teacher is")] = "resnet-16"
    epochs: Annotated[int, Range(0, 2000, 1, "passes over the training set, at most; 0: chosen by the data's size")] = 0
    batch: Annotated[int, Range(0, 256, 1, BATCH)] = 0
    rate: Annotated[float, Range(LEAST_RATE, 1.0, None, "learning rate")] = 0.001
    decay: Annotated[float, Range(0.0, 0.1, None, "weight decay")] = 1e-4
    stop: Annotated[
        float, Range(0.05, 1.0, 0.05, "share of the quick budget after which a teacher stops early; 1: never")
    ] = 1.0
    selection: Annotated[str, Choice(("last", "best"), "the teacher's answer: last epoch or best on validation")] = (
        "last"
    )
    batches: Annotated[str, Choice(BATCHES, EVEN)] = "even"
    patience: Annotated[int, Range(1, 10_000, 1, PATIENCE)] = 300


QUICK_TEACHING: Mapping[str, Value] = {"architecture": "small", "batch": 16, "rate": 0.005, "decay": 1e-3}
"""How teachers learn where the budget is quick, unless somebody says otherwise."""


@dataclass(frozen=True)
class Choices:
    """What a person chooses: names and a few numbers; None leaves it to the method or the data; `knows` is what may
    be known."""

    method: str = "kd"
    teachers: tuple[str, ...] | None = None
    student: str = "signal"
    epochs: int | None = None
    seed: int = 0
    selection: str | None = None
    knows: Knowledge = EVERYTHING
    budget: str | None = None


def teaching(budget: str, usual: Mapping[str, Any]) -> dict[str, Any]:
    """How teachers learn by the budget and by a method's own defaults, where that differs from TeacherSettings."""
    return {**(QUICK_TEACHING if budget == "quick" else {}), **usual}


def most_epochs(series: int, batch: int, budget: str = "converged") -> int:
    """The epochs of a student, or the most there may be, where nobody says how many."""
    if budget == "quick":
        return epochs_for(series, batch)
    return min(MOST_PASSES, max(15, round(MOST_STEPS / steps_of(series, batch))))


def epochs_for(series: int, batch: int, steps: int = STUDENT_STEPS) -> int:
    """Passes that give about `steps` steps: small sets many, at most 200; large sets few, at least 15.

    Measured on GunPoint with AVER: 300 steps leave a median test accuracy of 0.95 over 5 seeds, 600 reach 0.99.
    """
    return min(200, max(15, round(steps / steps_of(series, batch))))


def sort_settings(given: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """`KEY=VALUE` settings by whom they concern: `gaf.size` -> gaf, `teacher.epochs` -> teacher, `rate` -> ``."""
    sorted_: dict[str, dict[str, object]] = {}
    for key, value in given.items():
        who, _, name = key.rpartition(".")
        known = {"", "teacher", "method", "student", *modalities()}
        if who not in known:
            raise UserError(f"There is no part {who[:40]!r} to set. There are: {', '.join(sorted(known - {''}))}.")
        sorted_.setdefault(who, {})[name] = value
    return sorted_


def view_settings(names: Sequence[str], given: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, Value]]:
    """Every knob of every modality named, defaults filled in."""
    return {name: as_dict(modality(name, given.get(name, {})).params) for name in names}


def teacher_recipe(
    data: Dataset,
    name: str,
    views: Mapping[str, Mapping[str, Value]],
    how: TeacherSettings,
    seed: int,
    threads: int = 1,
    knows: Knowledge = EVERYTHING,
    budget: str = "converged",
) -> Recipe:
    """The `supervised` recipe of one teacher; the same for every method that asks for it.

    One that stops early shall not learn to the end: it has the steps of the quick budget.
    """
    long = budget == "converged" and how.stop == 1
    labels = 0 if knows.teacher_labels == ALL else knows.labels
    whole = long and how.selection == "last" and not labels  # who may know few labels learns none of the others
    series = training_series(data) + (data.validation.size if whole else 0)
    usual = most_epochs(series, how.batch) if long else epochs_for(series, how.batch, TEACHER_STEPS)
    return Recipe(
        data=data.sha256,
        student=name,
        sees=(name,),
        architecture=how.architecture,
        views={name: views[name]},
        epochs=how.epochs or usual,
        batch=how.batch,
        rate=how.rate,
        decay=how.decay,
        selection=how.selection,
        stop=how.stop,
        seed=seed,
        threads=threads,
        control=False,
        batches=how.batches,
        labels=labels,
        channels=named_channels(knows.teacher_channels.get(name, ()), data),
        budget="converged" if long else "quick",
        patience=how.patience if long else 0,
        part="train+validation" if whole and data.validation.size else "train",
    )


def fusion_sees(teachers: Sequence[str]) -> tuple[str, ...]:
    """What a fusion student sees: the signal and the teachers' images, or the GAF where no teacher has one."""
    images = tuple(t for t in teachers if t != "signal" and modalities()[t].dims == 2)
    return ("signal", *(images or ("gaf",)))


def training_of(
    given: Mapping[str, Mapping[str, object]], usual: Mapping[str, object] | None = None
) -> StudentSettings:
    """The student's training settings, said plainly or under `student.`; `usual` are a method's own defaults."""
    return fill(StudentSettings, {**(usual or {}), **given.get("student", {}), **given.get("", {})})
