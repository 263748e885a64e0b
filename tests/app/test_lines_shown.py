"""A line that a page shows runs as it stands, and gives what the page showed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from kdviz.cli import main, parser
from kdviz.commands.base import commands
from kdviz.commands.options import knobs_of, mapping_of
from kdviz.commands.sweep import together
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data, upload
from kdviz.runs.looker.functions import answered
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import keep, stored
from kdviz.runs.store.run import make
from kdviz.runs.sweeps.plan import all_sweeps
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import source_words
from tests.app.conftest import Opener
from tests.lookable import Lookable

PANELS: tuple[dict[str, str], ...] = (
    {"rows": "cam,gradcam"}, {"e": "1"}, {"panel": "what_if", "a": "5", "b": "15", "do": "flip"}, {"panel": "fidelity"},
    {"panel": "own"}, {"c": "predicted"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def a_catalogue() -> None:
    remembered()


def lines(test: AppTest) -> list[list[str]]:
    """The words of every line for a shell, after `python -m kdviz`."""
    shown = [each.value.replace("\\\n", " ") for each in test.code if "python -m kdviz" in each.value]
    assert shown
    found = [shlex.split(line)[3:] for text in shown for line in text.splitlines()]
    return [words for words in found if words]


def series(count: int, seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    wave = np.sin(np.arange(24) * (0.3 + 0.5 * y[:, None])) + rng.normal(0, 0.2, (count, 24))
    return np.column_stack([y, wave])


def pair(folder: Path) -> Dataset:
    """A training and a test file that were dropped together."""
    for seed, part in enumerate(("TEST", "TRAIN")):
        np.savetxt(folder / f"Wave_{part}.tsv", series(40, seed), delimiter="\t", fmt="%.6g")
    return upload([(path.name, path.read_bytes()) for path in sorted(folder.glob("*.tsv"))]).dataset


def mended(folder: Path) -> Dataset:
    """A recording with gaps, which no window may cross, and a name that a shell would split."""
    seconds = np.concatenate([np.arange(400), np.arange(500, 900)]) / 10
    value = np.sin(seconds * np.where(seconds % 20 < 10, 1.0, 3.0))
    rows = "\n".join(f"{t:.1f},{v:.5f},{'ab'[int(t % 20 < 10)]}" for t, v in zip(seconds, value, strict=True))
    (folder / "my walk.csv").write_text(f"time,value,state\n{rows}\n")
    how = {"gaps": "split", "window": "20", "label": "state"}
    return upload([("my walk.csv", (folder / "my walk.csv").read_bytes())], how).dataset


def dropped(page: Opener, folder: Path) -> tuple[list[list[str]], Dataset]:
    """The lines of the Data page where these files are dropped together, and what it shows then."""
    test = page("data")
    files = [(path.name, path.read_bytes(), "text/plain") for path in sorted(folder.glob("*.?sv"))]
    test.file_uploader[0].set_value(files)
    test.run()
    assert not test.exception
    return lines(test), stored(test.query_params["data"])


def run_all(found: Sequence[list[str]], data: Dataset, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Run what is quick, and plan what trains: all must be of this very data set."""
    for words in found:
        if words[0] == "distill":
            given = parser().parse_args(words)
            again = open_data(given.source, mapping_of(given, with_settings=False))
            teachers = tuple(filter(None, given.teachers.split(",")))
            wish = Choices(given.method, teachers, given.student, given.epochs, given.seed, given.selection)
            assert recipe_for(again, wish, knobs_of(given)).data == data.sha256
        else:
            assert main([*words, "--json"]) == 0, capsys.readouterr().err
            assert json.loads(capsys.readouterr().out.splitlines()[-1])["sha256"] == data.sha256
    return {words[0] for words in found}


