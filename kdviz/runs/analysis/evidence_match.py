"""How alike the evidence of student and teachers is over a run's test set, beside chance and control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.evidence.base import extractor
from kdviz.metrics.agreement import Agreement, agree
from kdviz.metrics.chance import holm
from kdviz.metrics.conclusions import Family, conclusion_sentences
from kdviz.metrics.intervals import finite_or_none
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.similarity import SIMILARITY
from kdviz.nets.maps import together
from kdviz.runs.analysis.evidence_answers import EvidenceMatch, MeasuredMatch
from kdviz.runs.analysis.opened_run import Maps, NetworkEvidence, OpenedRun, evidence

Index = NDArray[np.int64]
MOST = 256
MOST_OF_SLOW = 64
TIME = ("pearson", "spearman", "top20", "jensen_shannon", "wasserstein", "coherence")
PLANE = ("ssim",)


@dataclass(frozen=True)
class TestSetEvidence:
    """What every network showed of some test series when asked for the same classes.

    series, asked   (n,) which series of the data set, and the class that each network was asked about
    seen            by role: maps, in time and native, and probabilities
    """

    series: Index
    asked: Index
    seen: Mapping[str, NetworkEvidence]


def target_classes(opened: OpenedRun, series: Index, target: str | int) -> Index:
    """The class that each series is asked about: its `true` one, the student's `predicted` one, or one for all."""
    if target == "true":
        return opened.data.y[series]
    if target == "predicted":
        return predicted(opened, series)
    return np.full(series.size, int(target))


def predicted(opened: OpenedRun, series: Index) -> Index:
    """The student's answers (n,)."""
    found: Index = opened.logits("student", series).argmax(1)
    return found


def looked(opened: OpenedRun, name: str, target: str | int = "true", most: int | None = None) -> TestSetEvidence:
    """Ask every network about some of the test set; `name` is an extractor, perhaps with a stage."""
    series = evenly_spaced(opened.data.test, most or (MOST_OF_SLOW if extractor(name).slow else MOST))
    classes = target_classes(opened, series, target)
    return TestSetEvidence(series, classes, evidence(opened, name, series, classes))


def counterpart(maps: Mapping[str, NDArray[np.float32]], teacher: str) -> NDArray[np.float32] | None:
    """Of a student's maps by modality, those to hold beside a teacher's: the same modality, else the signal's."""
    return maps.get(teacher, maps.get("signal", next(iter(maps.values()), None)))


def teachers(seen: Mapping[str, NetworkEvidence]) -> Iterator[tuple[str, NetworkEvidence]]:
    """(modality, what it showed) of every teacher."""
    return ((role.removeprefix("teacher."), each) for role, each in seen.items() if role.startswith("teacher."))


def matches(
    opened: OpenedRun, found: TestSetEvidence, measures: Sequence[str] = (*TIME, *PLANE)
) -> dict[str, dict[str, Agreement]]:
    """By teacher and measure: the student's likeness to it, with chance, control and intervals.

    In time wherever both have a map there; as images only where both look at the same image.
    """
    student, control = found.seen.get("student"), found.seen.get("control")
    if student is None:
        return {}
    out: dict[str, dict[str, Agreement]] = {}
    for name, teacher in teachers(found.seen):
        out[name] = {}
        for measure in measures:
            plane = 1 not in SIMILARITY[measure].dims
            trio = [_maps(each, name, plane) for each in (student, teacher, control)]
            if trio[0] is None or trio[1] is None:
                continue
            out[name][measure] = _agree(opened, found, measure, trio[0], trio[1], trio[2])
    return out


def match(opened: OpenedRun, name: str, target: str | int = "true") -> EvidenceMatch:
    """How alike student and teachers are over the test set: every number with its interval, and what it allows."""
    found, data = looked(opened, name, target), opened.data
    teachers = {
        teacher: {measure: _measured(measure, agreed) for measure, agreed in measures.items()}
        for teacher, measures in matches(opened, found).items()
    }
    title, test = extractor(name).title, int(data.test.size)
    told = EvidenceMatch(title, teachers, found.series, found.asked, test, data.groups is not None, data.unit, 0)
    return corrected(told)


def _measured(measure: str, agreed: Agreement) -> MeasuredMatch:
    how, numbers = SIMILARITY[measure], agreed.summary()
    return MeasuredMatch(how.title, how.unit, how.higher_is_better, numbers, agreed.each, None, ())


def corrected(told: EvidenceMatch, extractors: int = 1) -> EvidenceMatch:
    """The same with p corrected for all its measures and teachers, times so many extractors shown side by side."""
    every = [each for measures in told.teachers.values() for each in measures.values()]
    p = [float("nan") if each.numbers.p is None else each.numbers.p for each in every]
    comparisons = extractors * sum(each.numbers.p is not None for each in every)
    adjusted = iter([finite_or_none(float(value)) for value in holm(p, comparisons)])
    teachers = {
        teacher: {name: _said(name, each, told.unit, next(adjusted), comparisons) for name, each in measures.items()}
        for teacher, measures in told.teachers.items()
    }
    return replace(told, teachers=teachers, comparisons=comparisons)


def _said(name: str, each: MeasuredMatch, unit: str, adjusted: float | None, comparisons: int) -> MeasuredMatch:
    sentences = conclusion_sentences(name, each.numbers, unit, Family(adjusted, comparisons))
    return replace(each, adjusted=adjusted, sentences=tuple(sentences))


def _maps(seen: NetworkEvidence | None, name: str, plane: bool) -> NDArray[np.float32] | None:
    if seen is None:
        return None
    if not plane:
        return counterpart(seen.times, name)
    own: Maps = {m: value for m, value in seen.maps.items() if value.ndim == 3}
    return own.get(name)


def _agree(
    opened: OpenedRun, found: TestSetEvidence, measure: str, student: NDArray[np.float32], teacher: NDArray[np.float32],
    control: NDArray[np.float32] | None,
) -> Agreement:  # fmt: skip
    if student.ndim == 3:
        student, alike = _one_grid(student, teacher)
        control = None if control is None else _one_grid(control, teacher)[0]
        teacher = alike
    groups = None if opened.data.groups is None else opened.data.groups[found.series]
    y = opened.data.y[found.series]
    classes = y * (found.asked.max() + 1) + found.asked
    return agree(measure, student, teacher, classes, control, groups)


def _one_grid(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Images (n, h, w) and (n, h', w') on the smaller of their grids."""
    a, b = together(torch.from_numpy(one)[:, None], torch.from_numpy(other)[:, None])
    return a[:, 0].numpy(), b[:, 0].numpy()
