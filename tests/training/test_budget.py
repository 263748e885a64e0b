"""How long a training lasts: so many epochs, or until its loss no longer falls; all that are compared alike."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from kdviz.core.errors import UserError
from kdviz.core.events import EpochEnded, Learned, Noted
from kdviz.data.dataset import Dataset
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.history import run_progress
from kdviz.runs.store.lineage import parents
from kdviz.runs.store.run import by_identity, make
from kdviz.runs.worker.job import work
from kdviz.training.budget import LEAST, Pace, ended, longest, rate_factor, reason_to_end
from kdviz.training.defaults import Choices, most_epochs
from kdviz.training.encoded_data import prepare
from kdviz.training.learner import State
from kdviz.training.loop import SelectedWeights, train
from kdviz.training.recipe import Recipe, recipe_from, steps_of
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps

SMALL = {"teacher.architecture": "tiny", "teacher.epochs": 40, "gaf.size": 16, "patience": 6, "teacher.patience": 6}


@pytest.fixture
def easy() -> Dataset:
    return bumps(36, length=24)


def alone(data: Dataset, epochs: int = 40, **more: object) -> Recipe:
    return recipe_for(data, Choices("supervised", (), epochs=epochs), {"patience": 12, **more})


def test_the_end_is_told_by_the_training_loss() -> None:
    assert reason_to_end([0.5] * 7, 4) == ""
    assert "no longer fell" in reason_to_end([0.5] * 8, 4)
    assert reason_to_end([0.5] * 4 + [0.4] * 4, 4) == ""
    assert "below" in reason_to_end([0.5] * 4 + [0.001] * 4, 4)


def test_the_rate_stays_and_then_ends_within_the_bound() -> None:
    recipe = Recipe("", epochs=100, budget="converged", patience=10)
    pace = ended(35, 100, "")
    assert pace.epochs == 50 and longest(100) == replace(ended(70, 100, ""), why=longest(100).why)
    factors = [rate_factor(recipe, pace, e) for e in range(51)]
    assert factors[0] < 1 and set(factors[5:35]) == {1.0} and factors[-1] == LEAST
    assert all(a >= b for a, b in itertools.pairwise(factors[35:]))
    assert all(ended(flat, 100, "").epochs <= 100 for flat in range(1, 101))


def test_a_training_that_has_learned_ends_before_its_bound_and_says_why(easy: Dataset) -> None:
    recipe = alone(easy, 400)
    told = list(train(recipe, prepare(easy, recipe.views), {}))
    epochs = [e for e in told if isinstance(e, EpochEnded)]
    pace = next(e for e in told if isinstance(e, Learned)).other["pace"]
    assert pace["flat"] < len(epochs) == pace["epochs"] == epochs[-1].epochs < 400 and "training loss" in pace["why"]
    assert [e.open for e in epochs] == [n + 1 < pace["flat"] for n in range(len(epochs))]
    assert {e.epochs for e in epochs if e.open} == {400}


@pytest.mark.parametrize("place", ["open", "known"])
def test_it_goes_on_from_any_epoch_to_the_same_bits(place: str, easy: Dataset) -> None:
    recipe = alone(easy, 60)
    material = prepare(easy, recipe.views)
    whole = list(train(recipe, material, {}))
    flat = next(e for e in whole if isinstance(e, Learned)).other["pace"]["flat"]
    state = next(i for i in whole if isinstance(i, State) and i.epoch == (flat - 2 if place == "open" else flat + 2))
    state = State(state.epoch, state.tensors, json.loads(json.dumps(state.words)))
    rest = list(train(recipe, material, {}, start=state))
    ends = [next(i for i in told if isinstance(i, SelectedWeights)).weights["last"] for told in (whole, rest)]
    assert all((ends[0][name] == ends[1][name]).all() for name in ends[0])


def test_student_and_control_take_the_same_steps_and_teachers_their_own(easy: Dataset) -> None:
    keep(easy)
    recipe = recipe_for(easy, Choices("kd", ("signal",), epochs=60), SMALL)
    run = make(recipe, easy.name, dict(easy.source))
    told = [e for e in work(run, easy) if isinstance(e, EpochEnded | Learned)]
    epochs = {who: [e for e in told if isinstance(e, EpochEnded) and e.who == who] for who in ("student", "control")}
    assert len(epochs["student"]) == len(epochs["control"]) < 60
    assert not any(e.open for e in epochs["student"]) and epochs["control"][0].open
    control = by_identity(next(p.identity for p in parents(recipe) if p.role == "control"))
    assert (run.final or {})["pace"] == (control.final or {})["pace"] and (run.final or {})["epochs"] < 60
    progress = run_progress(run, list(run.events()))
    assert progress.share == 1 and not progress.open


def test_a_start_and_its_student_take_together_what_their_control_takes(easy: Dataset) -> None:
    keep(easy)
    recipe = recipe_for(
        easy, Choices("tgd", ("signal", "gaf"), epochs=30), {**SMALL, "teacher.epochs": 2, "rate": 1e-5}
    )
    run = make(recipe, easy.name, dict(easy.source))
    told = [e.who for e in work(run, easy) if isinstance(e, EpochEnded)]
    assert told.count("control") == told.count("twin") + told.count("student") == 2 * told.count("student") < 60


def test_a_teacher_that_answers_with_its_last_epoch_learns_from_the_validation_part_too(easy: Dataset) -> None:
    teacher = recipe_for(easy, Choices("kd", ("signal",)), SMALL).teachers[0]
    assert teacher.part == "train+validation" and teacher.batch == 0
    told = list(train(replace(teacher, epochs=2), prepare(easy, teacher.views), {}))
    assert any("validation part" in e.text for e in told if isinstance(e, Noted))
    assert "validation" not in next(e for e in told if isinstance(e, Learned)).accuracy
    best = recipe_for(easy, Choices("kd", ("signal",)), {**SMALL, "teacher.selection": "best"}).teachers[0]
    assert best.part == "train"
    with pytest.raises(UserError, match="no validation part"):
        recipe_for(easy, Choices("supervised", (), selection="best"), {"part": "train+validation"})


def test_a_quick_budget_is_the_recipe_of_before_and_says_nothing_new(easy: Dataset) -> None:
    quick = recipe_for(easy, Choices("es_teacher", ("signal",), budget="quick"), {})
    said = quick.as_dict()
    assert not {"budget", "patience", "part"} & said.keys() and recipe_from(said).identity == quick.identity
    assert quick.teachers[0].architecture == "small" and quick.leader() is None
    long = recipe_for(easy, Choices("es_teacher", ("signal",)), {})
    assert long.budget == "converged" and long.teachers[0].budget == "quick" and long.teachers[0].stop < 1
    assert recipe_from(json.loads(json.dumps(long.as_dict()))).identity == long.identity != quick.identity


def test_small_sets_have_small_batches_and_large_ones_few_passes() -> None:
    assert [steps_of(n, 0) for n in (5, 20, 36, 200, 7352)] == [3, 10, 12, 13, 460]
    assert most_epochs(24, 16) > most_epochs(2000, 16) >= most_epochs(100_000, 16) >= 15
    assert Pace(3, 5).times(2) == Pace(6, 10)
