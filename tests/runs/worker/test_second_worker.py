"""Networks of a large run train in two processes: the same bits and the same log, whatever becomes of the second."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kdviz.core.child_process import Child
from kdviz.core.files import lines
from kdviz.data.dataset import Dataset
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import ATTEMPTS, Run, make
from kdviz.runs.worker import second_worker
from kdviz.runs.worker.job import plan_of, work
from kdviz.runs.worker.networks import NetworkContext
from kdviz.training import device
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import Materials
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for
from tests.runs.worker.test_runs import answer, done

SETTINGS = {"teacher.epochs": 2, "budget": "quick", "gaf.size": 16}
HAR: Mapping[str, tuple[int, ...]] = {"signal": (9, 128), "gaf": (18, 48, 48), "persistence": (54, 24, 24)}


def wished(data: Dataset, made: str = "in the app") -> Run:
    keep(data)
    recipe = recipe_for(data, Choices("aver", ("signal", "gaf"), epochs=2), SETTINGS)
    return make(recipe, data.name, dict(data.source), made=made)


def told(run: Run) -> dict[str, list[dict[str, Any]]]:
    """What was said of each network, in order; seconds are nobody's promise."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in run.events():
        if event.get("text") != second_worker.SAID and "who" in event:
            found.setdefault(event["who"], []).append({**event, "seconds": 0})
    return found


@pytest.fixture
def worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "BESIDE", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})


def alone(data: Dataset, monkeypatch: pytest.MonkeyPatch, home: Path) -> Run:
    """The run as one process makes it, in another home."""
    with monkeypatch.context() as patched:
        patched.setenv("KDVIZ_HOME", str(home))
        patched.setenv(second_worker.SWITCH, "0")
        return done(wished(data), data)


def test_two_processes_give_the_bits_and_the_log_of_one(
    data: Dataset, worth: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, two = alone(data, monkeypatch, tmp_path), done(wished(data), data)
    assert answer(two) == answer(one) and told(two) == told(one)
    for path in sorted(one.folder.rglob("*.safetensors")):
        assert (two.folder / path.relative_to(one.folder)).read_bytes() == path.read_bytes()
    began = [event["who"] for event in two.events() if event["event"] == "began"]
    assert began == ["gaf", "signal", "student", "control"]
    pids = {role: pid(two, role) for role in ("signal", "gaf", "control")}
    assert pids["gaf"] == os.getpid() != pids["signal"] == pids["control"]
    assert not any(each["reused"] for each in (two.final or {})["teachers"].values())

    in_its_place(monkeypatch, "sys.exit(9)")  # what a second worker leaves undone is trained here
    monkeypatch.setenv("KDVIZ_HOME", f"{tmp_path}-third")
    three = done(wished(data), data)
    assert answer(three) == answer(one) and pid(three, "signal") == os.getpid()


def pid(run: Run, role: str) -> int:
    """The process that trained a network of a run."""
    named = {**{t.student: t for t in run.recipe.teachers}, "control": run.recipe.scratch()}
    return int(next(iter(lines(run_folder(named[role].identity) / ATTEMPTS)))["pid"])


def in_its_place(monkeypatch: pytest.MonkeyPatch, code: str) -> list[Child]:
    """Another program runs where the second worker would, once it has said that it began; those that did."""
    begun: list[Child] = []
    says = json.dumps({"event": "began", "who": "signal", "epochs": 3, "weights": 1, "stages": []})

    def child(words: list[str], environment: Mapping[str, str], **more: Any) -> Child:
        begun.append(Child(["-c", f"import sys, time; print({says!r}, flush=True); {code}"], environment, **more))
        return begun[-1]

    monkeypatch.setattr(second_worker, "Child", child)
    return begun


def test_a_run_that_is_stopped_waits_for_no_second_worker(
    data: Dataset, worth: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, run = in_its_place(monkeypatch, "time.sleep(60)"), wished(data)
    for event in work(run, data):
        if event.line().get("who") == "signal":
            run.cancel()
    assert run.state == "stopped" and not begun[0].alive


def test_what_is_large_trains_in_two_processes_where_nothing_else_does(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recipe(view: str, epochs: int) -> Recipe:
        return Recipe("d", student=view, sees=(view,), architecture="small", epochs=epochs, control=False)

    def shared(epochs: int) -> tuple[str, ...]:
        three, control = {view: recipe(view, epochs) for view in HAR}, {"control": recipe("signal", epochs)}
        return device.beside(three, control, HAR, 6, 5882)

    assert shared(15) == ("gaf", "control") and shared(2) == ()
    monkeypatch.setattr(device, "BESIDE", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    context = NetworkContext(wished(data), data, Materials(data, wished(data).recipe))
    parts, shapes = plan_of(context.run)[0], {"signal": (1, 40), "gaf": (2, 16, 16)}
    assert second_worker.roles_beside(context, parts, shapes) == ()
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    assert second_worker.roles_beside(context, parts, shapes) == ("signal", "control")
    for name, word in ((second_worker.SWITCH, "0"), ("KDVIZ_HOSTED", "1")):
        with monkeypatch.context() as patched:
            patched.setenv(name, word)
            assert second_worker.roles_beside(context, parts, shapes) == ()
    swept = replace(context, run=make(replace(context.run.recipe, seed=9), "bumps", {}, made="for a sweep"))
    assert second_worker.roles_beside(swept, parts, shapes) == ()
