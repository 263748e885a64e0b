"""The command line: machine-readable where asked, one sentence and exit 2 for a user's mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.commands.base import commands
from kdviz.data.dataset import Dataset

QUICK = ["--epochs", "2", "--quick", "--set", "teacher.epochs=2"]


@pytest.fixture
def file(data: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "mine.tsv"
    np.savetxt(path, np.column_stack([data.y, data.X[:, 0]]), delimiter="\t", fmt="%.6g")
    return path


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err
    return err


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in commands():
        with pytest.raises(SystemExit) as end:
            main([name, "--help"])
        assert end.value.code == 0 and "--json" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["samples", "methods", "modalities", "runs"])
def test_a_list_is_one_json_value(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--json"]) == 0
    assert isinstance(told(capsys)[0], list)


def test_a_file_is_inspected(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(file), "--json"]) == 0
    facts = told(capsys)[0]
    assert (facts["series"], facts["channels"], facts["length"]) == (60, 1, [40, 40])
    assert facts["classes"] == {"0": 30, "1": 30} and len(str(facts["sha256"])) == 64


def test_names_that_the_output_has_no_letters_for_and_homes_that_are_not_known(file: Path, tmp_path: Path) -> None:
    """In a process of its own: what stdout can write is settled when it starts."""
    named = file.rename(tmp_path / "größe_用户.tsv")
    env = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii", "HOME": str(tmp_path), "KDVIZ_HOME": "~/kd"}
    words = [sys.executable, "-m", "kdviz"]
    done = subprocess.run([*words, "inspect", f"~/{named.name}", "--json"], capture_output=True, env=env, check=False)
    assert json.loads(done.stdout)["name"] == named.name
    subprocess.run([*words, "runs"], capture_output=True, env=env, check=True)
    assert (tmp_path / "kd").is_dir() and not Path("~").exists()


def test_a_rate_can_be_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(file), "--hz", "20", "--json"]) == 0
    assert told(capsys)[0]["sampling_hz"] == 20


def test_a_training_and_a_test_file_are_one_data_set(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = [tmp_path / "mine_TRAIN.tsv", tmp_path / "mine_TEST.tsv"]
    for path in pair:
        path.write_bytes(file.read_bytes())
    assert main(["inspect", *map(str, pair), "--json"]) == 0
    facts = told(capsys)[0]
    assert facts["series"] == 120 and facts["splits"]["test"] == 60  # type: ignore[index]


def test_a_place_that_takes_no_file_is_told_and_not_traced(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("this machine has no /proc, which takes no file of anybody")
    said = refused(["encode", str(file), "--to", "signal", "--out", "/proc/views.npz"], capsys)
    assert said.startswith("/proc/views.npz: ") and "Name another place" in said


@pytest.mark.parametrize("to", ["signal", "gaf", "persistence"])
def test_a_file_is_encoded(to: str, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "views.npz"
    assert main(["encode", str(file), "--to", to, "--out", str(out), "--json"]) == 0
    with np.load(out) as views:
        assert views["X"].shape[0] == 60 and np.isfinite(views["X"]).all() and views["y"].shape == (60,)


def test_a_student_is_distilled_shown_again_and_looked_at(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, maps = tmp_path / "run", tmp_path / "maps.npz"
    words = ["distill", str(file), "--method", "aver", "--teachers", "signal,gaf", *QUICK, "--out", str(run), "--json"]
    assert main(words) == 0
    lines = told(capsys)
    assert lines[-1]["event"] == "finished" and set(lines[-1]["accuracy"]) == {"train", "validation", "test"}  # type: ignore[call-overload]
    assert {e["who"] for e in lines if e["event"] == "epoch"} == {"signal", "gaf", "student", "control"}
    assert main(words) == 0
    assert [e["event"] for e in told(capsys)] == ["finished"]
    assert main(["evidence", str(run), "--series", "3", "--out", str(maps)]) == 0
    with np.load(maps) as found:
        assert {"teacher.gaf", "teacher.signal", "student.signal"} <= set(found.files)


def test_another_recipe_does_not_overwrite_a_run(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["distill", str(file), "--method", "supervised", *QUICK, "--out", str(tmp_path / "run"), "--json"]
    assert main(words) == 0
    capsys.readouterr()
    assert "another recipe" in refused([*words, "--seed", "1"], capsys)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["distill", "sample:nothing", "--out", "r"], "gunpoint"),
        (["distill", "sample:gunpoint", "--method", "nothing", "--out", "r"], "supervised"),
        (["distill", "sample:gunpoint", "--teachers", "smell", "--out", "r"], "gaf"),
        (["distill", "sample:gunpoint", "--epochs", "0", "--out", "r"], "1 to"),
        (["distill", "sample:gunpoint", "--set", "rate=hot", "--out", "r"], "rate"),
        (["distill", "sample:gunpoint", "--set", "colour=red", "--out", "r"], "colour"),
        (["distill", "sample:gunpoint", "--set", "rate", "--out", "r"], "KEY=VALUE"),
        (["encode", "sample:gunpoint", "--to", "smell", "--out", "v.npz"], "gaf"),
        (["encode", "sample:gunpoint", "--to", "gaf", "--out", "/nowhere/v.npz"], "folder"),
        (["inspect", "/nowhere/file.csv"], "file.csv"),
        (["evidence", "/nowhere", "--out", "m.npz"], "no run"),
        (["frobnicate"], "invalid choice"),
        (["inspect"], "required"),
    ],
)
def test_a_mistake_is_one_sentence_that_says_what_is_allowed(
    words: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hint in refused(words, capsys)
    assert list(tmp_path.iterdir()) == []
