"""The shell line beside a run makes that run again: the same identity, and the same bits in every network."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.runs.hosting import uploads
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.home import home
from kdviz.runs.store.run import Run, make, open_run
from kdviz.runs.worker.job import work
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import command
from tests.conftest import bumps

SET: dict[str, Any] = {"teacher.epochs": 2, "gaf.size": 16, "method.temperature": 2.5, "rate": 0.02}


def trained(data: Dataset) -> Run:
    recipe = recipe_for(data, Choices("kd", ("gaf",), epochs=3, seed=5), SET)
    run = make(recipe, data.name, dict(data.source), made="in the app")
    list(work(run, data))
    return run


def line(run: Run) -> list[str]:
    row = next(m for m in remembered()["methods"] if m["id"] == run.recipe.method)
    return shlex.split(command(run.recipe, row, run.request["source"]).replace("\\\n", " "))[3:]


def networks(run: Run) -> dict[str, bytes]:
    return {str(p.relative_to(run.folder)): p.read_bytes() for p in run.folder.rglob("*.safetensors")}


def remade(words: list[str], out: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The line given where nothing was ever trained."""
    monkeypatch.setenv("KDVIZ_HOME", str(out / "empty home"))
    assert main([*words[: words.index("--out")], "--out", str(out / "again")]) == 0
    return open_run(out / "again")


@pytest.mark.slow
def test_of_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(open_data("sample:gunpoint"))
    before, words = networks(run), line(run)
    again = remade(words, tmp_path, monkeypatch)
    assert again.identity == run.identity and networks(again) == before and len(before) > 4


@pytest.mark.slow
def test_of_a_file_that_was_dropped_and_read_in_a_way_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bumps(40, length=30)
    rows = np.column_stack([data.X[:, 0], data.y])
    content = "\n".join(",".join(f"{v:.6g}" for v in row) for row in rows).encode()
    found = uploads.read(
        uploads.receive("my walk.csv", content), {"label": "last", "test": 0.3, "seed": 4, "header": "no"}
    )
    kept = reopen(found["sha256"], {}, "my walk")
    run = trained(kept)
    before, words = networks(run), line(run)
    assert "my walk.csv" in words and home().is_dir()
    (tmp_path / "my walk.csv").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    again = remade(words, tmp_path, monkeypatch)
    assert again.identity == run.identity and networks(again) == before
