"""Runs: whatever dies, nothing is lost, and what comes out is the same to the bit."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kdviz.core.child_process import ROOT
from kdviz.core.errors import UserError
from kdviz.core.files import Held, is_held, locked
from kdviz.data.dataset import Dataset
from kdviz.runs.store import final_record
from kdviz.runs.store.catalogue import described
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.history import remarks
from kdviz.runs.store.home import child_environment
from kdviz.runs.store.run import CANCEL, EVENTS, FINAL, LOCK, Run, all_runs, make, open_run
from kdviz.runs.store.run_table import summary
from kdviz.runs.store.weights import read_tensors
from kdviz.runs.worker import checkpoints
from kdviz.runs.worker.job import work
from kdviz.runs.worker.networks import NetworkContext
from kdviz.training import learner
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import said_with

FAST = {"teacher.epochs": 4, "control": False, "budget": "quick"}


def asked(data: Dataset, epochs: int = 4, made: str = "in the app", **more: object) -> Run:
    """A run that nobody works on yet."""
    keep(data)
    recipe = recipe_for(data, Choices("kd", ("signal",), epochs=epochs), {**FAST, **more})
    return make(recipe, data.name, dict(data.source), made=made)


def done(run: Run, data: Dataset) -> Run:
    """Worked on to its end, here."""
    list(work(run, data))
    return run


def answer(run: Run) -> bytes:
    return (run.folder / "model-last.safetensors").read_bytes()


OFTEN = "import sys; from kdviz.runs.worker import networks; networks.SAVE_EVERY = 0.0; from kdviz.cli import main; "


def worker(run: Run, log: Path) -> subprocess.Popen[bytes]:
    """A worker that keeps a checkpoint of every epoch, and logs what it imports."""
    words = [sys.executable, "-X", "importtime", "-c", f"{OFTEN}sys.exit(main())", "worker", str(run.folder)]
    with log.open("wb") as told:
        return subprocess.Popen(words, env=child_environment(), cwd=ROOT, stderr=told)


def until(what: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_finished_run_holds_all_it_needs(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(final_record, "BELOW", -2.0)  # any teacher lies below
    run = done(asked(data, control=True), data)
    assert [r for r in remarks(run.events()) if "this teacher seems to know less" in r and "validation series" in r]
    names = {str(p.relative_to(run.folder)) for p in run.folder.rglob("*.safetensors")}
    assert {"model-best.safetensors", "model-last.safetensors", "control.safetensors"} <= names
    assert "teachers/signal.safetensors" in names and run.state == "finished"
    assert set(run.final["accuracy"]) == {"train", "validation", "test"}  # type: ignore[index]
    assert not list(run.folder.glob("ckpt-*")) and not list(run.folder.glob(".*.tmp"))


def test_a_teacher_below_the_control_is_told_by_validation_data_where_it_did_not_learn_from_them() -> None:
    known = {"control": {"validation": 0.9, "test": 0.8}, "gaf": {"validation": 0.7, "test": 0.9},
             "signal": {"test": 0.77}, "markov": {"validation": 0.89, "test": 0.1}}  # fmt: skip
    told = list(final_record.remarks_on_teachers(known, ("gaf", "signal", "markov"), {"validation": 10, "test": 60}))
    assert len(told) == 2
    assert "Of 10 validation series the GAF teacher answers 70% right" in told[0] and "Leave it out" in told[0]
    assert "Of 60 test series the signal teacher" in told[1] and "Test series may choose nothing" in told[1]
    assert not list(final_record.remarks_on_teachers({"gaf": known["gaf"]}, ("gaf",), {}))


def test_a_teacher_is_trained_once_and_reused(data: Dataset) -> None:
    first = done(asked(data), data)
    second = done(asked(data, epochs=5), data)
    assert not first.final["teachers"]["signal"]["reused"]  # type: ignore[index]
    assert second.final["teachers"]["signal"]["reused"]  # type: ignore[index]


def test_a_run_that_has_ended_is_not_worked_on_again(data: Dataset) -> None:
    run = done(asked(data), data)
    assert list(work(run, data)) == []


def test_a_run_somebody_works_on_is_left_alone(data: Dataset) -> None:
    run = asked(data)
    with locked(run.folder / LOCK), pytest.raises(Held):
        list(work(run, data))
    assert run.state == "queued"


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        assert is_held(tmp_path / "lock")
    assert not is_held(tmp_path / "lock")


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_but_time(data: Dataset, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    whole = answer(done(asked(data, epochs=100, rate=0.002), data))
    run = asked(data, epochs=100, rate=0.002)
    for path in run.folder.rglob("*"):
        if path.is_file() and path.name != "request.json":
            path.unlink()
    child = worker(run, log)
    until(lambda: list(run.folder.glob("ckpt-*")) or run.final)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert run.state in ("interrupted", "finished")
    assert worker(run, log).wait() == 0
    imported = log.read_text()
    assert "kdviz.nets.cost" in imported
    assert "torch._dynamo" not in imported, "a run needs no compiler: that is a second and 70 MB"
    assert run.state == "finished" and answer(run) == whole
    told = [e["epoch"] for e in run.events() if e.get("who") == "student" and e["event"] == "epoch"]
    assert told == list(range(1, 101))


def _cut_short(run: Run, data: Dataset, monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    """Work until the student has ended some epochs, then die."""
    monkeypatch.setattr("kdviz.runs.worker.networks.SAVE_EVERY", 0.0)
    for event in work(run, data):
        if event.event == "epoch" and event.who == "student" and event.epoch > epochs:  # type: ignore[attr-defined]
            break


def test_a_run_goes_on_from_its_checkpoint_bit_for_bit(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answer(done(asked(data, epochs=6), data))
    again = _fresh(asked(data, epochs=6))
    _cut_short(again, data, monkeypatch, 3)
    assert again.state == "interrupted" and checkpoints.newest(again.folder).epoch == 3  # type: ignore[union-attr]
    assert answer(done(again, data)) == whole


def test_a_damaged_checkpoint_is_known_and_the_one_before_serves(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = answer(done(asked(data, epochs=6), data))
    again = _fresh(asked(data, epochs=6))
    _cut_short(again, data, monkeypatch, 4)
    newest = max(again.folder.glob("ckpt-*"), key=lambda p: p.name)
    newest.write_bytes(newest.read_bytes()[:-7] + b"scratch")
    assert checkpoints.newest(again.folder).epoch == 3  # type: ignore[union-attr]
    assert answer(done(again, data)) == whole


def test_a_torn_line_is_passed_over_and_then_cut(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(data, epochs=6)
    _cut_short(run, data, monkeypatch, 3)
    with (run.folder / EVENTS).open("ab") as file:
        file.write(b'{"event":"epoch","who":"stu')
    assert all("event" in e for e in run.events())
    done(run, data)
    lines = (run.folder / EVENTS).read_text().splitlines()
    assert [json.loads(line) for line in lines]


def test_what_was_learned_before_a_stop_is_kept_and_can_go_on(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answer(done(asked(data, epochs=6), data))
    run = _fresh(asked(data, epochs=6))
    monkeypatch.setattr("kdviz.runs.worker.networks.SAVE_EVERY", 0.0)
    for event in work(run, data):
        if event.event == "epoch" and event.who == "student" and event.epoch == 3:  # type: ignore[attr-defined]
            run.cancel()
    assert run.state == "stopped" and read_tensors(run.folder / "model-last.safetensors")[0]
    assert run.final["accuracy"]["test"] >= 0  # type: ignore[index]
    (run.folder / CANCEL).unlink()
    (run.folder / FINAL).unlink()
    assert answer(done(run, data)) == whole


def test_a_loss_that_becomes_invalid_ends_in_a_sentence(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked(data, rate=1.0, **{"temperature": 1e-0})
    monkeypatch.setattr("kdviz.methods.terms.cross_entropy", lambda logits, label: logits.sum() * float("nan"))
    list(work(run, data))
    assert run.state == "failed" and "became invalid at epoch 1" in run.final["sentence"]  # type: ignore[index]


def test_memory_that_runs_out_is_said(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes")

    monkeypatch.setattr("kdviz.training.encoded_data.prepare", full)
    run = asked(data)
    list(work(run, data))
    assert run.state == "failed" and "more memory" in run.final["sentence"]  # type: ignore[index]


def test_a_full_disk_pauses_a_run_that_goes_on_when_there_is_space(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = answer(done(asked(data, epochs=6), data))
    run = _fresh(asked(data, epochs=6))
    monkeypatch.setattr("kdviz.runs.worker.networks.SAVE_EVERY", 0.0)
    real, calls = checkpoints.keep, []

    def full(folder: Path, state: object) -> None:
        calls.append(1)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")
        real(folder, state)  # type: ignore[arg-type]

    monkeypatch.setattr(checkpoints, "keep", full)
    with pytest.raises(UserError, match="disk is full"):
        list(work(run, data))
    assert run.state == "interrupted"
    monkeypatch.setattr(checkpoints, "keep", real)
    assert answer(done(run, data)) == whole


def test_a_folder_without_a_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no run"):
        open_run(tmp_path)


def test_one_unreadable_run_does_not_hide_the_others(data: Dataset) -> None:
    good, bad = asked(data), asked(data, epochs=5)
    (bad.folder / "request.json").write_text("{")
    assert {summary(r)["state"] for r in all_runs()} == {"queued", "unreadable"} and good.state == "queued"


def _fresh(run: Run) -> Run:
    """The same run as if nobody had ever worked on it."""
    for path in sorted(run.folder.rglob("*"), reverse=True):
        if path.is_file() and path.name != "request.json":
            path.unlink()
    return run


HOT = 0.5


def diverging(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Losses become invalid in the networks of this role (`student`, `control` or `teacher`) while they learn fast."""
    real = learner.learner

    def role(recipe: Recipe) -> str:
        if recipe.method != "supervised":
            return "student"
        return "teacher" if recipe.architecture == "small" else "control"

    def made(recipe: Recipe, *rest: object) -> learner.Learner:
        me = real(recipe, *rest)  # type: ignore[arg-type]
        if role(recipe) == what and recipe.rate >= HOT:
            for weight in me.net.parameters():
                weight.data.fill_(float("nan"))
        return me

    monkeypatch.setattr("kdviz.training.loop.learner", made)


