"""Knobs and terms that most methods share: labels, softened logits, and who is compared with whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.flow import Clock, Losses, Step, Trace
from kdviz.core.params import Choice, Range
from kdviz.methods.losses import cross_entropy, hinton
from kdviz.methods.needs import TIMELESS


@dataclass(frozen=True)
class Softened:
    """The knobs of learning from labels and softened teacher outputs: L = (1 - s) CE + s KD."""

    temperature: Annotated[float, Range(1, 20, 0.5, "T: how soft the teachers' probabilities are")] = 4.0
    kd_share: Annotated[
        float, Range(0, 1, 0.05, "the teachers' logits' share of the loss; the labels get the rest")
    ] = 0.7
    reduction: Annotated[
        str,
        Choice(("batchmean", "element_mean"), "element_mean (Jeon et al.) is smaller by the number of classes"),
    ] = "batchmean"


@dataclass(frozen=True)
class Warmed(Softened):
    """The knobs of a method with a term of its own, which grows over the first epochs."""

    warmup: Annotated[float, Range(0, 1, 0.05, "share of the epochs over which the method's own term grows")] = 0.2


@dataclass(frozen=True)
class Shared(Softened):
    """The knobs of teachers with fixed shares; those of the teachers present are scaled to sum to one."""

    signal: Annotated[float, Range(0, 1, 0.05, "the signal teacher's share")] = 0.5
    gaf: Annotated[float, Range(0, 1, 0.05, "the GAF teacher's share")] = 0.2
    persistence: Annotated[float, Range(0, 1, 0.05, "the persistence image teacher's share")] = 0.3
    other: Annotated[float, Range(0, 1, 0.05, "the share of any other teacher")] = 0.2


def taught(step: Step, params: Softened, target: Tensor | None = None) -> Losses:
    """Terms `ce` and `kd`: labels, and the teachers' mean logits (or `target` (N, C)) softened."""
    if params.kd_share == 0:
        return blend(step, params, None)
    goal = mean_logits(step.teachers) if target is None else target
    return blend(step, params, hinton(step.student.logits, goal, params.temperature, params.reduction))


def blend(step: Step, params: Softened, kd: Tensor | None) -> Losses:
    """(1 - s) CE and s KD as named terms; without `kd` where the teachers' logits have no share."""
    share = params.kd_share
    terms = {"ce": (1 - share) * cross_entropy(step.student.logits, step.batch.label)}
    return terms if kd is None or share == 0 else {**terms, "kd": share * kd}


def asked_about(step: Step) -> Tensor:
    """The class (N,) that a map is asked about: the label, or where it is hidden what the teachers together answer."""
    label = step.batch.label
    known = label >= 0
    return label if bool(known.all()) else torch.where(known, label, mean_logits(step.teachers).argmax(1))


def all_logits(teachers: Mapping[str, Trace]) -> Tensor:
    """The teachers' logits (K, N, C)."""
    return torch.stack([t.logits for t in teachers.values()])


def mean_logits(teachers: Mapping[str, Trace]) -> Tensor:
    """The mean of the teachers' logits (N, C)."""
    return all_logits(teachers).mean(0)


def shares(params: Shared, names: Iterable[str]) -> dict[str, float]:
    """Each teacher's fixed share; they sum to one. Even where all are zero."""
    given = {name: float(getattr(params, name, params.other)) for name in names}
    total = sum(given.values())
    return {name: share / total if total else 1 / len(given) for name, share in given.items()}


def pairs(student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Trace, Trace]]:
    """(modality, student, teacher): the student's branch of that modality where it has one, else all of it."""
    for name, teacher in teachers.items():
        yield name, student.parts.get(name, student), teacher


def in_time(student: Trace, teachers: Mapping[str, Trace]) -> list[tuple[str, Trace, Trace]]:
    """Those pairs whose maps can be laid on each other: same modality, or both about time.

    A persistence image has no axis of time; only a student with such a branch can match its maps.
    """
    return [pair for pair in pairs(student, teachers) if pair[0] in student.parts or pair[0] not in TIMELESS]


def levels(student: Trace, teacher: Trace, depth: str) -> list[tuple[Tensor, Tensor]]:
    """Stages (student, teacher) matched from the deep end; `depth` is `last` or `all`. Deepest first."""
    both = list(zip(reversed(student.stages), reversed(teacher.stages), strict=False))
    return both if depth == "all" else both[:1]


def warm(clock: Clock, share: float) -> float:
    """A weight that grows from the first epoch to one over a share of the epochs."""
    return min(clock.epoch / max(share * clock.epochs, 1.0), 1.0)


def average(terms: Iterable[Tensor]) -> Tensor:
    """The mean of scalars."""
    return torch.stack(list(terms)).mean()


def refuse_empty(found: list[tuple[str, Trace, Trace]], title: str) -> None:
    """Raise UserError where no teacher's maps can be laid on the student's."""
    if not found:
        raise UserError(
            f"{title} compares maps in time, and a persistence image has no axis of time: add the signal or the gaf "
            "teacher, or choose a fusion student, which sees that image itself."
        )
