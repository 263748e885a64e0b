"""Stop, go on, extend and duplicate, in a shell."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kdviz.cli import main
from kdviz.data.dataset import Dataset
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import by_identity, make, open_run
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.runs.worker.test_runs import HOT, diverging

LINE = ["distill", "sample:gunpoint", "--method", "supervised", "--teachers", "", "--epochs", "2", "--json", "--out"]


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


@pytest.mark.slow
def test_a_run_is_stopped_gone_on_with_extended_and_done_again_with_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tmp_path / "first"
    assert main([*LINE, str(first)]) == 0
    whole = (first / "model-last.safetensors").read_bytes()
    capsys.readouterr()
    assert main(["stop", str(first)]) == 0 and last(capsys) == {"run": "first", "was": "finished"}
    assert main(["again", str(first), "--json"]) == 0 and last(capsys)["epochs"] == 2
    assert (first / "model-last.safetensors").read_bytes() == whole
    more = ["--epochs", "3", "--set", "rate=0.02", "--out", str(tmp_path / "more"), "--json"]
    assert main(["again", str(first), *more]) == 0 and last(capsys)["epochs"] == 3
    recipe = open_run(tmp_path / "more").recipe
    assert (recipe.epochs, recipe.rate, recipe.seed, recipe.method) == (3, 0.02, 0, "supervised")
    assert main(["again", str(first), "--seed", "1", "--out", str(tmp_path / "more")]) == 2
    assert "another recipe" in capsys.readouterr().err
    assert main(["again", str(first), "--out", str(tmp_path / "other")]) == 2


def test_a_run_that_diverged_says_the_line_that_tries_again_and_the_line_does(
    data: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    diverging(monkeypatch, "student")
    keep(data)
    recipe = recipe_for(
        data, Choices("kd", ("signal",), epochs=2), {"teacher.epochs": 2, "control": False, "rate": HOT}
    )
    run = make(recipe, data.name, {}, tmp_path / "a run")
    assert main(["again", str(run.folder), "--json"]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1])["retry"] == {"rate": 0.05}
    line = told.err.strip().split("`")[-2]
    assert shlex.split(line) == ["python", "-m", "kdviz", "again", str(run.folder), "--set", "rate=0.05"]
    assert main([*shlex.split(line)[3:], "--json"]) == 0
    again = by_identity(str(replace(recipe, rate=0.05).identity))
    assert last(capsys)["state"] == "finished" and again.recipe.rate == 0.05
