"""Sweeps on a dask cluster: the same bits as here, whoever dies; nobody outside this machine can reach it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kdviz.cli import main
from kdviz.core.child_process import ROOT
from kdviz.core.errors import UserError
from kdviz.core.files import lines
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.executors import cluster
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import child_environment
from kdviz.runs.store.run import ATTEMPTS, Run, make
from kdviz.runs.sweeps.grid import create, plan_for
from kdviz.runs.sweeps.plan import Sweep
from kdviz.runs.sweeps.scheduler import ForegroundSweep
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps

psutil = pytest.importorskip("psutil", reason="pip install -r requirements-cluster.txt")
pytest.importorskip("distributed", reason="pip install -r requirements-cluster.txt")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """What `make cluster` starts."""
    words = [sys.executable, "-m", "kdviz", "cluster", "--json", "--port", "0"]
    process = subprocess.Popen(words, env=child_environment(), cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["address"])
    finally:
        process.terminate()
        assert process.wait(30) == 0


def laid(data: Dataset, home: Path, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    """Ten runs, in a home of their own."""
    monkeypatch.setenv("KDVIZ_HOME", str(home))
    keep(data)
    plan = plan_for(
        [data], methods=("kd", "supervised"), seeds=tuple(range(5)), students=("signal:tiny",), teachers=("signal",),
        epochs=15, settings={"teacher.epochs": 2},
    )  # fmt: skip
    return create(plan, [data])


def answers(found: Sweep) -> dict[str, bytes]:
    return {i: (run.folder / "model-last.safetensors").read_bytes() for i, run in found.runs().items()}


def workers_of(run: Run) -> list[int]:
    """The processes that worked on a run, in turn."""
    return [int(a["pid"]) for a in lines(run.folder / ATTEMPTS) if "pid" in a]


def lose(run: Run) -> int | None:
    """Kill whoever works on a run, and the dask worker that it belongs to, as a machine dies; the process's id."""
    try:
        process = psutil.Process(workers_of(run)[-1])
        lost = [process.parent(), process]
        for each in lost:
            each.kill()
    except (psutil.NoSuchProcess, AttributeError, IndexError):
        return None
    return int(process.pid)


def until(what: Callable[[], Any], seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found


@pytest.mark.slow
def test_a_sweep_on_a_cluster_that_loses_a_worker_has_the_bits_of_one_here(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bumps(series=30, length=24)
    here = laid(data, tmp_path / "here", monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        list(ForegroundSweep(here, pool, lambda folder: bring(Path(folder)), 1).lines())
    wanted = answers(here)
    there = laid(data, tmp_path / "there", monkeypatch)
    lost: dict[str, int] = {}

    def at_work() -> bool:
        for identity, run in there.runs().items():
            if not lost and run.state == "running" and (pid := lose(run)):
                lost[identity] = pid
        return bool(lost)

    with cluster(address) as (pool, do, threads), ThreadPoolExecutor(1) as beside:
        assert threads == 2
        told = []
        for line in ForegroundSweep(there, pool, do, threads).lines():
            told.append(line)
            if len(told) == 4:
                losing = beside.submit(until, at_work)
        losing.result()
    assert told[-1]["state"] == "finished" and sum(t["event"] == "run" for t in told) == 15
    assert answers(there) == wanted
    assert len({pid for run in there.runs().values() for pid in workers_of(run)}) >= 3
    [(identity, pid)] = lost.items()
    assert pid in workers_of(there.runs()[identity])


@pytest.mark.slow
def test_a_run_on_a_cluster_stops_when_its_cancel_file_appears(address: str, data: Dataset) -> None:
    keep(data)
    run = make(recipe_for(data, Choices("supervised", epochs=2000, budget="quick")), data.name, dict(data.source))
    with cluster(address) as (pool, do, _):
        future = pool.submit(do, str(run.folder))
        until(lambda: any(e.get("event") == "epoch" for e in run.events()))
        run.cancel()
        began = time.monotonic()
        assert future.result(30) == "stopped"
    assert time.monotonic() - began < 30 and run.final["accuracy"]["test"] >= 0  # type: ignore[index]


def test_nobody_outside_this_machine_reaches_the_cluster(address: str) -> None:
    port = int(address.rpartition(":")[2])
    ours = next(c.pid for c in psutil.net_connections("tcp") if c.laddr.port == port and c.status == "LISTEN")
    family = [psutil.Process(ours), *psutil.Process(ours).children(recursive=True)]
    ears = [c for p in family for c in p.net_connections("tcp") if c.status == "LISTEN"]
    assert ears and {c.laddr.ip for c in ears} == {"127.0.0.1"}


def test_what_is_no_cluster_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.runs.engine.executors.PATIENCE", "1s")
    line = ["sweep", "sample:gunpoint", "--seeds", "0", "--epochs", "1", "--dask"]
    assert main([*line, "here"]) == 2 and "write it as tcp://HOST:PORT" in capsys.readouterr().err
    with pytest.raises(UserError, match="Nobody answers"), cluster("tcp://127.0.0.1:9"):
        pass
    assert main(["cluster", "--workers", "0"]) == 2


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    from kdviz.runs.engine.executors import bring as on_a_worker

    with pytest.raises(UserError, match="every worker must see the same directory"):
        on_a_worker(str(tmp_path / "nowhere"), str(tmp_path))
    assert os.environ["KDVIZ_HOME"] != str(tmp_path)
