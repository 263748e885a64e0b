"""From a few choices to a whole recipe: every default is said here, and only here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range, Switch, Value, as_dict, fill
from kdviz.core.plugins import told
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modalities, modality
from kdviz.training.knowledge import ALL, EVERYTHING, Knowledge, named_channels, training_series
from kdviz.training.recipe import BATCHES, Recipe

NETWORKS = told("kdviz.nets.architectures")
"""What each network says of itself, by id."""
ARCHITECTURES = tuple(NETWORKS)
TEACHERS = ("signal", "gaf", "persistence")
TEACHER_STEPS, STUDENT_STEPS = 300, 600
LEAST_RATE = 1e-5
EVEN = "how an epoch is cut: even; or sliced, as runs of before were: the last batch holds what is left over"


@dataclass(frozen=True)
class StudentSettings:
    """How a network learns."""

    architecture: Annotated[str, Choice(ARCHITECTURES, "how large the network is")] = "tiny"
    batch: Annotated[int, Range(1, 256, 1, "samples per step")] = 16
    rate: Annotated[float, Range(LEAST_RATE, 1.0, None, "learning rate of AdamW: warms up, then follows a cosine")] = (
        0.01
    )
    decay: Annotated[float, Range(0.0, 0.1, None, "weight decay")] = 1e-4
    threads: Annotated[int, Range(1, 64, 1, "torch threads; other counts give other bits")] = 1
    control: Annotated[bool, Switch("also train the same student from scratch, to compare with")] = True
    optimism: Annotated[bool, Switch("also note what choosing the epoch on test data would have claimed")] = False
    batches: Annotated[str, Choice(BATCHES, EVEN)] = "even"


@dataclass(frozen=True)
class TeacherSettings:
    """How each teacher learns."""

    architecture: Annotated[str, Choice(ARCHITECTURES, "how large each teacher is")] = "small"
    epochs: Annotated[int, Range(0, 2000, 1, "passes over the training set; 0: chosen by the data's size")] = 0
    batch: Annotated[int, Range(1, 256, 1, "samples per step")] = 16
    rate: Annotated[float, Range(LEAST_RATE, 1.0, None, "learning rate")] = 0.005
    decay: Annotated[float, Range(0.0, 0.1, None, "weight decay")] = 1e-3
    stop: Annotated[float, Range(0.05, 1.0, 0.05, "share of its epochs after which a teacher stops early")] = 1.0
    selection: Annotated[str, Choice(("last", "best"), "the teacher's answer: last epoch or best on validation")] = (
        "last"
    )
    batches: Annotated[str, Choice(BATCHES, EVEN)] = "even"


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


def epochs_for(series: int, batch: int, steps: int = STUDENT_STEPS) -> int:
    """Passes that give about `steps` steps: small sets many, at most 200; large sets few, at least 15.

    Measured on GunPoint with AVER: 300 steps leave a median test accuracy of 0.95 over 5 seeds, 600 reach 0.99.
    """
    return min(200, max(15, round(steps / -(-series // batch))))


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
) -> Recipe:
    """The `supervised` recipe of one teacher; the same for every method that asks for it."""
    return Recipe(
        data=data.sha256,
        student=name,
        sees=(name,),
        architecture=how.architecture,
        views={name: views[name]},
        epochs=how.epochs or epochs_for(training_series(data), how.batch, TEACHER_STEPS),
        batch=how.batch,
        rate=how.rate,
        decay=how.decay,
        selection=how.selection,
        stop=how.stop,
        seed=seed,
        threads=threads,
        control=False,
        batches=how.batches,
        labels=0 if knows.teacher_labels == ALL else knows.labels,
        channels=named_channels(knows.teacher_channels.get(name, ()), data),
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
