"""A recipe can be said again: as a wish, and as a line for the shell that makes the very same run."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from kdviz.cli import parser
from kdviz.commands.options import knobs_of, mapping_of
from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.methods.base import methods
from kdviz.modalities.base import modalities
from kdviz.runs.store.catalogue import described
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe, recipe_from
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import command, said

ROWS = {row["id"]: row for row in described()["methods"]}


def again(data: Dataset, recipe: Recipe) -> Recipe:
    wish, settings = said(recipe, ROWS[recipe.method])
    return recipe_for(data, Choices(**{**wish, "teachers": tuple(wish["teachers"])}), settings)


def recipe_of(data: Dataset, name: str, settings: dict[str, Any] | None = None, **wish: Any) -> Recipe:
    needs = methods()[name].needs
    kind = (needs.student_kinds or ("signal",))[0]
    teachers = needs.usual(tuple(modalities()))
    return recipe_for(data, Choices(**{"method": name, "teachers": teachers, "student": kind, **wish}), settings)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_method_is_said_again(name: str, data: Dataset) -> None:
    recipe = recipe_of(data, name, epochs=7, seed=3)
    assert again(data, recipe).identity == recipe.identity


def test_whatever_was_set_is_said(data: Dataset) -> None:
    settings = {
        "architecture": "small", "batch": 8, "rate": 0.02, "control": False, "method.temperature": 2.5,
        "gaf.size": 24, "teacher.epochs": 9, "teacher.selection": "best", "optimism": True,
    }  # fmt: skip
    recipe = recipe_of(data, "kd", settings, teachers=("gaf",), selection="best")
    assert set(said(recipe, ROWS["kd"])[1]) == set(settings)
    assert again(data, recipe) == recipe


def test_a_teacher_is_said_as_a_run_of_its_own(data: Dataset) -> None:
    teacher = recipe_of(data, "kd", teachers=("gaf",)).teachers[0]
    assert again(data, teacher).views == teacher.views and again(data, teacher).rate == teacher.rate


def test_what_no_wish_gives_is_not_pretended(data: Dataset) -> None:
    recipe = recipe_of(data, "kd", teachers=("gaf",))
    for odd in (replace(recipe, stop=0.5), replace(recipe, teachers=(replace(recipe.teachers[0], seed=9),))):
        with pytest.raises(UserError, match="part of another run"):
            said(odd, ROWS["kd"])


def test_the_shell_line_makes_the_same_run(data: Dataset) -> None:
    recipe = recipe_of(data, "aver", {"gaf.size": 24, "rate": 0.02}, epochs=7, seed=3)
    mapping = {"label": "the class", "rate": 50.0, "decimal": ",", "missing": "zero"}
    line = command(recipe, ROWS["aver"], {"file": "f" * 64, "name": "my data; rm.csv", "mapping": mapping}, "auto")
    given = parser().parse_args(shlex.split(line.replace("\\\n", " "))[3:])
    assert given.source == ["my data; rm.csv"] and given.device == "auto"
    assert mapping_of(given, with_settings=False) == {
        "label": "the class", "rate": "50.0", "decimal": ",", "missing": "zero"
    }  # fmt: skip
    wish = Choices(given.method, tuple(given.teachers.split(",")), given.student, given.epochs, given.seed)
    assert recipe_for(data, wish, knobs_of(given)).identity == recipe.identity


def test_a_sample_is_called_by_its_name(data: Dataset) -> None:
    line = command(recipe_of(data, "supervised"), ROWS["supervised"], {"sample": "gunpoint"})
    assert "distill sample:gunpoint --method supervised" in line and "--teachers ''" in line


def test_a_run_of_before_is_said_with_its_batches(data: Dataset) -> None:
    plain = recipe_of(data, "kd", teachers=("gaf",)).as_dict()
    before = recipe_from({**_unsaid(plain), "teachers": [_unsaid(t) for t in plain["teachers"]]})
    assert {"batches": "sliced", "teacher.batches": "sliced"}.items() <= said(before, ROWS["kd"])[1].items()
    assert again(data, before).identity == before.identity


def _unsaid(plain: Any) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if name != "batches"}
