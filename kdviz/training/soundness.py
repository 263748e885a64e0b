"""A recipe that comes from elsewhere, checked as a form's or flag's would be: names that exist, values in bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_type_hints

from kdviz.errors import UserError
from kdviz.methods.base import check, method
from kdviz.modalities.base import modality
from kdviz.params import fill
from kdviz.training.plan import Training
from kdviz.training.recipe import SELECTIONS, Recipe, recipe_from
from kdviz.typed import fits

SHA = re.compile(r"[0-9a-f]{64}")
MOST_TEACHERS = 8
TRAINED = ("architecture", "batch", "rate", "decay", "threads", "control", "optimism")


def sound(plain: Mapping[str, Any]) -> Recipe:
    """The recipe of JSON values; raises UserError with the first thing that no recipe can have."""
    taught = plain.get("teachers", ())
    if not isinstance(taught, list | tuple) or len(taught) > MOST_TEACHERS:
        raise UserError(f"A recipe has a list of at most {MOST_TEACHERS} teachers.")
    for each in (plain, *taught):
        _refuse_types(each)
    recipe = recipe_from(plain)
    for one in (recipe, *recipe.teachers):
        _refuse_values(one)
    if any(t.method != "supervised" or t.teachers or t.data != recipe.data for t in recipe.teachers):
        raise UserError("A teacher's recipe is `supervised`, on the student's data, without teachers of its own.")
    if recipe.method != "supervised":
        check(recipe.method, recipe.teacher_names, "fusion" if recipe.student == "fusion" else "signal")
    return recipe


def _refuse_types(plain: Any) -> None:
    hints = get_type_hints(Recipe)
    if not isinstance(plain, Mapping):
        raise UserError("A recipe is a record of names and values.")
    for name, value in plain.items():
        if name != "teachers" and not (name in hints and fits(value, hints[name])):
            raise UserError(f"A recipe cannot have {str(name)[:40]} = {str(value)[:60]!r}.")


def _refuse_values(recipe: Recipe) -> None:
    if not SHA.fullmatch(recipe.data):
        raise UserError("A recipe names its data by a fingerprint of 64 hexadecimal digits.")
    if recipe.selection not in SELECTIONS:
        raise UserError(f"The selection was {recipe.selection[:40]!r}; allowed is one of {', '.join(SELECTIONS)}.")
    if not 1 <= recipe.epochs <= 2000 or not 0.05 <= recipe.stop <= 1 or not 0 <= recipe.seed < 2**31:
        raise UserError("A recipe has 1 to 2000 epochs, stops after a share of 0.05 to 1, and a seed from 0.")
    fill(Training, {name: getattr(recipe, name) for name in TRAINED})
    fill(method(recipe.method).Params, recipe.knobs)
    if not set(recipe.used) <= set(recipe.views):
        raise UserError("A recipe says the settings of every modality that its networks see.")
    for name, settings in recipe.views.items():
        modality(name, settings)
    if recipe.student not in ("fusion", *recipe.sees):
        raise UserError(f"A student that sees {', '.join(recipe.sees)[:80]} cannot be of kind {recipe.student[:40]!r}.")
