"""The loop: the same recipe gives the same bits, from the start or from any checkpoint."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.core.errors import UserError
from kdviz.core.events import EpochEnded, Learned, Noted
from kdviz.core.flow import Losses, Step
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.methods.base import Method, Stage, method
from kdviz.training.budget import probes
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import EncodedData, prepare
from kdviz.training.learner import Descent, State, learner, plan, student_of
from kdviz.training.loop import Diverged, SelectedWeights, cut, train
from kdviz.training.recipe import Recipe, differences, recipe_from
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.teacher_cache import CachedTeacher
from tests.conftest import bumps

SETTINGS = {"control": False, "teacher.epochs": 3}


def small(data: Dataset, method: str = "kd", **more: object) -> Recipe:
    return recipe_for(data, Choices(method, ("signal",), epochs=4), {**SETTINGS, **more})


@pytest.fixture
def material(data: Dataset) -> EncodedData:
    return prepare(data, small(data).views)


@pytest.fixture
def teachers(data: Dataset, material: EncodedData) -> dict[str, CachedTeacher]:
    net = student_of(small(data).teachers[0], material.shapes, material.classes)
    return {"signal": CachedTeacher(net, material.part("train")[0])}


def weights(items: Iterator[object]) -> dict[str, torch.Tensor]:
    return next(i for i in items if isinstance(i, SelectedWeights)).weights["last"]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[k], other[k]) for k in one)


def test_the_same_recipe_gives_the_same_bits(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    assert same(weights(train(small(data), material, teachers)), weights(train(small(data), material, teachers)))


def test_another_seed_gives_other_bits(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    other = recipe_for(data, Choices("kd", ("signal",), epochs=4, seed=1), SETTINGS)
    assert not same(weights(train(small(data), material, teachers)), weights(train(other, material, teachers)))


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_training_goes_on_from_any_epoch_bit_for_bit(
    cut: int, data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    whole = list(train(small(data), material, teachers))
    state = next(i for i in whole if isinstance(i, State) and i.epoch == cut)
    rest = list(train(small(data), material, teachers, start=state))
    assert same(weights(iter(whole)), weights(iter(rest)))
    ends = [next(i for i in told if isinstance(i, Learned)) for told in (whole, rest)]
    assert ends[0].accuracy == ends[1].accuracy and ends[0].other == ends[1].other


def test_a_halt_keeps_what_the_last_whole_epoch_knew(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    asked = iter([False] * 7 + [True] * 99)
    told = list(train(small(data), material, teachers, halt=lambda: next(asked)))
    states = [i for i in told if isinstance(i, State)]
    assert states and states[-1].epoch < 4
    kept = {k.removeprefix("net."): v for k, v in states[-1].tensors.items() if k.startswith("net.")}
    assert same(weights(iter(told)), kept)


def test_a_bump_is_learned(data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]) -> None:
    recipe = recipe_for(data, Choices("supervised", (), epochs=25), SETTINGS)
    end = next(i for i in train(recipe, material, {}) if isinstance(i, Learned))
    assert end.accuracy["test"] > 0.9


def test_every_term_is_told_with_the_pull_of_its_gradient(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    first = next(i for i in train(small(data), material, teachers) if isinstance(i, EpochEnded))
    assert set(first.losses) == set(first.gradients) and len(first.losses) > 1
    assert all(v > 0 for v in first.gradients.values())


def test_a_loss_that_becomes_invalid_says_where_and_what_to_try(
    data: Dataset, teachers: dict[str, CachedTeacher]
) -> None:
    material = prepare(data, small(data).views)
    material.views["signal"][material.splits["train"]] = float("inf")
    with pytest.raises(Diverged, match=r"epoch 1 \(method kd.*Try"):
        list(train(small(data), material, teachers))


def test_test_data_is_looked_at_once_at_the_end(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    told = [i for i in train(small(data), material, teachers) if isinstance(i, EpochEnded)]
    assert all(set(e.accuracy) == {"train", "validation"} for e in told)


def test_what_choosing_on_test_would_have_claimed_is_told_apart(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    end = next(i for i in train(small(data, optimism=True), material, teachers) if isinstance(i, Learned))
    assert end.other["choices"]["best_on_test"]["test"] >= end.accuracy["test"]


def test_a_frozen_teacher_sees_each_sample_once(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    teacher, seen = teachers["signal"], []
    whole = teacher.net.forward
    teacher.net.forward = lambda views: seen.append(len(views["signal"])) or whole(views)  # type: ignore[assignment]
    list(train(small(data), material, teachers))
    assert sum(seen) <= 2 * (teacher.size + 2)


def test_remembered_traces_equal_fresh_ones(teachers: dict[str, CachedTeacher]) -> None:
    index = torch.tensor([3, 0, 7])
    old, new = teachers["signal"].at(index), teachers["signal"].look(index)
    assert torch.allclose(old.logits, new.logits, atol=1e-6) and torch.equal(old.head, new.head)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(old.stages, new.stages, strict=True))


def test_every_epoch_has_a_stage_and_the_last_stage_an_epoch() -> None:
    stages = (Stage("a", 0.3, judged=False), Stage("b", 0.3), Stage("c", 0.4))
    for epochs in (1, 2, 3, 10):
        planned = plan(stages, epochs)
        assert planned[-1][1] == epochs and planned[-2][1] < epochs


def test_the_epochs_to_look_back_at_are_few_and_hold_the_last() -> None:
    for epochs in (1, 7, 60, 500):
        assert max(probes(epochs)) == epochs and len(probes(epochs)) <= 36


def test_a_recipe_survives_json_and_keeps_its_identity(data: Dataset) -> None:
    recipe = small(data)
    assert recipe_from(recipe.as_dict()) == recipe_from(recipe.as_dict())
    assert recipe_from(recipe.as_dict()).identity == recipe.identity


def test_a_class_of_its_own_shape_is_learned_too() -> None:
    data = bumps(40, channels=3, length=24, classes=4)
    material = prepare(data, small(data).views)
    assert learner(small(data), material, {}).net is not None


@pytest.mark.parametrize(("size", "batch"), [(49, 16), (50, 16), (16, 16), (17, 16), (5, 16), (81, 16), (24, 5)])
def test_batches_are_even_and_hold_every_series_once(size: int, batch: int, data: Dataset) -> None:
    recipe, order = small(data, batch=batch), torch.randperm(size)
    parts = cut(order, recipe)
    sizes = [p.numel() for p in parts]
    assert len(parts) == -(-size // batch) and max(sizes) <= batch and max(sizes) - min(sizes) <= 1
    assert torch.equal(torch.cat(parts), order)
    sliced = cut(order, replace(recipe, batches="sliced"))
    assert all(torch.equal(p, order[n * batch : (n + 1) * batch]) for n, p in enumerate(sliced))


def test_no_training_has_a_leftover_batch() -> None:
    data = bumps(68)
    data = replace(data, train=np.arange(49), validation=np.arange(49, 58), test=np.arange(58, 68))
    recipe = recipe_for(data, Choices("supervised", (), epochs=2), SETTINGS)
    material, seen = prepare(data, recipe.views), list[int]()
    kind = method("supervised")
    whole = kind.loss

    def watched(self: Method, step: Step) -> Losses:
        seen.append(step.batch.index.numel())
        return whole(self, step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "loss", watched)
        list(train(recipe, material, {}))
    assert sorted(seen) == [12] * 6 + [13] * 2


def test_a_recipe_of_before_keeps_its_identity_and_its_batches(data: Dataset) -> None:
    recipe = small(data)
    before = json.loads(json.dumps(recipe.as_dict()))
    for each in (before, *before["teachers"]):
        del each["batches"]
    read = recipe_from(before)
    words = json.dumps(before, sort_keys=True, separators=(",", ":"))
    assert read.identity == hashlib.sha256(words.encode()).hexdigest()[:32] != recipe.identity
    assert json.loads(json.dumps(read.as_dict())) == before
    assert {read.batches, read.scratch().batches, *(t.batches for t in read.teachers)} == {"sliced"}
    assert ("batches", ("sliced", "even")) in differences([read, recipe])
    assert recipe_from(json.loads(json.dumps(recipe.as_dict()))) == recipe_from(recipe.as_dict()) != read
    with pytest.raises(UserError, match="even, sliced"):
        recipe_from({**before, "batches": "some"})


def test_a_training_of_before_goes_on_with_its_own_batches_bit_for_bit(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    assert material.splits["train"].numel() % 16
    before = recipe_from({k: v for k, v in small(data).as_dict().items() if k != "batches"})
    whole = list(train(before, material, teachers))
    state = next(i for i in whole if isinstance(i, State) and i.epoch == 2)
    assert same(weights(iter(whole)), weights(train(before, material, teachers, start=state)))
    assert not same(weights(iter(whole)), weights(train(small(data), material, teachers)))
    assert any("sliced" in i.text for i in whole if isinstance(i, Noted))


def test_the_best_moment_is_the_first_of_equally_good_ones_unless_the_loss_is_to_decide() -> None:
    for ties, kept in ((None, [True, False, True, False]), ("loss", [True, True, True, True])):
        best = method("eskd")(fill(method("eskd").Params, {} if ties is None else {"ties": ties})).best()
        scores = [(1, 0.8, 0.5), (2, 0.8, 0.4), (3, 0.9, 0.6), (4, 0.9, 0.3)]
        assert [best.judge(*each).keep for each in scores] == kept


def test_without_a_validation_set_the_last_epoch_is_the_answer(
    data: Dataset, material: EncodedData, teachers: dict[str, CachedTeacher]
) -> None:
    bare = replace(material, splits={**material.splits, "validation": torch.zeros(0, dtype=torch.int64)}, cut={})
    told = list(train(replace(small(data), selection="best"), bare, teachers))
    end = next(i for i in told if isinstance(i, Learned))
    assert end.best_epoch == 4 and set(end.accuracy) == {"train", "test"}
    assert any(isinstance(i, Noted) and "no validation set" in i.text for i in told)


def test_a_step_is_torchs_own_to_the_bit_also_where_a_weight_is_not_heard() -> None:
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(*shape)) for shape in ((5, 3), (7,), (2, 2))]
    theirs = [torch.nn.Parameter(weight.detach().clone()) for weight in mine]
    one, other = Descent(mine, 0.01, 1e-4), torch.optim.AdamW(theirs, lr=0.01, weight_decay=1e-4, fused=True)
    for number in range(12):
        for a, b in zip(mine, theirs, strict=True):
            a.grad = b.grad = None if number in (0, 4, 5) and a.dim() == 1 else torch.randn_like(b)
        if number == 8:
            held = copy.deepcopy(one.moments())
            one = Descent(mine, 0.01, 1e-4)
            one.restore(held)
        with torch.no_grad():
            one.step()
        other.step()
        wanted = other.state_dict()["state"]
        assert one.moments().keys() == wanted.keys()
    assert all(torch.equal(a, b) for a, b in zip(mine, theirs, strict=True))
    assert all(torch.equal(one.moments()[n][k], wanted[n][k]) for n in wanted for k in wanted[n])
