"""The examples of the docs are plug-ins like any other: a file each is all that it takes."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz import cli
from kdviz.core.errors import FileError
from kdviz.core.events import Learned
from kdviz.core.plugins import _found, told
from kdviz.data.dataset import Dataset
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, File
from kdviz.data.readers import base
from kdviz.evidence.base import extractor
from kdviz.methods.base import method
from kdviz.modalities.base import modality
from kdviz.nets.base import build
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import prepare
from kdviz.training.learner import student_of
from kdviz.training.loop import train
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.teacher_cache import CachedTeacher

DOCS = (Path(__file__).parents[1] / "docs" / "extending.md").read_text()
SHOWN = re.findall(r"`kdviz/([a-z/]+)/([a-z_]+)\.py`, whole:\n\n```python\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every file of the docs in its folder."""
    for folder, name, text in SHOWN:
        package = f"kdviz.{folder.replace('/', '.')}"
        place = tmp_path / package
        place.mkdir()
        (place / f"{name}.py").write_text(text)
        module = importlib.import_module(package)
        monkeypatch.setattr(module, "__path__", [*module.__path__, str(place)])
    _found.cache_clear()
    yield
    for folder, name, _ in SHOWN:
        sys.modules.pop(f"kdviz.{folder.replace('/', '.')}.{name}", None)
    _found.cache_clear()


def test_one_of_each_kind_is_shown_whole() -> None:
    assert [folder for folder, _, _ in SHOWN] == [
        "methods", "modalities", "nets/architectures", "evidence", "data/readers", "commands",
    ]  # fmt: skip


def test_the_method_trains(data: Dataset) -> None:
    assert method("mimic").title == "Mimic"
    recipe = recipe_for(data, Choices("mimic", ("signal",), epochs=2), {"teacher.epochs": 1})
    material = prepare(data, recipe.views)
    teacher = CachedTeacher(student_of(recipe.teachers[0], material.shapes, 2), material.part("train")[0])
    told = list(train(recipe, material, {"signal": teacher}))
    assert any(isinstance(e, Learned) for e in told)


def test_the_way_of_seeing_sees(data: Dataset) -> None:
    view = modality("steps").see(data.X[:3])
    np.testing.assert_allclose(view[:, :, 1:], np.diff(data.X[:3], axis=2), atol=1e-6)


def test_the_network_is_built_and_says_its_name_without_being_imported() -> None:
    assert told("kdviz.nets.architectures")["glance"]["idea"] == "Two convolutions, 8-8 wide."
    trace = build("gaf", "glance", ("gaf",), {"gaf": (2, 16, 16)}, 3)({"gaf": torch.zeros(2, 2, 16, 16)})
    assert [each.shape[1:] for each in trace.stages] == [(8, 16, 16)] * 2 and trace.logits.shape == (2, 3)


def test_the_extractor_looks(data: Dataset) -> None:
    recipe = recipe_for(data, Choices("supervised"))
    net = student_of(recipe, prepare(data, recipe.views).shapes, 2).eval()
    found = extractor("loudness").look(net, {"signal": torch.from_numpy(data.X[:3])}, torch.zeros(3, dtype=torch.int64))
    assert found["signal"].shape[0] == 3 and torch.isfinite(found["signal"]).all()


def test_the_reader_reads_and_names_the_line_it_cannot() -> None:
    found = base.read(File("mine.pipes", b"#pipes\na | 1 2 3\nb | 4 5\n"), Mapping()).content
    assert isinstance(found, Cases) and found.labels is not None
    assert list(found.labels) == ["a", "b"] and list(found.lengths) == [3, 2]
    with pytest.raises(FileError, match="no bar"):
        base.read(File("mine.pipes", b"#pipes\na 1 2 3\n"), Mapping())


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["classes", "sample:gunpoint", "--json"]) == 0
    assert sum(row["series"] for row in json.loads(capsys.readouterr().out)) == 200
