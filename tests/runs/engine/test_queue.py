"""Who runs next, who has to wait and for how long, and what is not started again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from kdviz.core.errors import UserError
from kdviz.core.files import append_line, locked, write_json
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.queue import in_turn, queue, refuse_long_queue, seconds_until
from kdviz.runs.engine.supervisor import Supervisor, busy
from kdviz.runs.engine.workers import slots
from kdviz.runs.store import trash
from kdviz.runs.store.attempts import POISON, cooling_down, poisoned, reached, record_leave, record_start
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import ATTEMPTS, CANCEL, FINAL, IN_APP, LOCK, Run, make
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for

FAST = {"teacher.epochs": 4, "control": False, "budget": "quick"}


class NoEngine:
    """Notes what it is asked to start, and starts nothing."""

    def __init__(self) -> None:
        self.started: list[Run] = []
        self.full = False

    def start(self, run: Run) -> None:
        if self.full:
            raise UserError("Less than 500 MB are free on this disk.")
        self.started.append(run)

    def booting(self, run: Run) -> bool:
        return run in self.started

    def lingering(self) -> int:
        return 0

    def warm(self) -> None:
        pass


@pytest.fixture
def engine() -> NoEngine:
    return NoEngine()


@pytest.fixture
def keeper(engine: NoEngine) -> Supervisor:
    return Supervisor(engine)  # type: ignore[arg-type]


def asked(data: Dataset, seed: int = 0, who: str = "", made: str = IN_APP) -> Run:
    """A run that nobody works on yet, asked for at second `seed`."""
    keep(data)
    recipe = recipe_for(data, Choices("kd", ("signal",), epochs=4, seed=seed), FAST)
    run = make(recipe, data.name, {}, made=made, visitor=who)
    os.utime(run.folder / "request.json", (seed, seed))
    return run


def ended(run: Run, seconds: float = 10.0) -> None:
    write_json(run.folder / FINAL, {"event": "finished", "state": "finished", "seconds": seconds})


def test_whoever_was_served_least_recently_goes_first(data: Dataset) -> None:
    a = [asked(data, n, "a") for n in range(3)]
    b = asked(data, 9, "b")
    assert in_turn([*a, b], {}) == [a[0], b, a[1], a[2]]
    assert in_turn([*a, b], {"a": 5.0}) == [b, *a]
    assert in_turn([*a, b], {"a": 5.0, "b": 7.0}) == [a[0], b, a[1], a[2]]


def test_a_run_knows_its_place_and_about_when_it_begins(data: Dataset, keeper: Supervisor) -> None:
    runs = [asked(data, n) for n in range(3)]
    assert [keeper.place(run)[0] for run in runs] == [0, 1, 2]
    assert seconds_until(runs[2], runs, 1) is None
    ended(asked(data, 7), 10.0)
    assert [seconds_until(run, runs, 1) for run in runs] == [0.0, 10.0, 20.0]
    assert [seconds_until(run, runs, 2) for run in runs] == [0.0, 0.0, 10.0]


def test_what_trains_now_is_waited_for(data: Dataset) -> None:
    now, then = asked(data, 0), asked(data, 1)
    ended(asked(data, 7), 10.0)
    for epoch in (1, 2):
        append_line(now.folder / "events.jsonl", {"event": "epoch", "who": "student", "epoch": epoch, "epochs": 4,
                                                  "seconds": 3.0})  # fmt: skip
    with locked(now.folder / LOCK):
        left = (4 + 2) * 3.0  # four epochs of the teacher, two of the student
        assert seconds_until(then, [then], 1) == pytest.approx(left)


def test_one_core_is_left_for_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, runs in ((1, 1), (2, 1), (8, 7)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert slots() == runs


def test_no_more_start_than_there_is_room_for(
    data: Dataset, keeper: Supervisor, engine: NoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.runs.engine.supervisor.slots", lambda: 2)
    runs = [asked(data, n) for n in range(4)]
    keeper.look()
    keeper.look()
    assert engine.started == runs[:2]


def test_a_worker_that_trains_a_teacher_of_its_run_is_one_worker(data: Dataset) -> None:
    run, teacher = asked(data, 0), asked(data, 1, made="for another run")
    for each in (run, teacher):
        record_start(each)
    assert busy([run, teacher]) == 1


def test_only_what_the_app_asked_for_is_started(data: Dataset, keeper: Supervisor, engine: NoEngine) -> None:
    run = asked(data, made="by the command line")
    keeper.look()
    assert engine.started == []
    keeper.revive(run)
    keeper.look()
    assert engine.started == [run]


def test_a_run_that_was_deleted_and_is_asked_for_again_is_started_again(
    data: Dataset, keeper: Supervisor, engine: NoEngine
) -> None:
    run = asked(data)
    ended(run)
    keeper.look()
    trash.discard(run)
    assert asked(data) == run
    keeper.look()
    assert engine.started == [run]


def test_a_run_that_waits_stops_at_once(data: Dataset, keeper: Supervisor, engine: NoEngine) -> None:
    run = asked(data)
    run.cancel()
    keeper.look()
    assert run.state == "stopped" and engine.started == []
    keeper.revive(run)
    assert run.state == "queued"


def test_a_full_disk_is_said_to_those_who_wait(data: Dataset, keeper: Supervisor, engine: NoEngine) -> None:
    asked(data)
    engine.full = True
    with pytest.raises(UserError):
        keeper.look()
    keeper.tick = 0.01
    keeper.thread.start()
    end = time.monotonic() + 10
    while not keeper.trouble and time.monotonic() < end:
        time.sleep(0.01)
    keeper.ended.set()
    assert "500 MB" in keeper.trouble


def test_the_queue_has_an_end(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kdviz.runs.engine.queue.MOST_QUEUED", 2)
    runs = [asked(data, n) for n in range(2)]
    assert queue({}) == runs
    with pytest.raises(UserError, match="2 runs wait already"):
        refuse_long_queue()


def test_three_starts_that_get_nowhere_are_enough(data: Dataset, keeper: Supervisor) -> None:
    run = asked(data)
    for _ in range(3):
        assert not poisoned(run)
        record_start(run)
    assert poisoned(run)
    keeper.look()
    assert run.state == "failed" and run.final["sentence"] == POISON  # type: ignore[index]


def test_starts_that_got_somewhere_are_not_fruitless(data: Dataset) -> None:
    run = asked(data)
    teacher = run_folder(run.recipe.teachers[0].identity)
    teacher.mkdir()
    for epoch in range(5):
        record_start(run)
        (teacher / f"ckpt-{epoch}-0123456789abcdef.safetensors").touch()
        assert not poisoned(run)
    assert "ckpt-4" in reached(run)


def test_five_deploys_do_not_fail_a_run(data: Dataset) -> None:
    run = asked(data)
    for _ in range(5):
        record_start(run)
        record_leave(run, "told to end")
    assert not poisoned(run) and cooling_down(run)


def test_a_worker_that_does_not_stop_is_told_to_and_then_killed(
    data: Dataset, keeper: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, sent = asked(data), list[int]()
    record_start(run)
    monkeypatch.setattr("kdviz.runs.engine.supervisor.os.kill", lambda process, what: sent.append(int(what)))
    run.cancel()
    with locked(run.folder / LOCK):
        for since in (0, 5, 10):
            at = time.time() - since
            os.utime(run.folder / CANCEL, (at, at))
            keeper.look()
    assert sent == [15, 9]
    keeper.look()
    assert run.state == "stopped"


def test_attempts_of_older_versions_can_be_read(data: Dataset, tmp_path: Path) -> None:
    run = asked(data)
    (run.folder / ATTEMPTS).write_text("".join(json.dumps({"reached": str(n), "pid": 1}) + "\n" for n in range(3)))
    assert not poisoned(run) and not cooling_down(run)


def test_a_run_that_breaks_its_reader_rests_and_keeps_no_other_waiting(
    data: Dataset, keeper: Supervisor, engine: NoEngine, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = asked(data, 0), asked(data, 1)
    (broken.folder / ATTEMPTS).write_text(
        '{"pid": "x", "node": "' + os.uname().nodename + '", "reached": "", "at": 0}\n'
    )
    keeper.look()
    assert engine.started == [sound] and broken.folder in keeper.resting
    assert "note" in caplog.text and broken.folder.name in caplog.text
    (broken.folder / ATTEMPTS).unlink()
    keeper.look()
    assert engine.started == [sound]
    keeper.resting.clear()
    sound_ended = run_folder(sound.folder.name) / FINAL
    write_json(sound_ended, {"state": "finished"})
    engine.started.clear()
    keeper.look()
    assert engine.started == [broken]


def test_what_nobody_foresaw_ends_one_look_and_not_all(
    data: Dataset, keeper: Supervisor, engine: NoEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, looks = asked(data), list[int]()

    def broken() -> list[Run]:
        looks.append(1)
        if len(looks) < 3:
            raise ZeroDivisionError
        return [run]

    monkeypatch.setattr("kdviz.runs.engine.supervisor.unended", lambda *seconds: broken())
    keeper.tick = 0.01
    keeper.thread.start()
    end = time.monotonic() + 10
    while not engine.started and time.monotonic() < end:
        time.sleep(0.01)
    keeper.ended.set()
    assert engine.started[:1] == [run]


def test_it_starts_only_where_it_does(data: Dataset, keeper: Supervisor, engine: NoEngine) -> None:
    first, second = asked(data, 0), asked(data, 1)
    assert keeper.standing(first).starts and not keeper.standing(second).starts
    record_leave(first, "told to end")
    assert not keeper.standing(first).starts
    with locked(second.folder / LOCK):
        assert not keeper.standing(first).starts
    engine.started.append(first)
    assert keeper.standing(first).starts
