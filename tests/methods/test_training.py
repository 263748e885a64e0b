"""Every method through the real loop: what it tells, how it goes on, and that one epoch leaves something to use."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest
import torch

from kdviz.core.events import EpochEnded, Learned
from kdviz.data.dataset import Dataset
from kdviz.methods.base import method, methods
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import EncodedData, prepare
from kdviz.training.learner import State, student_of
from kdviz.training.loop import SelectedWeights, train
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.teacher_cache import CachedTeacher
from tests.conftest import bumps
from tests.methods.scenes import TEACHERS, usual

SETTINGS = {"gaf.size": 16, "persistence.resolution": 16, "batch": 5, "teacher.architecture": "tiny", "budget": "quick"}
every = pytest.mark.parametrize("name", sorted(methods()))


@cache
def few() -> Dataset:
    return bumps(24, length=24, classes=3)


def asked(name: str, epochs: int) -> Recipe:
    student, teachers = usual(name)
    return recipe_for(few(), Choices(name, teachers, student, epochs), SETTINGS)


@cache
def taught() -> tuple[EncodedData, dict[str, CachedTeacher]]:
    recipe = recipe_for(few(), Choices("aver", TEACHERS), SETTINGS)
    material = prepare(few(), recipe.views)
    nets = {t.student: student_of(t, material.shapes, material.classes) for t in recipe.teachers}
    return material, {m: CachedTeacher(net, material.part("train")[0]) for m, net in nets.items()}


def run(recipe: Recipe, start: State | None = None) -> list[object]:
    material, teachers = taught()
    return list(train(recipe, material, {m: teachers[m] for m in recipe.teacher_names}, start=start))


def the(kind: Any, told: list[object]) -> Any:
    return next(each for each in told if isinstance(each, kind))


@every
def test_each_term_and_its_pull_are_told_and_a_broken_off_training_goes_on_bit_for_bit(name: str) -> None:
    whole = run(asked(name, 3))
    epochs = [each for each in whole if isinstance(each, EpochEnded)]
    assert len(epochs) == 3
    for each in epochs:
        assert each.losses and set(each.gradients) == set(each.losses)
        assert all(map(math.isfinite, [*each.losses.values(), *each.gradients.values(), *each.readouts.values()]))
    again = run(asked(name, 3), next(each for each in whole if isinstance(each, State) and each.epoch == 1))
    for which in ("best", "last"):
        mine, other = (the(SelectedWeights, told).weights[which] for told in (whole, again))
        assert all(torch.equal(mine[k], other[k]) for k in mine)
    assert the(Learned, whole).accuracy == the(Learned, again).accuracy


@every
def test_one_epoch_leaves_a_network_that_can_be_used(name: str) -> None:
    recipe, (material, _) = asked(name, 1), taught()
    told = run(recipe)
    net = student_of(recipe, material.shapes, material.classes)
    net.load_state_dict(the(SelectedWeights, told).weights[method(name).selection])
    with torch.no_grad():
        logits = net.eval()({m: material.views[m] for m in net.modalities}).logits
    assert logits.shape == (24, 3) and torch.isfinite(logits).all()
    assert 0 <= the(Learned, told).accuracy["test"] <= 1
