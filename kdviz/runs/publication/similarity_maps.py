"""Which series a network's features call alike, stage by stage: teachers, their mean, student and control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Range
from kdviz.figures.chart import Axis, Chart, Line, lines, matrix
from kdviz.figures.palette import CONTROL, INK, STUDENT, colour, network_name, spoken
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.publication.base import UNTESTED, FigureKind, over_seeds, whose
from kdviz.runs.publication.figure_sheet import PublicationFigure

Gram = NDArray[np.float64]
MEAN = "Mean of the teachers"
DRAWS = 99
USUAL = ("student", "chance", "control")
"""Distances from the mean of the teachers; others are the student's from each teacher, by its view."""
BY_TEACHER = ("8 3 2 3", "14 4", "8 3 2 3 2 3", "4 1")
"""Dashes of the distances from each teacher, which are not told apart by colour alone."""


@dataclass(frozen=True)
class Params:
    """How many series are compared."""

    series: Annotated[int, Range(8, 64, 1, "test series, sorted by class")] = 24


class SimilarityMaps(FigureKind):
    """Cosine Gram matrices of flattened feature maps, as SP and TGD match them, and their distances to the student."""

    id = "similarity"
    title = "Similarity maps by stage"
    says = (
        "It shows which series look alike to a network at each depth; likeness of these maps does not show that the "
        "same places of a series were looked at."
    )
    params = Params

    def draw(self, runs: Sequence[OpenedRun], given: Params) -> PublicationFigure:
        """Maps of the first run; distances (mean square) of all, beside permuted series and the control."""
        maps = _maps(runs[0], given.series)
        every = _in_all([_distances(maps if k == 0 else _maps(one, given.series)) for k, one in enumerate(runs)])
        charts: dict[str, Chart] = {"Distance by stage": _by_stage(every)}
        one = sum(role.startswith("teacher.") for role in runs[0].networks) == 1
        for stage, each in enumerate(maps):
            for name, gram in each.items():
                if one and name == MEAN:  # the teacher itself
                    continue
                charts[f"Stage {stage + 1}: {name}"] = matrix(
                    gram.tolist(), Axis("series by class"), Axis("series by class"),
                    f"Cosine likeness of series in stage {stage + 1} of {name}.", limits=(-1.0, 1.0), signed=True,
                )  # fmt: skip
        said, numbers = [], dict[str, Any]()
        for stage in range(len(maps)):
            values = {key: [one[stage][key] for one in every] for key in every[0][stage]}
            words = {key: over_seeds(each, 3) for key, each in values.items()}
            beside = f", control {words['control']}" if "control" in words else ""
            own = "".join(f"; from the {spoken(name)} {word}" for name, word in words.items() if name not in USUAL)
            said.append(f"Stage {stage + 1}: student {words['student']}, by chance {words['chance']}{beside}{own}.")
            numbers[f"stage {stage + 1}"] = {key: float(np.mean(each)) for key, each in values.items()}
        caption = (
            f"{whose(runs)} {len(maps[0][MEAN])} test series sorted by class. Mean squared distance of the student's "
            f"map from the mean of the teachers', and from each: {' '.join(said)} Chance permutes the student's "
            f"series, {DRAWS} times. Drawn maps are of seed {runs[0].recipe.seed}, from -1 (blue) to 1 (red). "
            f"{UNTESTED}"
        )
        return self.made(caption, charts, numbers)


def _by_stage(every: Sequence[Sequence[Mapping[str, float]]]) -> Chart:
    """The distances, means over seeds, as lines along the stages."""
    stages = [float(k + 1) for k in range(len(every[0]))]
    taught = [name for name in every[0][0] if name not in USUAL]
    goal = MEAN.lower() if len(taught) > 1 else spoken(taught[0])
    looks = {"student": (f"Student, from the {goal}", STUDENT, "", 3.0),
             "control": (f"Control, from the {goal}", CONTROL, "6 3", 2.0),
             "chance": ("By chance", INK, "2 3", 2.0)}  # fmt: skip
    if len(taught) > 1:
        for place, name in enumerate(taught):
            dash = BY_TEACHER[place % len(BY_TEACHER)]
            looks[name] = (f"Student, from the {spoken(name)}", colour(name), dash, 1.6)
    drawn = []
    for name, (title, hue, dash, wide) in looks.items():
        if name in every[0][0]:
            values = [float(np.mean([one[k][name] for one in every])) for k in range(len(stages))]
            drawn.append(Line(title, stages, values, hue, dash, wide))
    return lines(drawn, Axis("stage", "count"), Axis("mean squared distance", min=0.0), "Distances of similarity maps.")


def _in_all(every: Sequence[Sequence[Mapping[str, float]]]) -> list[list[dict[str, float]]]:
    """Without the distances that not every run has: its control may be missing."""
    names = [name for name in every[0][0] if all(name in stage for one in every for stage in one)]
    return [[{name: stage[name] for name in names} for stage in one] for one in every]


def _maps(opened: OpenedRun, count: int) -> list[dict[str, Gram]]:
    """By stage, from the first: the Gram matrix of each teacher, their mean, student and control."""
    test = opened.data.test
    series = evenly_spaced(test[np.argsort(opened.data.y[test], kind="stable")], count)
    found = {role: _grams(opened, net, series) for role, net in opened.networks.items()}
    taught = [role for role in found if role.startswith("teacher.")]
    if not taught:
        raise UserError("This run has no teacher: there is nothing to compare the student's similarity maps with.")
    depth = min(map(len, found.values()))
    out = []
    for stage in range(depth):
        here = {role: each[stage * (len(each) - 1) // max(depth - 1, 1)] for role, each in found.items()}
        named = {network_name(role): here[role] for role in taught}
        named[MEAN] = np.asarray(np.mean([here[role] for role in taught], axis=0))
        out.append(named | {network_name(role): here[role] for role in ("student", "control") if role in here})
    return out


def _grams(opened: OpenedRun, net: Branch, series: NDArray[np.int64]) -> list[Gram]:
    views = opened.input(net).views(series, names=net.modalities)
    with torch.no_grad():
        stages = net(views).stages
    flat = [stage.flatten(1).double().numpy() for stage in stages]
    centred = [each - each.mean(0) for each in flat]
    unit = [each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in centred]
    return [each @ each.T for each in unit]


def _distances(maps: Sequence[Mapping[str, Gram]]) -> list[dict[str, float]]:
    """By stage: of student, permuted student, and control, from the teachers' mean; of the student, from each."""
    dice, out = np.random.default_rng(0), []
    for each in maps:
        goal, mine = each[MEAN], each[network_name("student")]
        turns = [dice.permutation(len(mine)) for _ in range(DRAWS)]
        found = {"student": _apart(mine, goal), "chance": float(np.mean([_apart(mine[t][:, t], goal) for t in turns]))}
        control = each.get(network_name("control"))
        own = [name for name in each if name not in (MEAN, network_name("student"), network_name("control"))]
        found |= {name.removesuffix(" teacher").lower(): _apart(mine, each[name]) for name in own}
        out.append(found if control is None else found | {"control": _apart(control, goal)})
    return out


def _apart(one: Gram, other: Gram) -> float:
    return float(np.square(one - other).mean())
