"""A watch as a run: by command from a file to a verdict, killed and taken up again, exported and brought back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kdviz
from kdviz import cli
from kdviz.core.events import EpochEnded
from kdviz.data.sources import recordings
from kdviz.methods.imitation import imitations
from kdviz.runs.analysis.watch_answers import watch_means
from kdviz.runs.archive.archive import pack, unpack
from kdviz.runs.store.datasets import keep_stretch
from kdviz.runs.store.run import RunState, find_run, make, open_run
from kdviz.runs.worker import watch_job
from kdviz.runs.worker.job import work
from kdviz.training.watched.watch_teachers import watch_recipe_for


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in imitations().values():
        monkeypatch.setattr(kind, "steps", {1: 20, 2: 10})


def table(path: Path, marked: bool = True) -> Path:
    """Part of the planted recording as a CSV with a column of marks, or without one."""
    whole = recordings.recording("planted-recording")
    part = slice(4_100, 5_600)
    marks = np.asarray(whole.marks)[part]
    rows = [f"{v:.4f},{m}" if marked else f"{v:.4f}" for v, m in zip(whole.values[0, part], marks, strict=True)]
    path.write_text("\n".join(["value,is_anomaly" if marked else "value", *rows, ""]))
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert cli.main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_from_a_file_to_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    how = ("--train-end", "880", "--views", "signal", "--method", "hidden,stfpm", "--window", "48")
    found = said(capsys, "watch", str(table(tmp_path / "a.csv")), *how, "--out", out)
    assert found["event"] == "finished" and found["train_end"] == 880 and found["window"] == 48
    assert set(found["views"]) == {"signal", "signal_stfpm"} and found["fused"] == ["signal", "signal_stfpm"]
    assert all(a <= b and z > found["threshold"] for a, b, z in found["alarms"])
    assert all({"at", "time", "views", "found_by", "channel", "normal"} <= set(t) for t in found["top"])
    verdict = said(capsys, "judge", out)
    assert set(verdict["scores"]) == {"signal", "signal_stfpm", "fused", "discord", "neighbour", "random"}
    assert {"vus_pr", "auc_pr", "auc_roc", "ucr"} <= set(verdict["scores"]["fused"])
    assert verdict["scores"]["fused"]["ucr"] in (True, False)
    (tmp_path / "ranges.json").write_text("[[910, 914], [1400, 1410]]")
    assert said(capsys, "judge", out, "--marks", str(tmp_path / "ranges.json"))["scores"]["fused"]["ucr"] is None
    maps = tmp_path / "maps.npz"
    why = said(capsys, "why", out, "--at", "912", "--out", str(maps))
    with np.load(maps, allow_pickle=False) as held:
        assert held["signal_stfpm.time"].shape == held["window"].shape == (48,)
        assert held["signal.deletion"][0] == held["signal.chance"][0] == pytest.approx(1)
    assert why["from"] <= 912 <= why["to"] and why["views"]["signal"]["method"] == "hidden"
    assert said(capsys, "watch", str(tmp_path / "a.csv"), *how, "--out", out) == found  # the same recipe: nothing anew
    said(capsys, "report", out, "--out", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text()
    assert "No mark was read for this report" in page and f'<th scope="row">{found["top"][0]["time"]}<' in page
    whole = kdviz.watched(out)
    assert whole.recording.marks is None and whole.z["fused"].shape == (1_500,)
    assert [[a, b, round(z, 4)] for a, b, z in whole.alarms] == found["alarms"]


def test_without_marks_nothing_is_measured_and_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    words = ("--train-end", "0.6", "--views", "signal", "--window", "48", "--out", out)
    said(capsys, "watch", str(table(tmp_path / "b.csv", marked=False)), *words)
    assert cli.main(["judge", out]) == 2
    assert "has no marks, so nothing can be said" in capsys.readouterr().err
    assert cli.main(["why", out, "--at", "99999"]) == 2 and "outside of the recording" in capsys.readouterr().err


def test_killed_resumed_exported_and_compared_it_is_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recordings.recording("planted-recording")
    part = slice(4_100, 5_600)
    stretch = replace(
        whole, values=whole.values[:, part], marks=np.asarray(whole.marks)[part], train_end=880, source={}
    )
    keep_stretch(stretch)
    recipe = watch_recipe_for(stretch, ("signal",), ("hidden",), window=48)
    first = make(recipe, stretch.name, {}, tmp_path / "whole")
    assert list(work(first, stretch)) and first.state == RunState.FINISHED
    monkeypatch.setattr(watch_job, "SAVE_EVERY", 0.0)
    run, told = make(recipe, stretch.name, {}), 0
    for event in work(run, stretch):
        told += isinstance(event, EpochEnded)
        if told == 4:
            break  # the worker is gone
    assert run.state == RunState.INTERRUPTED
    again = [e for e in work(run, stretch) if isinstance(e, EpochEnded)]
    assert [e.epoch for e in again][-1] == 10 and len(again) < 10 and run.state == RunState.FINISHED
    for name in ("scores.safetensors", "model-last.safetensors"):
        assert (run.folder / name).read_bytes() == (first.folder / name).read_bytes()
    archive = tmp_path / "run.zip"
    with archive.open("wb") as file:
        pack(run, file, with_data=True)
    monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / "other"))
    brought, new = unpack(archive.read_bytes())
    assert new and brought.identity == recipe.identity and open_run(brought.folder).state == RunState.FINISHED
    assert (brought.folder / "scores.safetensors").read_bytes() == (first.folder / "scores.safetensors").read_bytes()
    keep_stretch(stretch)
    means = watch_means([find_run(recipe.identity)])
    assert {m.score for m in means} == {"signal", "fused", "discord", "neighbour", "random"}
    assert all(m.recordings == 1 and m.low is None for m in means)  # one recording gives no interval
