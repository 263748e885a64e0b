"""Networks trained on one data set for benchmarks: each recipe once, kept in memory and, given a folder, on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from kdviz.core.events import Learned
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset, Index
from kdviz.methods.base import method
from kdviz.nets.base import Branch
from kdviz.runs.store.weights import read_tensors, write_tensors
from kdviz.training.budget import Pace, pace_from
from kdviz.training.encoded_data import EncodedData, Materials
from kdviz.training.learner import student_of
from kdviz.training.loop import SelectedWeights, train
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher

SHARED = Path(__file__).parents[2] / "shared" / "data"


def shared(*names: str) -> list[str]:
    """Files of the shared folder beside the checkout."""
    return [str(SHARED / name) for name in names]


def there(spec: str | Sequence[str]) -> bool:
    """Whether a sample or files can be read here."""
    return isinstance(spec, str) or all(Path(each).exists() for each in spec)


@dataclass(frozen=True)
class Told:
    """What a training gave: accuracy by split, and the processor seconds that it took."""

    accuracy: dict[str, float]
    seconds: float
    pace: dict[str, Any] = field(default_factory=dict)


@dataclass
class School:
    """One data set; what was trained is kept by recipe, so that teachers and scratch students serve all methods."""

    data: Dataset
    folder: Path | None = None
    told: dict[str, Told] = field(default_factory=dict)
    frozen: dict[str, CachedTeacher] = field(default_factory=dict)
    nets: dict[str, Branch] = field(default_factory=dict)
    seen: dict[str, EncodedData] = field(default_factory=dict)
    """By what a network may know and sees: views of the data, and the labels that are not hidden."""

    def learned(self, recipe: Recipe) -> Told:
        """Train, unless it was trained before."""
        if recipe.identity not in self.told:
            net, told = self._remembered(recipe) or self._train(recipe)
            self.told[recipe.identity] = told
            if not recipe.teachers:
                self.nets[recipe.identity] = net
        return self.told[recipe.identity]

    def forget(self) -> None:
        """Let go of networks and their traces, as between seeds."""
        self.frozen.clear()
        self.nets.clear()
        self.told.clear()
        self.seen.clear()

    def _material(self, recipe: Recipe) -> EncodedData:
        knows = [recipe.channels, recipe.labels, recipe.noise, recipe.missing, recipe.degraded]
        drawn = recipe.seed if any(knows[1:4]) else 0
        key = json.dumps([recipe.views, knows, drawn], sort_keys=True)
        if key not in self.seen:
            self.seen[key] = Materials(self.data, recipe).of(recipe)
        return self.seen[key]

    def _teacher(self, recipe: Recipe) -> CachedTeacher:
        if recipe.identity not in self.frozen:
            self.learned(recipe)
            views = self._material(recipe).part("train")[0]
            self.frozen[recipe.identity] = CachedTeacher(self.nets[recipe.identity], views)
        return self.frozen[recipe.identity]

    def _train(self, recipe: Recipe) -> tuple[Branch, Told]:
        material = self._material(recipe)
        teachers = {t.student: self._teacher(t) for t in recipe.teachers}
        first = None
        if method(recipe.method)(fill(method(recipe.method).Params, recipe.knobs)).starts_trained():
            self.learned(recipe.twin())
            first = self.nets[recipe.twin().identity].state_dict()
        pace = self._pace(recipe)
        begun = process_time()
        events = list(train(recipe, material, teachers, first=first, pace=pace))
        learned = next(e for e in events if isinstance(e, Learned))
        told = Told(learned.accuracy, process_time() - begun, learned.other.get("pace", {}))
        weights = next(e for e in events if isinstance(e, SelectedWeights)).weights[recipe.selection]
        if self.folder is not None and not recipe.teachers:
            words = {"accuracy": told.accuracy, "seconds": told.seconds, "pace": told.pace}
            write_tensors(self.folder / f"{recipe.identity}.safetensors", weights, words, durable=False)
        net = student_of(recipe, material.shapes, material.classes)
        net.load_state_dict(weights)
        return net.eval(), told

    def _pace(self, recipe: Recipe) -> Pace | None:
        leader = recipe.leader()
        if leader is None:
            return None
        pace = pace_from(self.learned(leader).pace)
        return pace.times(2) if recipe.budget == "doubled" else pace

    def _remembered(self, recipe: Recipe) -> tuple[Branch, Told] | None:
        path = self.folder / f"{recipe.identity}.safetensors" if self.folder is not None else None
        if path is None or not path.exists():
            return None
        weights, words = read_tensors(path)
        material = self._material(recipe)
        net = student_of(recipe, material.shapes, material.classes)
        net.load_state_dict(weights)
        return net.eval(), Told(**words)


def official_training(data: Dataset) -> Dataset:
    """What the archive calls training, and nothing of the test set."""
    kept = np.sort(np.concatenate([data.train, data.validation]))
    everything, none = np.arange(kept.size), np.zeros(0, np.int64)
    groups = None if data.groups is None else data.groups[kept]
    return replace(data, X=data.X[kept], y=data.y[kept], groups=groups, train=everything, validation=none, test=none)


def folds(y: Index, count: int, seed: int) -> list[tuple[Index, Index]]:
    """(rest, held out) of each stratified fold; where a class is smaller than the number of folds, some lack it."""
    rng, place = np.random.default_rng(seed), np.empty(y.size, np.int64)
    for label in np.unique(y):
        here = rng.permutation(np.flatnonzero(y == label))
        place[here] = np.arange(here.size) % count
    return [(np.flatnonzero(place != k), np.flatnonzero(place == k)) for k in range(count)]
