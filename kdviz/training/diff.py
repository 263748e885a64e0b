"""In what recipes differ: one row for each setting that is not the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kdviz.training.recipe import Recipe

ABSENT = "-"
Rows = list[tuple[str, tuple[str, ...]]]


def differences(recipes: Sequence[Recipe]) -> Rows:
    """(setting, its value in each recipe) where they differ, in the order of a recipe; `-` where there is none."""
    flat = [settings(r) for r in recipes]
    names = dict.fromkeys(name for each in flat for name in each)
    rows = [(name, tuple(each.get(name, ABSENT) for each in flat)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def settings(recipe: Recipe) -> dict[str, str]:
    """Every setting of a recipe by a dotted name, as text: `gaf.size`, `method.temperature`, `teacher.gaf.epochs`."""
    said = recipe.plain()
    out = {name: _text(said[name]) for name in said if name not in ("views", "knobs", "teachers", "sees", "data")}
    out = {"data": recipe.data[:12], **out, "sees": ", ".join(recipe.sees)}
    out["teachers"] = ", ".join(recipe.teacher_names) or ABSENT
    out |= {f"method.{name}": _text(value) for name, value in recipe.knobs.items()}
    for view, knobs in recipe.views.items():
        out |= {f"{view}.{name}": _text(value) for name, value in knobs.items()}
    for teacher in recipe.teachers:
        out |= {f"teacher.{teacher.student}.{name}": value for name, value in _own(teacher).items()}
    return out


def _own(teacher: Recipe) -> Mapping[str, str]:
    """What of a teacher is not said elsewhere in the recipe."""
    names = ("architecture", "epochs", "batch", "rate", "decay", "selection", "stop", "seed")
    return {name: _text(getattr(teacher, name)) for name in names}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
