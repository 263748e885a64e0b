"""What a sweep will take: from what its like took here, else from a few epochs tried now and not kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kdviz.core.events import EpochEnded
from kdviz.data.dataset import Dataset
from kdviz.metrics.separability import evenly_spaced
from kdviz.runs.index.index_rows import likeness
from kdviz.runs.index.run_facts import past_seconds, states
from kdviz.runs.store.lineage import data_of_teacher
from kdviz.runs.sweeps.plan import Sweep
from kdviz.runs.sweeps.progress import SETTLED
from kdviz.training.encoded_data import EncodedData, Materials
from kdviz.training.knowledge import training_series
from kdviz.training.learner import student_of
from kdviz.training.loop import train
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher

MOST_SERIES = 96
EPOCHS = 3
PATIENCE = 8.0


def trial_seconds(recipe: Recipe, data: Dataset) -> float:
    """The seconds that a run of this recipe will take: all its epochs, by the cost of the first few on a part."""
    part = some_of(data)
    began = time.perf_counter()
    materials = Materials(part, recipe, whose=data_of_teacher)
    material = materials.of(recipe)
    seeing = time.perf_counter() - began
    teachers = {t.student: _untrained(t, materials.of(t)) for t in recipe.teachers}
    each: list[float] = []
    for event in train(recipe, material, teachers):
        if isinstance(event, EpochEnded):
            each.append(event.seconds)
        if len(each) == EPOCHS:
            break
    return seeing * data.series / part.series + recipe.epochs * statistics.median(each) * _times(data, part)


def some_of(data: Dataset) -> Dataset:
    """Some series of each split, so that they hold every class they can."""
    kept = {name: evenly_spaced(index, MOST_SERIES) for name, index in data.splits.items()}
    index = np.concatenate(list(kept.values()))
    train, validation, test = (np.flatnonzero(np.isin(index, kept[n])) for n in ("train", "validation", "test"))
    groups = None if data.groups is None else data.groups[index]
    more = None if data.unlabelled is None else data.unlabelled[:MOST_SERIES]
    return replace(
        data,
        unlabelled=more,
        X=data.X[index],
        y=data.y[index],
        groups=groups,
        train=train,
        validation=validation,
        test=test,
    )


def _times(data: Dataset, part: Dataset) -> float:
    return training_series(data) / training_series(part)


def _untrained(recipe: Recipe, material: EncodedData) -> CachedTeacher:
    net = student_of(recipe, material.shapes, material.classes).eval()
    return CachedTeacher(net, material.part("train")[0])


@dataclass(frozen=True)
class Foreseen:
    """Seconds of work of all runs that have not ended, one after the other; None where nothing could be measured.

    known, tried, guessed   how many kinds of run that rests on: runs like them here; epochs tried now; the others
    """

    seconds: float | None
    to_do: int
    known: int
    tried: int
    guessed: int


def estimate(sweep: Sweep, recipes: Mapping[str, tuple[Recipe, Dataset]], patience: float = PATIENCE) -> Foreseen:
    """The forecast; at most about `patience` seconds are spent on trying."""
    stand = states(sweep.identities)
    open_ = [i for i in sweep.identities if stand.get(i) not in SETTLED]
    kinds: dict[str, list[str]] = {}
    for identity in open_:
        kinds.setdefault(likeness(recipes[identity][0]), []).append(identity)
    past = past_seconds() if kinds else {}
    costs = {kind: statistics.median(past[kind]) for kind in kinds if kind in past}
    known, until = len(costs), time.monotonic() + patience
    for kind, runs in kinds.items():
        if kind not in costs and time.monotonic() < until:
            costs[kind] = trial_seconds(*recipes[runs[0]])
    if not costs:
        return Foreseen(0.0 if not kinds else None, len(open_), 0, 0, 0)
    usual = statistics.median(costs.values())
    total = sum(len(runs) * costs.get(kind, usual) for kind, runs in kinds.items())
    return Foreseen(total, len(open_), known, len(costs) - known, len(kinds) - len(costs))
