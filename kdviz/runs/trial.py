"""A few epochs of a recipe on a part of its data, to know what an epoch costs here. Nothing is kept."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

import numpy as np

from kdviz.data.dataset import Dataset, Index
from kdviz.events import EpochEnded
from kdviz.nets.base import Branch
from kdviz.training.frozen import Frozen
from kdviz.training.learner import student_of
from kdviz.training.loop import train
from kdviz.training.material import Material, prepare
from kdviz.training.recipe import Recipe

MOST_SERIES = 96
EPOCHS = 3


def tried(recipe: Recipe, data: Dataset) -> float:
    """The seconds that a run of this recipe will take: all its epochs, by the cost of the first few on a part."""
    part = some_of(data)
    began = time.perf_counter()
    material = prepare(part, recipe.views)
    seeing = time.perf_counter() - began
    views, _ = material.part("train")
    teachers = {t.student: Frozen(_untrained(t, material), views) for t in recipe.teachers}
    each: list[float] = []
    for event in train(recipe, material, teachers):
        if isinstance(event, EpochEnded):
            each.append(event.seconds)
        if len(each) == EPOCHS:
            break
    return seeing * data.series / part.series + recipe.epochs * statistics.median(each) * _times(data, part)


def some_of(data: Dataset) -> Dataset:
    """Some series of each split, so that they hold every class they can."""
    kept = {name: _spread(index) for name, index in data.splits.items()}
    index = np.concatenate(list(kept.values()))
    train, validation, test = (np.flatnonzero(np.isin(index, kept[n])) for n in ("train", "validation", "test"))
    groups = None if data.groups is None else data.groups[index]
    return replace(data, X=data.X[index], y=data.y[index], groups=groups, train=train, validation=validation, test=test)


def _spread(index: Index) -> Index:
    return np.asarray(index[np.unique(np.linspace(0, index.size - 1, min(index.size, MOST_SERIES)).astype(np.int64))])


def _times(data: Dataset, part: Dataset) -> float:
    return float(data.train.size / part.train.size)


def _untrained(recipe: Recipe, material: Material) -> Branch:
    return student_of(recipe, material.shapes, material.classes).eval()
