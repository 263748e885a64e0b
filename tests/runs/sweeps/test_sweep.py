"""A sweep: every run once, teachers once, broken off and gone on with, and nothing it claims is made up."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kdviz.cli import main
from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.pool import WorkerPool
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import FINAL, Run, RunState, all_runs
from kdviz.runs.sweeps import plan as sweeps
from kdviz.runs.sweeps.grid import create, plan_for
from kdviz.runs.sweeps.plan import Plan, Sweep, numbers, open_sweep
from kdviz.runs.sweeps.progress import forecast, progress, rows
from kdviz.runs.sweeps.scheduler import ForegroundSweep, release
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for

FAST = {"teacher.epochs": 2, "gaf.size": 16, "budget": "quick"}


def planned(data: Dataset, **asked: Any) -> Plan:
    keep(data)
    usual: dict[str, Any] = {
        "methods": ("kd", "supervised"), "seeds": (0, 1), "students": ("signal:tiny",), "teachers": ("signal",),
        "epochs": 2, "settings": FAST,
    }  # fmt: skip
    return plan_for([data], **{**usual, **asked})


def laid(data: Dataset, **asked: Any) -> Sweep:
    return create(planned(data, **asked), [data])


def driven(found: Sweep, do: Callable[[str], Any] = lambda folder: bring(Path(folder)), **how: Any) -> list[Any]:
    with ThreadPoolExecutor(1) as pool:
        return list(ForegroundSweep(found, pool, do, 1, **how).lines())


def answers(found: Sweep) -> dict[str, bytes]:
    return {i: (run.folder / "model-last.safetensors").read_bytes() for i, run in found.runs().items()}


def test_every_cell_runs_once_and_teachers_once_for_all(data: Dataset) -> None:
    found = laid(data, methods=("kd", "at", "supervised"))
    lines = driven(found)
    assert lines[0]["runs"] == 6 and lines[0]["teachers_and_controls"] == 2 and lines[-1]["state"] == "finished"
    told = [line["id"] for line in lines if line["event"] == "run"]
    assert len(told) == len(set(told)) == 8 == len(all_runs())
    assert all((run.final or {})["teachers"]["signal"]["reused"] for run in all_runs() if run.recipe.method == "kd")
    assert lines[-2]["done"] == lines[-2]["of"] == 8


def test_the_control_of_one_method_is_the_supervised_run_of_the_sweep(data: Dataset) -> None:
    found = laid(data)
    kd, supervised = (next(c for c in found.cells if c.method == m and c.seed == 0) for m in ("kd", "supervised"))
    assert supervised.id in kd.stands_on and supervised.id not in found.ancestors


def test_what_others_stand_on_is_there_before_they_start(data: Dataset) -> None:
    order = [line["id"] for line in driven(laid(data)) if line["event"] == "run"]
    for cell in laid(data).cells:
        assert all(order.index(parent) < order.index(cell.id) for parent in cell.stands_on)


def test_the_same_plan_again_does_nothing_twice(data: Dataset) -> None:
    driven(laid(data))
    again = driven(laid(data))
    assert again[0]["to_do"] == 0 and [line["event"] for line in again] == ["planned", "finished"]


def test_a_sweep_that_was_broken_off_goes_on(data: Dataset) -> None:
    found = laid(data)
    with ThreadPoolExecutor(1) as pool:
        lines = ForegroundSweep(found, pool, lambda folder: bring(Path(folder)), 1).lines()
        [next(lines) for _ in range(3)]
        lines.close()
    lines_again = driven(found)
    assert 0 < lines_again[0]["to_do"] < 6 and lines_again[-1]["state"] == "finished"


def test_a_cancelled_sweep_starts_nothing_more_and_can_be_revived(data: Dataset) -> None:
    found = laid(data)

    def once(folder: str) -> None:
        bring(Path(folder))
        release(found)

    lines = driven(found, once)
    assert lines[-1]["state"] == "stopped" and progress(found, 1).state == "stopped"
    assert lines[-1]["states"]["finished"] == 1
    found.revive()
    assert driven(found)[-1]["state"] == "finished"


def test_a_spent_budget_starts_nothing_more(data: Dataset) -> None:
    lines = driven(laid(data), budget=0.0)
    assert lines[-1]["state"] == "stopped" and "finished" not in lines[-1]["states"]


def test_sets_of_teachers_are_swept_over_each_once(data: Dataset) -> None:
    """A method of one teacher hears each alone; what knows no teacher is one run; a plan without sets is as before."""
    three = ("signal", "gaf", "persistence")
    asked = planned(data, methods=("aver", "kd", "supervised"), seeds=(0,), teachers=three, combinations=True)
    found = create(asked, [data])
    told = [(row["method"], row["teachers"]) for row in rows(found)]
    singles, pairs = list(three), ["signal + gaf", "signal + persistence", "gaf + persistence"]
    assert [t for m, t in told if m == "aver"] == [*singles, *pairs, "signal + gaf + persistence"]
    assert [t for m, t in told if m == "kd"] == singles and ("supervised", "") in told and len(told) == 11
    assert "--teacher-combinations" in str(sweeps.line(asked)) and asked.identity != planned(data).identity
    assert open_sweep(found.folder).plan == asked and planned(data).teacher_sets == (("signal",),)


def test_what_cannot_run_is_left_out_with_its_reason(data: Dataset) -> None:
    found = laid(data, methods=("kd", "camkd"), teachers=("signal", "gaf"))
    assert {c.method for c in found.cells} == {"kd"}
    assert [(o["method"], "fusion" in o["why"]) for o in found.left_out] == [("camkd", True)]
    with pytest.raises(UserError, match="needs a student of kind fusion"):
        laid(data, methods=("camkd",), teachers=("signal", "gaf"))


def test_a_failed_run_does_not_stop_the_others(data: Dataset) -> None:
    found = laid(data, settings={**FAST, "control": False})
    teacher = found.runs()[found.ancestors[0]]
    (teacher.folder / "final.json").write_text(json.dumps({"event": "failed", "state": "failed", "sentence": "No."}))
    lines = driven(found)
    why = {line["why"] for line in lines if line["event"] == "run" and line["state"] == "failed"}
    assert why and all("could not be trained. No." in w for w in why)
    assert lines[-1]["state"] == "finished" and lines[-1]["states"]["finished"] > 0


def test_a_setting_can_concern_one_method_alone(data: Dataset) -> None:
    found = laid(data, methods=("kd", "at"), settings={**FAST, "kd.temperature": 2.0})
    knobs = {run.recipe.method: dict(run.recipe.knobs) for run in found.runs().values()}
    assert knobs["kd"]["temperature"] == 2.0 and knobs["at"]["temperature"] != 2.0
    with pytest.raises(UserError, match="concerns none"):
        laid(data, settings={"no_such_knob": 1})


def test_a_lost_worker_is_replaced_three_times(data: Dataset) -> None:
    found, lost = laid(data, methods=("supervised",), seeds=(0,)), []

    def dying(folder: str) -> int:
        lost.append(folder)
        if len(lost) < 3:
            raise ConnectionError
        return bring(Path(folder))

    assert driven(found, dying)[-1]["state"] == "finished"
    other = laid(data, methods=("supervised",), seeds=(1,))
    with pytest.raises(UserError, match="lost its worker 3 times"):
        driven(other, lambda folder: (_ for _ in ()).throw(ConnectionError()))


def test_a_forecast_is_what_the_like_took(data: Dataset) -> None:
    found = laid(data)
    first, *rest = [c.id for c in found.cells if c.method == "kd"]
    states = {i: "finished" if i == first else "queued" for i in found.runs()}
    assert forecast(found, states, {}) is None
    assert forecast(found, states, {first: 10.0}) == pytest.approx(10.0 * (len(states) - 1))
    assert rest


def test_rows_show_what_the_runs_hold(data: Dataset) -> None:
    found = laid(data)
    assert {r["state"] for r in rows(found)} == {"queued"}
    driven(found)
    for row in rows(found):
        final = found.runs()[row["id"]].final or {}
        assert row["accuracy"] == final["accuracy"]["test"] and row["seconds"] == final["seconds"]
    broken = found.cells[0].id
    for nonsense in ('{"event": "finished", "state": "nowhere"}', '{"accuracy": {"test": 1' + "0" * 400 + "}}", "[]"):
        (found.runs()[broken].folder / FINAL).write_text(nonsense)
        said = {row["id"]: row for row in rows(found)}
        assert said[broken]["state"] == "unreadable" and said[broken]["why"]
        assert progress(found, 1).states["unreadable"] == 1 and progress(found, 1).state == "finished"
        found.revive()


def test_plans_are_equal_whatever_they_came_through(data: Dataset) -> None:
    found = laid(data)
    again = open_sweep(found.folder)
    assert again.plan.identity == found.plan.identity and again.cells == found.cells
    assert sweeps.all_sweeps()[0].folder == found.folder


@pytest.mark.parametrize(("words", "found"), [("0-3", (0, 1, 2, 3)), ("7,1,7", (7, 1)), ("0-1,5", (0, 1, 5))])
def test_seeds_are_lists_and_stretches(words: str, found: tuple[int, ...]) -> None:
    assert numbers(words) == found


@pytest.mark.parametrize("words", ["", "a", "-3", "0-999999999", "x-", "1.5"])
def test_other_seeds_are_refused(words: str) -> None:
    with pytest.raises(UserError, match="write them as"):
        numbers(words)


@pytest.mark.parametrize("student", ["tiny", "gaf:tiny", "signal:", "signal:../x"])
def test_a_student_is_a_kind_and_a_size(student: str, data: Dataset) -> None:
    with pytest.raises(UserError, match="KIND:SIZE"):
        laid(data, students=(student,))


@pytest.fixture
def hands() -> Iterator[WorkerPool]:
    found = WorkerPool()
    yield found
    found.close()


@pytest.mark.slow
def test_workers_that_are_killed_on_the_way_change_no_bit(data: Dataset, hands: WorkerPool) -> None:
    found = laid(data, epochs=40)
    driven(found)
    whole = answers(found)
    for run in found.runs().values():
        for path in sorted(run.folder.rglob("*"), reverse=True):
            if path.is_file() and path.name != "request.json":
                path.unlink()
    killed: list[int] = []
    ending = threading.Event()

    def kill() -> None:
        """Two workers, each while it trains a run."""
        while not ending.wait(0.01) and len(killed) < 2:
            process = hands.all[0].process if hands.all else None
            if process is None or process.pid in killed or process.poll() is not None:
                continue
            if any(run.state == RunState.RUNNING for run in found.runs().values()):
                os.kill(process.pid, signal.SIGKILL)
                killed.append(process.pid)

    killer = threading.Thread(target=kill)
    killer.start()
    lines = driven(found, lambda folder: hands.bring(Run(Path(folder))))
    ending.set()
    killer.join()
    assert len(killed) == 2 and lines[-1]["state"] == "finished" and answers(found) == whole


@pytest.mark.slow
def test_the_command_line_sweeps_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rest = ["--methods", "kd", "--seeds", "0", "--teachers", "signal", "--epochs", "1"]
    line = ["sweep", "sample:gunpoint", *rest, "--set", "teacher.epochs=1", "--out", str(tmp_path / "s"), "--json"]
    assert main(line) == 0
    said = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in said] == ["planned", "run", "run", "run", "finished"]
    began = time.monotonic()
    assert main(["sweep", "--out", str(tmp_path / "s"), "--json"]) == 0 and time.monotonic() - began < 30
    assert json.loads(capsys.readouterr().out.splitlines()[0])["to_do"] == 0
    assert main([*line[:3], "aver", *line[4:]]) == 2 and "another sweep" in capsys.readouterr().err


def test_a_teacher_that_was_stopped_alone_is_trained_on_by_who_needs_it(data: Dataset) -> None:
    found = laid(data, seeds=(0,), methods=("kd",))
    teacher = found.runs()[found.ancestors[0]]
    teacher.cancel()
    bring(teacher.folder)
    assert teacher.state == "stopped"
    bring(found.runs()[found.cells[0].id].folder)
    assert teacher.state == "finished"


def test_a_cell_is_the_run_that_is_asked_for_alone(data: Dataset) -> None:
    plan = plan_for([data], methods=("kd", "aver"), seeds=(3, 0, 8), students=("fusion:tiny",), settings=FAST)
    for cell in create(plan, [data]).cells:
        wish = Choices(cell.method, None, "fusion", seed=cell.seed)
        assert recipe_for(data, wish, {**FAST, "architecture": "tiny"}).identity == cell.id
