"""The example of the docs is a method like any other, and its file is all that it takes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import kdviz.methods
from kdviz.data.dataset import Dataset
from kdviz.events import Learned
from kdviz.methods.base import method
from kdviz.plugins import _found
from kdviz.training.frozen import Frozen
from kdviz.training.learner import student_of
from kdviz.training.loop import train
from kdviz.training.material import prepare
from kdviz.training.plan import Wish
from kdviz.training.wish import recipe_for

DOCS = (Path(__file__).parents[1] / "docs" / "extending.md").read_text()


def test_the_method_of_the_docs_trains_once_its_file_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Dataset
) -> None:
    (tmp_path / "mimic.py").write_text(DOCS.split("```python\n")[1].split("```")[0])
    monkeypatch.setattr(kdviz.methods, "__path__", [*kdviz.methods.__path__, str(tmp_path)])
    _found.cache_clear()
    try:
        assert method("mimic").title == "Mimic"
        recipe = recipe_for(data, Wish("mimic", ("signal",), epochs=2), {"teacher.epochs": 1})
        material = prepare(data, recipe.views)
        teacher = Frozen(student_of(recipe.teachers[0], material.shapes, 2), material.part("train")[0])
        told = list(train(recipe, material, {"signal": teacher}))
        assert any(isinstance(e, Learned) for e in told)
    finally:
        sys.modules.pop("kdviz.methods.mimic", None)
        _found.cache_clear()
