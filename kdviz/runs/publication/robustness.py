"""What noise and missing stretches do to accuracy and to evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Range
from kdviz.figures.chart import Axis, Chart, Line, lines
from kdviz.figures.palette import CONTROL, INK, STUDENT, colour, network_name, spoken
from kdviz.metrics.agreement import agree
from kdviz.metrics.intervals import finite_or_none
from kdviz.metrics.separability import evenly_spaced
from kdviz.runs.analysis.evidence_match import counterpart
from kdviz.runs.analysis.opened_run import OpenedRun, chunked, look
from kdviz.runs.publication.base import UNTESTED, FigureKind, dash, over_seeds, whose, wide
from kdviz.runs.publication.figure_sheet import PublicationFigure
from kdviz.training.knowledge import degrade

STRENGTHS = {"noise": (0.0, 0.06, 0.09, 0.12), "missing": (0.0, 0.15, 0.22, 0.30)}
"""Noise in standard deviations of each channel, missing as a share of the series: those of the wearables papers."""
Scores = dict[str, float]


@dataclass(frozen=True)
class Params:
    """How many series are degraded."""

    series: Annotated[int, Range(8, 1000, 1, "test series, evenly spaced")] = 128


class Robustness(FigureKind):
    """Accuracy of teacher, student and control, and the match of CAMs, by strength."""

    id = "robustness"
    title = "Robustness to noise and missing parts"
    says = (
        "It shows what these disturbances do to networks that were trained without them; others may do more, and a "
        "match that holds may be of two networks that are misled alike."
    )
    params = Params

    def draw(self, runs: Sequence[OpenedRun], given: Params) -> PublicationFigure:
        """Means over seeds; every strength is drawn from the run's seed."""
        first = runs[0]
        if not first.reference:
            raise UserError("This run has no teacher, so there is no evidence to match.")
        charts: dict[str, Chart] = {}
        numbers: dict[str, Any] = {}
        said = []
        clean = [_scores(one, given.series, "noise", 0.0) for one in runs]
        for kind, strengths in STRENGTHS.items():
            each = [
                [start, *(_scores(one, given.series, kind, s) for s in strengths[1:])]
                for one, start in zip(runs, clean, strict=True)
            ]
            names = [n for n in each[0][0] if all(n in one[0] for one in each)]
            means = {n: [float(np.mean([one[k][n] for one in each])) for k in range(len(strengths))] for n in names}
            told = {n: [finite_or_none(value) for value in values] for n, values in means.items()}
            numbers[kind] = {"strengths": list(strengths), **told}
            axis = Axis("noise (standard deviations)" if kind == "noise" else "missing share of the series")
            right = [n for n in names if not n.startswith("match")]
            drawn = [Line(n, strengths, means[n], _colour(n, first), dash(n), wide(n)) for n in right]
            charts[f"Accuracy, {kind}"] = lines(
                drawn, axis, Axis("test accuracy", "percent"), f"Accuracy by strength of {kind}."
            )
            dashes = {"match": "", "match by chance": "2 3", "match of the control": "6 3"}
            shades = {"match": STUDENT, "match by chance": INK, "match of the control": CONTROL}
            drawn = [Line(n, strengths, means[n], shades[n], dashes[n]) for n in shades if n in means]
            charts[f"Evidence, {kind}"] = lines(
                drawn, axis, Axis("correlation of CAMs"), f"Match of CAMs with the teacher by strength of {kind}."
            )
            drop = [one[0]["Student"] - one[-1]["Student"] for one in each]
            lost = [one[0]["match"] - one[-1]["match"] for one in each]
            said.append(
                f"At {kind} {strengths[-1]:g} the student loses {over_seeds([100 * d for d in drop], 1)} points of "
                f"accuracy and {over_seeds(lost)} of match."
            )
        caption = (
            f"{whose(runs)} {min(given.series, first.data.test.size)} test series, degraded before every view is made. "
            f"Evidence: Pearson correlation of CAMs in time with the {spoken(first.reference)}'s on the same "
            f"degraded series; by chance: with those of other series of the class. {' '.join(said)} {UNTESTED}"
        )
        return self.made(caption, {title: charts[title] for title in sorted(charts)}, numbers)


def _colour(name: str, opened: OpenedRun) -> str:
    return next((colour(role) for role in opened.networks if network_name(role) == name), INK)


def _scores(opened: OpenedRun, count: int, kind: str, strength: float) -> Scores:
    """Accuracies by network's name, by chance, and the match with its chance and control."""
    series = evenly_spaced(opened.data.test, count)
    y = opened.data.y[series]
    recipe = replace(
        opened.recipe, noise=strength if kind == "noise" else 0.0, missing=strength if kind == "missing" else 0.0
    )
    raw = degrade(opened.data, recipe, series, opened.data.X[series])
    teacher = f"teacher.{opened.reference}"
    roles = [role for role in (teacher, "student", "control") if role in opened.networks]
    seen = {role: _seen(opened, role, series, raw) for role in roles}
    out = {network_name(role): float((answers == y).mean()) for role, (answers, _) in seen.items()}
    out["By chance"] = float(np.max(np.bincount(y)) / y.size)
    maps = {role: counterpart(times, opened.reference) for role, (_, times) in seen.items()}
    mine, theirs = maps["student"], maps.get(teacher)
    if mine is None or theirs is None:
        raise UserError("CAMs of this run cannot be told in time, so there is no match to follow.")
    groups = None if opened.data.groups is None else opened.data.groups[series]
    found = agree("pearson", mine, theirs, y, maps.get("control"), groups, rounds=19)
    out |= {"match": found.match.value, "match by chance": found.by_chance.value}
    return out if found.by_control is None else out | {"match of the control": found.by_control.value}


def _seen(
    opened: OpenedRun, role: str, series: NDArray[np.int64], raw: NDArray[np.float32]
) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
    """Answers (n,) and CAMs in time (n, T) by modality, of a few series at a time, which is faster than all at once."""
    net, places = opened.networks[role], chunked(np.arange(series.size))
    parts = [look(opened, net, "cam", series[at], None, raw[at]) for at in places]
    answers = np.concatenate([each.probability.argmax(1) for each in parts])
    return answers, {m: np.concatenate([each.times[m] for each in parts]) for m in parts[0].times}
