"""Which classes are taken for which, and who was right where the other erred."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.plain_text import one_line
from kdviz.figures.chart import Axis, Chart, matrix
from kdviz.figures.palette import network_name
from kdviz.metrics.intervals import interval
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.publication.base import UNTESTED, FigureKind, NoParams, over_seeds, shared, whose
from kdviz.runs.publication.figure_sheet import PublicationFigure

Counts = NDArray[np.int64]
MOST_CLASSES = 40


class Confusion(FigureKind):
    """Counts over the test set and all seeds, by network; then teacher and student by right and wrong."""

    id = "confusion"
    title = "Confusion, and who was right alone"
    says = (
        "It shows which classes are taken for which; that two networks err alike does not show that one learned it "
        "from the other, since hard series are hard for both."
    )

    def draw(self, runs: Sequence[OpenedRun], given: NoParams) -> PublicationFigure:
        """Raises UserError for more classes than can be read."""
        first, classes = runs[0], len(runs[0].data.classes)
        if classes > MOST_CLASSES:
            raise UserError(f"{first.data.name} has {classes} classes; a matrix of up to {MOST_CLASSES} can be read.")
        teacher = f"teacher.{first.reference}"
        roles = shared(runs, (teacher, "student", "control"))
        answers = {role: [one.logits(role, one.data.test).argmax(1) for one in runs] for role in roles}
        truth = [one.data.y[one.data.test] for one in runs]
        charts: dict[str, Chart] = {}
        numbers: dict[str, object] = {}
        heads = [one_line(name, 16) for name in first.data.classes]
        said = []
        for role in roles:
            pairs = list(zip(truth, answers[role], strict=True))
            counts: Counts = sum((_counts(y, a, classes) for y, a in pairs), np.zeros((classes, classes), np.int64))
            title = network_name(role)
            charts[title] = matrix(
                counts.tolist(), Axis("answered"), Axis("true class"),
                f"{title}: counts of true classes by answers.", heads,
            )  # fmt: skip
            by_chance = float((counts.sum(1) * counts.sum(0)).sum() / max(counts.sum(), 1) ** 2)
            right = [float((y == a).mean()) for y, a in pairs]
            said.append(f"{title}: accuracy {over_seeds(right)}, by chance {by_chance:.2f}.")
            numbers[role] = {"counts": counts.tolist(), "accuracy": right, "by_chance": by_chance}
        if teacher in answers:
            charts["Right and wrong"], both, sentence = _together(truth, answers[teacher], answers["student"], first)
            numbers["together"] = both
            said.append(sentence)
        return self.made(f"{whose(runs)} {' '.join(said)} {UNTESTED}", charts, numbers)


def _counts(y: Counts, answers: Counts, classes: int) -> Counts:
    return np.bincount(y * classes + answers, minlength=classes * classes).reshape(classes, classes)


def _together(
    truth: Sequence[Counts], teacher: Sequence[Counts], student: Sequence[Counts], first: OpenedRun
) -> tuple[Chart, dict[str, float], str]:
    """A table of right and wrong, and how often both err beside what independent errors give."""
    one = np.concatenate([a == y for a, y in zip(teacher, truth, strict=True)])
    other = np.concatenate([a == y for a, y in zip(student, truth, strict=True)])
    table = [[int((one == a)[other == b].sum()) for b in (True, False)] for a in (True, False)]
    both = (~one & ~other).astype(np.float64)
    by_chance = float((~one).mean() * (~other).mean())
    groups = None if first.data.groups is None or len(truth) > 1 else first.data.groups[first.data.test]
    found = interval(both, groups, bounds=(0.0, 1.0))
    name = network_name(f"teacher.{first.reference}")
    drawn = matrix(table, Axis("student"), Axis(name), "Series by whether teacher and student are right.",
                   ("right", "wrong"))  # fmt: skip
    known = np.isfinite(found.low) and bool(both.any())  # where none is, resampling finds none either
    share = f"{found.value:.1%}" + (f" [{found.low:.1%}, {found.high:.1%}]" if known else "")
    sentence = (
        f"Both err in {share} of {both.size} answers; independent errors of these rates would meet in {by_chance:.1%}."
    )
    saved = table[1][0] / max(sum(table[1]), 1)
    numbers = {"both_wrong": float(both.mean()), "by_chance": by_chance, "student_right_where_teacher_wrong": saved}
    return drawn, numbers, sentence
