"""Making room: what an answer rests on stays, the rest has an age, and nothing goes that was not said to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from kdviz.cli import main
from kdviz.core.files import locked, write_json
from kdviz.data.dataset import Dataset
from kdviz.runs.index.leftovers import leftovers
from kdviz.runs.store import run_table
from kdviz.runs.store.run import FINAL, LOCK, Run
from tests.runs.engine.test_queue import asked

OLD = 40 * 86400.0


def old_run(data: Dataset, seed: int) -> Run:
    """One that ended forty days ago, with what a trainer leaves behind."""
    run = asked(data, seed)
    (run.folder / "epochs").mkdir()
    for epoch in (0, 1, 2, 4, 8, 9):
        (run.folder / "epochs" / f"{epoch:05d}.safetensors").write_bytes(b"w" * 1000)
    for name in ("model-last.safetensors", "snapshots-cam.npz", "epochs/.00003.x.tmp"):
        (run.folder / name).write_bytes(b"w" * 1000)
    write_json(run.folder / FINAL, {"state": "finished", "best_epoch": 4})
    os.utime(run.folder / FINAL, (time.time() - OLD,) * 2)
    return run


def names(run: Run) -> set[str]:
    return {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}


def test_of_an_old_run_goes_what_can_be_made_again_or_done_without(
    data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    run, new, spared, waiting = old_run(data, 0), old_run(data, 1), old_run(data, 2), asked(data, 3)
    os.utime(new.folder / FINAL)
    run_table.write(spared, "", ["keep"])
    before = {each.folder: names(each) for each in (run, new, spared, waiting)}
    assert main(["tidy", "--dry-run", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["freed"] == 5000 and {each["what"] for each in said["of"]} == {
        "weights of epochs", "snapshots of maps", "half-written files"
    }  # fmt: skip
    assert names(run) == before[run.folder]
    assert main(["tidy"]) == 0 and "0.0 MB are free" in capsys.readouterr().out
    gone = before[run.folder] - names(run)
    assert gone == {"epochs/00001.safetensors", "epochs/00002.safetensors", "epochs/00008.safetensors",
                    "snapshots-cam.npz", "epochs/.00003.x.tmp"}  # fmt: skip
    assert all(names(each) == before[each.folder] for each in (new, spared, waiting))


def test_who_trains_or_cannot_be_read_is_left_alone(data: Dataset) -> None:
    run, broken = old_run(data, 0), old_run(data, 1)
    final = (broken.folder / FINAL).stat()
    (broken.folder / FINAL).write_text("{")
    os.utime(broken.folder / FINAL, (final.st_atime, final.st_mtime))
    with locked(run.folder / LOCK):
        found = leftovers()
    assert {each.run for each in found} == {broken.folder.name}
    assert not [each for each in found if Path(each.path).suffix == ".safetensors"]


def test_days_that_cannot_be_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tidy", "--days", "-1"]) == 2 and "from 0 to 36500" in capsys.readouterr().err
