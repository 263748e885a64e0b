"""The Runs page: what was trained is found, opened, named, deleted and taken back."""

from __future__ import annotations

import pytest

from kdviz.data.dataset import Dataset
from kdviz.runs.store import trash
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.run import Run, all_runs
from kdviz.runs.store.run_table import about, write
from kdviz.ui.runs import trash_list
from tests.app.conftest import Opener, words
from tests.runs.worker.test_runs import asked, done

EVIL = "![x](http://evil.example/x.png) <b>"


@pytest.fixture
def run(data: Dataset) -> Run:
    remembered()
    return done(asked(data, control=True), data)


def test_without_runs_it_says_how_to_get_one(page: Opener) -> None:
    assert "Start one on the Distill page" in words(page("runs"))


def test_a_run_is_opened_by_its_link(run: Run, page: Opener) -> None:
    said = words(page("runs", run=run.folder.name))
    assert "kd on bumps, seed 0" in said.replace("\\", "") and "Nothing" not in said.split("Runs")[0]
    assert "python -m kdviz distill" in said and "--method kd" in said


def test_teachers_and_controls_are_shown_when_asked_for(run: Run, page: Opener) -> None:
    assert "1 of 3 runs" in words(page("runs"))
    assert "3 of 3 runs" in words(page("runs", alone="true"))


def test_words_find_it(run: Run, page: Opener) -> None:
    write(run, "the good one", [])
    assert "1 of 3 runs" in words(page("runs", find="good"))
    assert "0 of 3 runs" in words(page("runs", find="nowhere"))


def test_deleting_can_be_undone(run: Run, page: Opener) -> None:
    test = page("runs", run=run.folder.name)
    test.button(key="delete").click().run()
    assert not test.exception and "Deleted" in words(test) and run.folder not in [r.folder for r in all_runs()]
    test.button(key="undo_delete").click().run()
    assert run.folder in [r.folder for r in all_runs()] and trash.discarded() == []
    assert "python -m kdviz distill" in words(test)


def test_a_name_and_tags_are_kept_and_are_text(run: Run, page: Opener) -> None:
    test = page("runs", run=run.folder.name)
    test.text_input(key=f"name_{run.folder.name}").input(EVIL)
    test.text_input(key=f"tags_{run.folder.name}").input("a, b")
    next(b for b in test.button if b.label == "Keep").click().run()
    assert about(run).name == EVIL and about(run).tags == ("a", "b")
    assert EVIL not in words(test) and not test.exception


def test_its_teacher_is_one_click_away(run: Run, page: Opener) -> None:
    test = page("runs", run=run.folder.name)
    test.button(key="parent_signal").click().run()
    assert "supervised on bumps" in words(test).replace("\\", "")


def test_a_run_that_is_not_here_is_said_not_to_be(page: Opener) -> None:
    assert "is not on this machine" in words(page("runs", run="0" * 32))


def test_an_unreadable_run_can_be_seen_and_deleted(run: Run, page: Opener) -> None:
    (run.folder / "request.json").write_text("{")
    test = page("runs", run=run.folder.name)
    assert "cannot be read" in words(test)
    test.button(key="delete").click().run()
    assert run.folder not in [r.folder for r in all_runs()]


def test_a_waiting_run_can_be_stopped_and_a_stopped_one_continued(data: Dataset, page: Opener) -> None:
    remembered()
    waiting = asked(data)
    test = page("runs", run=waiting.folder.name)
    test.button(key="stop").click().run()
    assert (waiting.folder / "cancel").exists()


def test_several_that_are_picked_can_be_compared_or_deleted_together(data: Dataset, page: Opener) -> None:
    remembered()
    made = [asked(data, epochs=n) for n in (2, 3, 4)]
    test = page("runs")
    assert "Pick one run to open it, two or more to compare them" in words(test)
    trash_list.discard([run.folder.name for run in made[:2]])
    assert [r.folder for r in all_runs()] == [made[2].folder]
    trash_list.take_back(*(d.key for d in trash.discarded()))
    assert {r.folder for r in all_runs()} == {r.folder for r in made}
