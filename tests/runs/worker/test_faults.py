"""What befalls real workers, in short; `make faults` does the same at random times, a hundred times."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kdviz.core.child_process import ROOT
from kdviz.core.files import lines
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.supervisor import Supervisor
from kdviz.runs.engine.workers import Engine
from kdviz.runs.store.attempts import worker
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import child_environment
from kdviz.runs.store.run import ATTEMPTS, FINAL, IN_APP, Run, make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps

pytestmark = pytest.mark.slow
SETTINGS = {"teacher.epochs": 4, "control": False, "budget": "quick"}
EPOCHS = 80


@pytest.fixture(scope="module")
def answers() -> dict[str, bytes]:
    """What comes of the run that nobody disturbs; the first test that asks makes it."""
    return {}


def asked(data: Dataset, **more: Any) -> Run:
    keep(data)
    recipe = recipe_for(data, Choices("kd", ("signal",), epochs=EPOCHS), {**SETTINGS, **more})
    return make(recipe, data.name, dict(data.source), made=IN_APP)


def answer(run: Run) -> bytes:
    return (run.folder / "model-last.safetensors").read_bytes()


def undisturbed(answers: dict[str, bytes], data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    if not answers:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("KDVIZ_HOME", str(tmp_path / "undisturbed"))
            run = asked(data)
            assert bring(run.folder) == 0
            answers["student"] = answer(run)
    return answers["student"]


def begin(run: Run, **more: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "kdviz", "worker", str(run.folder)]
    return subprocess.Popen(words, env={**child_environment(), **more}, cwd=ROOT, stderr=subprocess.DEVNULL)


def until(what: Callable[[], Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def learns(run: Run) -> bool:
    return any(e["event"] == "epoch" and e["who"] == "student" for e in run.events())


def test_told_to_end_and_out_of_disk_and_started_twice_it_comes_to_the_same_bits(
    answers: dict[str, bytes], data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = undisturbed(answers, data, tmp_path, monkeypatch)
    run = asked(data)
    child = begin(run)
    until(lambda: learns(run) or child.poll() is not None)
    assert begin(run).wait() == 75 or run.final
    child.terminate()
    assert child.wait() in (76, 0)
    assert run.final or any(run.folder.glob("ckpt-*")), "it leaves a checkpoint when it is told to end"
    told = sum(1 for _ in run.events())
    child = begin(run)
    until(lambda: sum(1 for _ in run.events()) > told or child.poll() is not None)
    if child.poll() is None:
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
    assert child.wait() in (74, 0)
    if run.final is None:
        assert run.state == "interrupted" and [*lines(run.folder / ATTEMPTS)][-1].get("let_go") in ("disk full", None)
    assert begin(run).wait() == 0
    assert answer(run) == wanted and run.state == "finished"


def test_too_little_memory_is_said() -> None:
    data = bumps(length=256)
    keep(data)
    large = {"gaf.size": 256, "teacher.architecture": "wrn16-3", "teacher.batch": 64, "control": False}
    run = make(recipe_for(data, Choices("kd", ("gaf",), epochs=4), large), data.name, dict(data.source))
    assert begin(run, KDVIZ_MEMORY_GB="1.5").wait() == 2
    assert run.state == "failed" and "more memory" in run.final["sentence"]  # type: ignore[index]


@pytest.fixture
def keepers() -> Iterator[Callable[[], Supervisor]]:
    """What the app starts with, as often as it is started."""
    made: list[Supervisor] = []

    def begin() -> Supervisor:
        made.append(Supervisor(Engine(), tick=0.1))
        made[-1].start()
        return made[-1]

    yield begin
    for keeper in made:
        keeper.close()


def test_a_new_server_adopts_the_worker_and_replaces_one_that_dies(
    answers: dict[str, bytes], data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    keepers: Callable[[], Supervisor],
) -> None:  # fmt: skip
    wanted = undisturbed(answers, data, tmp_path, monkeypatch)
    run = asked(data)
    first = keepers()
    until(lambda: run.state == "running" or run.final)
    first.close()
    keepers()
    process = worker(run)
    if run.state == "running" and process is not None:
        os.kill(process, signal.SIGKILL)
    until(lambda: run.final)
    assert answer(run) == wanted
    assert 1 <= sum("pid" in a for a in lines(run.folder / ATTEMPTS)) <= 2


def test_a_run_that_trains_stops_within_seconds_and_goes_on(
    answers: dict[str, bytes], data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    keepers: Callable[[], Supervisor],
) -> None:  # fmt: skip
    wanted = undisturbed(answers, data, tmp_path, monkeypatch)
    run, keeper = asked(data), keepers()
    until(lambda: learns(run) or run.final)
    run.cancel()
    until(lambda: run.final)
    if run.state == "stopped":
        assert (run.folder / FINAL).stat().st_mtime - (run.folder / "cancel").stat().st_mtime < 30
        assert run.final["accuracy"]["test"] >= 0  # type: ignore[index]
    keeper.revive(run)
    until(lambda: run.state == "finished")
    assert answer(run) == wanted


def test_the_record_says_on_what_it_was_made_and_a_count_of_threads_gives_its_own_bits(data: Dataset) -> None:
    found = []
    for threads in (2, 2):
        keep(data)
        recipe = recipe_for(data, Choices("supervised", epochs=2), {"threads": threads})
        run = make(recipe, data.name, {})
        for path in sorted(run.folder.rglob("*"), reverse=True):
            if path.is_file() and path.name != "request.json":
                path.unlink()
        assert bring(run.folder) == 0
        final = run.final or {}
        assert final["threads"] == threads and final["torch"] and final["device"] == "cpu"
        found.append(answer(run))
    assert found[0] == found[1]
