"""Networks trained on one data set in this process, kept by recipe: for benchmarks that look into them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from kdviz.core.events import Learned
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.methods.base import method
from kdviz.modalities.base import Modality
from kdviz.nets.base import Branch
from kdviz.training.budget import Pace, pace_from
from kdviz.training.encoded_data import EncodedData, fitted, prepare
from kdviz.training.learner import student_of
from kdviz.training.loop import SelectedWeights, train
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher


@dataclass
class Bench:
    """One data set; what was trained on it is kept by recipe, networks and all."""

    data: Dataset
    trained: dict[str, tuple[Branch, Learned]] = field(default_factory=dict)
    seen: dict[str, EncodedData] = field(default_factory=dict)

    def material(self, recipe: Recipe) -> EncodedData:
        """The views that a recipe sees."""
        key = json.dumps(recipe.views, sort_keys=True)
        if key not in self.seen:
            self.seen[key] = prepare(self.data, recipe.views)
        return self.seen[key]

    def eyes(self, recipe: Recipe) -> dict[str, Modality]:
        """The modalities, fitted as the recipe sees them."""
        return fitted(self.data, recipe.views)

    def learned(self, recipe: Recipe) -> Learned:
        """How a recipe's training ended."""
        return self.network(recipe)[1]

    def network(self, recipe: Recipe) -> tuple[Branch, Learned]:
        """The network of a recipe, and how its training ended."""
        if recipe.identity not in self.trained:
            self.trained[recipe.identity] = self._train(recipe)
        return self.trained[recipe.identity]

    def _pace(self, recipe: Recipe) -> Pace | None:
        leader = recipe.leader()
        if leader is None:
            return None
        pace = pace_from(self.learned(leader).other["pace"])
        return pace.times(2) if recipe.budget == "doubled" else pace

    def _train(self, recipe: Recipe) -> tuple[Branch, Learned]:
        material = self.material(recipe)
        teachers = {t.student: CachedTeacher(self.network(t)[0], material.part("train")[0]) for t in recipe.teachers}
        first = None
        if method(recipe.method)(fill(method(recipe.method).Params, recipe.knobs)).starts_trained():
            first = self.network(recipe.twin())[0].state_dict()
        told = list(train(recipe, material, teachers, first=first, pace=self._pace(recipe)))
        net = student_of(recipe, material.shapes, material.classes)
        net.load_state_dict(next(i for i in told if isinstance(i, SelectedWeights)).weights[recipe.selection])
        return net.eval(), next(i for i in told if isinstance(i, Learned))