@pytest.mark.parametrize(
    ("what", "settings", "retry"),
    [
        ("student", {"rate": HOT}, {"rate": 0.05}),
        ("control", {"rate": HOT, "control": True}, {"rate": 0.05}),
        ("teacher", {"teacher.rate": HOT}, {"teacher.rate": 0.05}),
    ],
)
def test_a_run_that_diverges_says_what_to_try_and_that_helps(
    data: Dataset, monkeypatch: pytest.MonkeyPatch, what: str, settings: dict[str, Any], retry: dict[str, float]
) -> None:
    diverging(monkeypatch, what)
    run = done(asked(data, **settings), data)
    assert run.state == "failed" and run.final["retry"] == retry  # type: ignore[index]
    assert "Try 0.05." in run.final["sentence"]  # type: ignore[index]
    assert [e["retry"] for e in run.events() if e["event"] == "failed"] == [retry]
    wish, again = said_with(run.recipe, next(m for m in described()["methods"] if m["id"] == "kd"), retry)
    other = recipe_for(data, Choices(**{**wish, "teachers": tuple(wish["teachers"])}), again)
    assert done(make(other, data.name, {}), data).state == "finished"
    changed = {"rate": other.rate, "teacher.rate": other.teachers[0].rate}
    assert all(changed[name] == value for name, value in retry.items())
    kept = {**run.recipe.as_dict(), "rate": other.rate, "teachers": [t.as_dict() for t in other.teachers]}
    assert json.dumps(other.as_dict(), sort_keys=True) == json.dumps(kept, sort_keys=True)


