"""What a network says of where it looks while it trains."""

from __future__ import annotations

import torch

from kdviz.core.events import EpochEnded
from kdviz.data.dataset import Dataset
from kdviz.training.checkpoint_choice import FULL, epoch_look
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import prepare
from kdviz.training.learner import student_of
from kdviz.training.loop import train
from kdviz.training.recipe_builder import recipe_for


def test_every_epoch_tells_where_the_network_looks_at_one_validation_series(data: Dataset) -> None:
    recipe = recipe_for(data, Choices("supervised", student="signal", epochs=2))
    material = prepare(data, recipe.views)
    told = [each.look for each in train(recipe, material, {}) if isinstance(each, EpochEnded)]
    assert len(told) == 2 and all(set(look) == {"signal"} for look in told)
    assert all(max(map(abs, look["signal"])) == FULL for look in told) and told[0] != told[1]


def test_it_is_the_cam_along_time_and_draws_no_random_numbers(data: Dataset) -> None:
    recipe = recipe_for(data, Choices("aver", ("gaf", "persistence"), "fusion", 1))
    material = prepare(data, recipe.views)
    net = student_of(recipe, material.shapes, material.classes).eval()
    before = torch.get_rng_state()
    look = epoch_look(net, material)
    assert torch.equal(before, torch.get_rng_state()) and set(look) == {"signal", "gaf"}
    first = material.part("validation")[0]["signal"][:1]
    assert len(look["signal"]) <= first.shape[-1]
