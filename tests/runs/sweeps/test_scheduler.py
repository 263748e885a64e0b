"""Sweeps that the app drives: on from where they were, whoever restarts; nothing twice, nothing before its time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from kdviz.cli import main
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.supervisor import Supervisor
from kdviz.runs.store.run import Run
from kdviz.runs.sweeps import scheduler
from kdviz.runs.sweeps.estimate import estimate
from kdviz.runs.sweeps.grid import expand, plan_for
from kdviz.runs.sweeps.plan import Plan, Sweep, by_identity, line, seeds
from kdviz.runs.sweeps.progress import progress
from kdviz.runs.sweeps.scheduler import BackgroundSweeps
from kdviz.runs.worker.run_worker import bring
from tests.runs.sweeps.test_sweep import laid as made
from tests.runs.sweeps.test_sweep import planned


class Here:
    """An engine that brings runs to their end at once, and notes which."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def start(self, run: Run) -> None:
        self.started.append(run.folder.name)
        bring(run.folder)

    def booting(self, run: Run) -> bool:
        return False

    def lingering(self) -> int:
        return 0

    def warm(self) -> None:
        pass

    def close(self) -> None:
        pass


def looked(engine: Any, times: int = 60) -> Supervisor:
    """So many rounds: a round asks folders for ten milliseconds at most, and a busy machine does less in that time."""
    found = Supervisor(engine)
    for _ in range(times):
        before = len(engine.started)
        found.look()
        if len(engine.started) == before and times > 12:
            time.sleep(0.02)
    return found


def test_the_app_brings_a_sweep_to_its_end_and_every_run_once(data: Dataset) -> None:
    found, engine = made(data), Here()
    looked(engine, 2)
    assert engine.started == []
    scheduler.hand_to_app(found)
    looked(engine)
    assert progress(found, 1).state == "finished"
    assert sorted(engine.started) == sorted(found.runs())


def test_another_server_goes_on_with_it(data: Dataset) -> None:
    found, first, second = made(data), Here(), Here()
    scheduler.hand_to_app(found)
    looked(first, 2)
    looked(second)
    assert progress(found, 1).state == "finished" and not set(first.started) & set(second.started)


def test_what_others_stand_on_is_started_before_them(data: Dataset) -> None:
    found, engine = made(data), Here()
    scheduler.hand_to_app(found)
    looked(engine)
    for cell in found.cells:
        assert all(engine.started.index(p) < engine.started.index(cell.id) for p in cell.stands_on)


def test_nothing_waits_beside_a_teacher_that_is_not_done(data: Dataset) -> None:
    found = made(data, methods=("kd",), seeds=(0,), settings={"teacher.epochs": 2, "control": False})
    scheduler.hand_to_app(found)
    assert [r.folder.name for r in BackgroundSweeps().wanted(9)] == list(found.ancestors)


def test_a_stopped_sweep_starts_nothing_and_goes_on_when_asked(data: Dataset) -> None:
    found, engine = made(data), Here()
    scheduler.hand_to_app(found)
    keeper = looked(engine, 2)
    scheduler.release(found)
    many = len(engine.started)
    keeper.look()
    assert len(engine.started) == many and progress(found, 1).state == "stopped"
    scheduler.hand_to_app(found)
    for _ in range(12):
        keeper.look()
    assert progress(found, 1).state == "finished"


def test_a_spent_budget_starts_no_more(data: Dataset) -> None:
    found, engine = made(data), Here()
    scheduler.hand_to_app(found, seconds=-1)
    looked(engine, 3)
    assert engine.started == [] and not scheduler.is_driven(found) and scheduler.until(found) < time.time()


def test_stopping_one_sweep_leaves_alone_what_another_wants(data: Dataset) -> None:
    one, other = made(data, methods=("kd",)), made(data, methods=("at",))
    scheduler.hand_to_app(one)
    scheduler.hand_to_app(other)
    scheduler.release(one)
    shared = set(one.runs()) & set(other.runs())
    assert shared and not any((other.runs()[i].folder / "cancel").exists() for i in shared)
    assert all((one.runs()[c.id].folder / "cancel").exists() for c in one.cells)


def test_a_run_that_was_deleted_holds_up_nobody(data: Dataset) -> None:
    from kdviz.runs.store import trash

    found, engine = made(data, methods=("kd", "at")), Here()
    trash.discard(found.runs()[found.cells[0].id])
    scheduler.hand_to_app(found)
    looked(engine)
    assert progress(found, 1).states == {"finished": len(found.runs()) - 1, "missing": 1}


def test_a_forecast_rests_on_what_was_trained_or_on_epochs_tried(data: Dataset) -> None:
    plan = planned(data, seeds=(0, 1))
    found, recipes = expand(plan, [data])
    unknown = estimate(found, recipes, patience=0)
    assert unknown.seconds is None and unknown.to_do == 6
    tried = estimate(found, recipes)
    assert tried.tried == 3 and tried.seconds and tried.seconds > 0 and tried.guessed == 0
    real = made(data, seeds=(0,))
    scheduler.hand_to_app(real)
    looked(Here())
    known = estimate(found, recipes, patience=0)
    cost = sum(float((run.final or {})["seconds"]) for run in real.runs().values())
    assert known.known == 3 and known.to_do == 3 and known.seconds == pytest.approx(cost)


def test_nothing_is_written_by_a_forecast(data: Dataset, own_home: Path) -> None:
    plan = planned(data)
    before = sorted(own_home.rglob("*"))
    estimate(*expand(plan, [data]), patience=0)
    assert [p for p in sorted(own_home.rglob("*")) if p not in before and p.name not in ("runs", "sweeps")] == []


def test_stretches_of_seeds_are_written_short() -> None:
    assert seeds((0, 1, 2, 7, 9, 10)) == "0-2,7,9-10"


def swept(words: str, tmp_path: Path) -> Sweep:
    """The sweep that a shell line lays out, without a single run of it."""
    import shlex

    assert main([*shlex.split(words.replace("\\\n", " "))[3:], "--budget", "0", "--out", str(tmp_path / "s")]) == 3
    from kdviz.runs.sweeps.plan import open_sweep

    return open_sweep(tmp_path / "s")


def test_the_line_in_a_shell_makes_the_same_sweep(tmp_path: Path) -> None:
    from kdviz.data.sources.open_data import open_data

    plan = plan_for(
        [open_data("sample:gunpoint")], methods=("kd", "at"), seeds=(0, 1, 4), students=("signal:tiny", "signal:small"),
        teachers=("signal",), epochs=3, selection="best", settings={"kd.temperature": "2", "teacher.epochs": "2"},
    )  # fmt: skip
    said = line(plan)
    assert said is not None
    found = swept(said, tmp_path)
    assert found.plan == plan and found.plan.identity == plan.identity


def test_files_read_in_two_ways_have_no_one_line(data: Dataset) -> None:
    given: list[dict[str, Any]] = [
        {"sha256": "a", "name": "x", "source": {"file": "f", "name": "x.csv", "mapping": m}}
        for m in ({}, {"label": "y"})
    ]
    assert line(Plan(("kd",), (0,), ("signal:tiny",), tuple(given))) is None


def test_a_sweep_is_found_by_its_identity(data: Dataset) -> None:
    found = made(data)
    assert by_identity(found.folder.name).plan == found.plan