@pytest.mark.parametrize("make", [pair, mended, None], ids=["dropped together", "mended", "sample"])
def test_lines_about_data_open_the_same_data(
    make: Any, page: Opener, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    data = open_data("sample:gunpoint") if make is None else make(tmp_path)
    identity = "gunpoint" if make is None else keep(data)
    found = [words for name in ("encode", "distill") for words in lines(page(name, data=identity))]
    assert run_all(found, data, capsys) == {"encode", "distill"}
    if make is not None:
        assert run_all(*dropped(page, tmp_path), capsys) == {"inspect"}
    files, flags, _ = source_words(data.source)
    assert make is not pair or (files, flags) == (["Wave_TRAIN.tsv", "Wave_TEST.tsv"], [])
    assert make is not mended or any("data.gaps=split" in words for words in found)


def test_lines_about_a_fusion_run_give_what_its_page_showed(
    lookable: Lookable, page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    here = lookable.copied(tmp_path / "home")
    monkeypatch.setenv("KDVIZ_HOME", str(here.home))
    monkeypatch.chdir(tmp_path)
    shown = {tuple(words) for link in PANELS for words in lines(page("evidence", run=here.ebkd, **link))}
    shown |= {tuple(words) for words in lines(page("frequency", run=here.fam, cut="0.3"))}
    assert {"evidence", "fidelity", "frequency"} <= {words[0] for words in shown}
    for words in shown:
        assert main([*words, "--json"]) == 0, (words, capsys.readouterr().err)
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        if "--beside" in words:
            shown_with = 1 + int(words[words.index("--beside") + 1])
            page_says = answered("match", {"run": here.ebkd, "extractor": "cam", "extractors": shown_with})
            assert told["numbers"]["comparisons"] == page_says.comparisons
            for teacher, measures in page_says.teachers.items():
                for name, each in measures.items():
                    assert told["numbers"]["teachers"][teacher][name]["adjusted"] == each.adjusted


def test_a_training_and_a_test_file_are_one_data_set_of_a_sweep() -> None:
    given = ["a/X_TRAIN.tsv", "sample:gunpoint", "a/X_TEST.tsv", "b/X_TEST.tsv", "c.csv", "c.csv"]
    assert together(given) == [
        ["a/X_TRAIN.tsv", "a/X_TEST.tsv"],
        ["sample:gunpoint"],
        ["b/X_TEST.tsv"],
        ["c.csv"],
        ["c.csv"],
    ]


@pytest.mark.slow
def test_lines_of_runs_train_measure_and_report_what_their_pages_showed(
    page: Opener, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kdviz.runs.engine.supervisor.Supervisor.start", lambda keeper: None)
    data = pair(tmp_path)
    keep(data)
    runs = []
    for seed in (0, 1):
        recipe = recipe_for(data, Choices("kd", ("signal",), epochs=2, seed=seed), {"teacher.epochs": 2})
        runs.append(make(recipe, data.name, dict(data.source)))
        assert bring(runs[-1].folder) == 0, runs[-1].final
    named = [run.folder.name for run in runs]
    detail = lines(page("runs", run=named[0]))
    shown = [*lines(page("distill", run=named[0])), *lines(page("compare", of=",".join(named))), *detail]
    found = {tuple(words) for words in shown if words[0] != "distill"}
    assert {words[0] for words in found} == {"compare", "report", "evidence"}
    for words in found:
        assert main([*words, *(() if "--json" in words else ("--json",))]) == 0, (words, capsys.readouterr().err)
    capsys.readouterr()

    sweep = page("sweep", on=data.sha256, seeds="0-1", teachers="signal").button(key="start_sweep").click()
    (laid,) = (words for words in lines(sweep.run(timeout=60)) if words[0] == "sweep")
    (made,) = all_sweeps()
    given = parser().parse_args([*laid, "--json"])
    assert [cell.id for cell in commands()["sweep"]().laid_out(given).cells] == [cell.id for cell in made.cells]

    (again,) = (words for words in detail if words[0] == "distill")
    monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / "elsewhere"))
    assert main([*again, "--out", "again", "--json"]) == 0, capsys.readouterr().err
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["accuracy"] == (runs[0].final or {})["accuracy"] and last["event"] == "finished"
    weights = [folder / "model-best.safetensors" for folder in (runs[0].folder, tmp_path / "again")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
