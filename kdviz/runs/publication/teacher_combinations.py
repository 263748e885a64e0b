"""What each teacher gives, alone, in pairs and all together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kdviz.core.errors import UserError
from kdviz.figures.chart import Axis, Bar, intervals
from kdviz.figures.palette import CONTROL, STUDENT, network_name
from kdviz.metrics.hypothesis_tests import family, mean
from kdviz.runs.comparison.run_groups import Entry, groups
from kdviz.runs.publication.base import ONE_SEED, FigureKind, NoParams, tested_by
from kdviz.runs.publication.figure_sheet import PublicationFigure


class TeacherCombinations(FigureKind):
    """Gains over the from-scratch control by set of teachers, paired by seed, corrected over the sets."""

    id = "teachers"
    title = "Teacher combinations"
    says = (
        "It shows what a student of one method gains by each set of teachers; a set that is not shown to gain is not "
        "shown to be useless, for seeds are few."
    )
    several = True

    def draw_several(self, entries: Sequence[Entry], given: NoParams) -> PublicationFigure:
        """Raises UserError where there are not two sets of teachers of one method on one data set."""
        taught = [e for e in entries if self._teachers(e)]
        if len({(e.method, e.source, e.student) for e in taught}) != 1 or len({*map(self._teachers, taught)}) < 2:
            raise UserError(
                "This figure is of one method, student and data set with two or more sets of teachers: give such runs, "
                "for example of three sweeps with --teachers signal, --teachers gaf and --teachers signal,gaf."
            )
        every = [group for here in groups(taught).values() for group in here]
        by_set = {self._teachers(group.entries[0]): group.entries for group in every}
        if len(by_set) < len(every):
            raise UserError(
                f"Of these kinds of runs some have the same teachers: {', '.join(g.label for g in every)[:200]}. Give "
                "runs that differ in teachers and seed alone."
            )
        if not all(any(math.isfinite(e.control) for e in each) for each in by_set.values()):
            raise UserError(
                "A set of teachers has no run with a from-scratch control, and gains are counted from it: train with "
                "the setting control on."
            )
        order = sorted(by_set, key=lambda names: (len(names), names))
        gains = {_called(names): [e.accuracy - e.control for e in by_set[names]] for names in order}
        tested = family({name: each for name, each in gains.items() if len(each) > 1})
        rows, numbers = [], dict[str, Any]()
        for names in order:
            name, found = _called(names), mean(gains[_called(names)])
            test = tested.get(name)
            shown = bool(test is not None and test.conclusive)
            many = found.n
            text = f"{name}: {100 * found.value:+.1f} points over scratch, {many} seed{'s' * (many > 1)}"
            low, high = (None, None) if found.low != found.low else (float(found.low), float(found.high))
            colour = STUDENT if shown else CONTROL
            rows.append(Bar(name, float(found.value), low, high, text, colour, shown))
            numbers[name] = {"gain": float(found.value), "low": low, "high": high, "seeds": many, "shown": shown,
                             "accuracy": float(mean([e.accuracy for e in by_set[names]]).value)}  # fmt: skip
        chart = intervals(rows, Axis("gain over the from-scratch control, points", "points"),
                          "Gain over the control by set of teachers.", zero=True)  # fmt: skip
        one, seeds = taught[0], sorted({e.seed for e in taught})
        sure = (
            " Bars are 95 % t intervals over seeds; a square: shown at 5 % after Holm's correction over "
            f"{len(tested)} sets."
        )
        caption = (
            f"{one.data}, {one.method}, student {one.student}{tested_by(self.runs[one.id])}: gain in test accuracy "
            "over the from-scratch control of equal steps, paired by seed, by set of teachers. "
            f"{sum(map(len, by_set.values()))} runs, seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds[:12]))}."
            f"{sure if tested else ONE_SEED}"
        )
        return self.made(caption, {self.title: chart}, numbers)

    def _teachers(self, one: Entry) -> tuple[str, ...]:
        return tuple(self.runs[one.id].recipe.teacher_names)


def _called(names: Sequence[str]) -> str:
    return " + ".join(network_name(name).removesuffix(" teacher") for name in names)
