"""What accuracy costs: test accuracy against the student's parameters, methods side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kdviz.core.errors import UserError
from kdviz.figures.chart import Axis, Point, points
from kdviz.metrics.hypothesis_tests import mean
from kdviz.runs.comparison.run_groups import Entry, groups
from kdviz.runs.publication.base import ONE_SEED, UNTESTED, FigureKind, NoParams, numbered, tested_by
from kdviz.runs.publication.figure_sheet import PublicationFigure

SCRATCH = "From-scratch control"


class AccuracySize(FigureKind):
    """Means over seeds with t intervals, on one data set."""

    id = "size"
    title = "Accuracy against size"
    says = "It shows what each method reached at each size on this data; where intervals overlap, no order is shown."
    several = True

    def draw_several(self, entries: Sequence[Entry], given: NoParams) -> PublicationFigure:
        """Raises UserError where the runs are of several data sets, or no network of theirs is here."""
        data = sorted({e.data for e in entries})
        if len({e.source for e in entries}) > 1:
            raise UserError(f"These runs are on several data sets ({', '.join(data)[:120]}): give those of one.")
        marks: dict[str, list[Point]] = {SCRATCH: []}
        numbers: dict[str, Any] = {}
        found = groups(entries)
        for here in found.values():
            untaught: dict[tuple[str, int], Entry] = {}
            for group in here:
                weights = self._weights(group.entries[0])
                if math.isnan(weights):
                    continue
                known = mean([e.accuracy for e in group.entries])
                marks.setdefault(group.label, []).append(_point(weights, known, group.label, len(group.seeds)))
                student = group.entries[0].student
                numbers[f"{group.label}, {student}"] = {
                    "parameters": weights, "accuracy": known.value, "low": _known(known.low),
                    "high": _known(known.high), "seeds": len(group.seeds),
                }  # fmt: skip
                untaught |= {e.unit: e for e in group.entries if math.isfinite(e.control)}
            if untaught:
                told = list(untaught.values())
                alone = mean([e.control for e in told])
                marks[SCRATCH].append(_point(self._weights(told[0]), alone, SCRATCH, len(told)))
                numbers[f"{SCRATCH}, {told[0].student}"] = {"accuracy": alone.value, "seeds": len(told)}
        marks = {name: each for name, each in marks.items() if each}
        if not marks:
            raise UserError("No student of these runs is here, so nobody can count its parameters.")
        chart = points(
            marks, Axis("parameters of the student", "count", log=True), Axis("test accuracy", "percent"),
            "Test accuracy against parameters, method by method.", front=True,
        )  # fmt: skip
        seeds = sorted({e.seed for e in entries})
        many, one = len(entries), len(seeds) == 1
        kinds = ", ".join(each for here in found.values() for each in numbered(here, self.runs).values())
        beside = f" {SCRATCH}: the same student without teachers, of equal steps." if SCRATCH in marks else ""
        caption = (
            f"{data[0]}{tested_by(self.runs[entries[0].id])}: mean test accuracy of {many} run{'s' * (many > 1)}, "
            f"seed{'s' * (not one)} {', '.join(map(str, seeds[:12]))}"
            f"{'' if one else '; bars are 95 % t intervals over seeds'}. Each test set was used once.{beside}"
            f"{f' {kinds}.' if kinds else ''} Marks of one size stand side by side. The dashed line joins what nothing "
            f"smaller reaches. {UNTESTED}"
            f"{ONE_SEED if one else ''}"
        )
        return self.made(caption, {self.title: chart}, numbers)

    def _weights(self, one: Entry) -> float:
        """Parameters of a run's student; NaN where it was trained elsewhere and stayed there."""
        if not math.isnan(known := one.cost("weights")):
            return known
        try:
            return float(sum(p.numel() for p in self.opening(one.id).networks["student"].parameters()))
        except UserError:
            return math.nan


def _point(weights: float, known: Any, name: str, seeds: int) -> Point:
    bars = (known.low, known.high) if math.isfinite(known.low) else (None, None)
    beside = "" if bars[0] is None else f" [{known.low:.1%}, {known.high:.1%}]"
    text = f"{name}: {known.value:.1%}{beside}, {weights:,.0f} parameters, {seeds} seed{'s' * (seeds > 1)}"
    return Point(float(weights), float(known.value), text, *bars)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