def test_a_run_says_what_its_teacher_should_try_where_that_failed_by_itself(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverging(monkeypatch, "teacher")
    run = asked(data, **{"teacher.rate": HOT})
    teacher = make(run.recipe.teachers[0], data.name, {})
    assert done(teacher, data).final["retry"] == {"rate": 0.05}  # type: ignore[index]
    final = done(run, data).final
    assert final is not None and final["retry"] == {"teacher.rate": 0.05}
    assert "could not be trained" in final["sentence"]


def test_no_rate_below_what_is_allowed_is_advised(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.runs.worker.test_runs.HOT", 0.0)
    diverging(monkeypatch, "student")
    final = done(asked(data, rate=5e-5), data).final
    assert final is not None and final["retry"] == {} and "other settings" in final["sentence"]


def test_a_final_record_that_says_what_no_run_can_be_makes_it_unreadable(data: Dataset) -> None:
    run = asked(data)
    (run.folder / FINAL).write_text(json.dumps({"state": "resting"}))
    with pytest.raises(UserError, match="'resting', which no run can be"):
        _ = run.state
    assert summary(run)["state"] == "unreadable"


def test_states_on_disk_and_in_rows_are_plain_words(data: Dataset) -> None:
    run = done(asked(data), data)
    assert json.loads((run.folder / FINAL).read_bytes())["state"] == "finished"
    assert type(summary(run)["state"]) is str and f"{run.state}" == "finished" == run.state


def test_a_shared_host_ends_a_run_after_a_while_and_keeps_what_was_learned(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KDVIZ_HOSTED", "1")
    done(asked(data, epochs=2, threads=64), data)  # its teacher is there already
    monkeypatch.setenv("KDVIZ_RUN_SECONDS", "2.4")
    run = asked(data, epochs=2000, threads=64)
    began = time.monotonic()
    done(run, data)
    assert time.monotonic() - began < 60 and run.state == "stopped"
    assert run.final is not None and run.final["accuracy"]["test"] > 0 and run.final["threads"] == 1
    said = " ".join(str(e["text"]) for e in run.events() if e["event"] == "noted")
    assert "at most 0.04 minutes" in said and "Continue" in said and "one thread" in said


def test_on_ones_own_machine_a_run_takes_its_time(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDVIZ_RUN_SECONDS", "1")
    run = asked(data, epochs=3)
    context = NetworkContext(run, data, None, None)  # type: ignore[arg-type]
    assert not context.halt() and not context.late
    assert done(run, data).state == "finished"
