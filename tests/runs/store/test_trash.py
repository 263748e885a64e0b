"""Runs can be named, found, deleted and taken back, and say whose teacher they are."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kdviz.cli import main
from kdviz.core.errors import UserError
from kdviz.core.files import locked
from kdviz.data.dataset import Dataset
from kdviz.runs.index.run_facts import disk
from kdviz.runs.index.run_list import Filter, all_rows, children, page
from kdviz.runs.store import trash
from kdviz.runs.store.lineage import parents, size
from kdviz.runs.store.run import ABOUT, LOCK, Run, all_runs, by_identity
from kdviz.runs.store.run_table import ALONE, DISTILLED, About, about, row, write
from tests.runs.worker.test_runs import asked, done


def test_a_name_and_tags_are_kept_and_are_no_part_of_the_identity(data: Dataset) -> None:
    run = asked(data)
    before = run.identity
    write(run, "  the  <b>good</b>\none ", ["Paper", "paper", "", "x" * 99])
    assert about(run) == About("the <b>good</b> one", ("paper", "x" * 24)) and run.identity == before


@pytest.mark.parametrize("text", ["{", "[1]", '{"name": 3, "tags": 7}'])
def test_an_unreadable_note_is_none(text: str, data: Dataset) -> None:
    run = asked(data)
    (run.folder / ABOUT).write_text(text)
    assert about(run).tags == ()


def test_a_deleted_run_can_be_taken_back_whole(data: Dataset) -> None:
    run = asked(data)
    request = run.request
    gone = trash.discard(run)
    assert all_runs() == [] and [d.key for d in trash.discarded()] == [gone.key]
    assert trash.take_back(gone.key).request == request
    assert [r.folder for r in all_runs()] == [run.folder] and trash.discarded() == []


def test_a_run_that_is_being_trained_is_not_deleted(data: Dataset) -> None:
    run = asked(data)
    with locked(run.folder / LOCK), pytest.raises(UserError, match="stop it first"):
        trash.discard(run)


def test_a_deleted_run_does_not_push_out_its_successor(data: Dataset) -> None:
    gone = trash.discard(asked(data))
    asked(data)
    with pytest.raises(UserError, match="made since"):
        trash.take_back(gone.key)


@pytest.mark.parametrize("key", ["../runs", "", "0" * 32, "0" * 32 + "-1234567890123"])
def test_nothing_but_the_trash_is_taken_back(key: str) -> None:
    with pytest.raises(UserError, match="not in the trash"):
        trash.take_back(key)


def test_the_trash_is_emptied_of_what_has_lain_long_enough(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    trash.discard(asked(data))
    assert trash.purge() == 0
    later = time.time() + 8 * 86400
    monkeypatch.setattr(time, "time", lambda: later)
    assert trash.purge() == 1 and trash.discarded() == []


def test_only_runs_of_the_home_are_deleted(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="names no run"):
        trash.discard(Run(tmp_path))


def test_a_run_says_on_whom_it_stands_and_they_say_for_whom(data: Dataset) -> None:
    run = asked(data, control=True)
    assert {p.role: p.here for p in parents(run.recipe)} == {"signal": False, "control": False}
    done(run, data)
    found = parents(run.recipe)
    assert all(p.here and by_identity(p.identity).identity == p.identity for p in found)
    assert all(children(p.identity) == [run.folder.name] for p in found if page(Filter()).of)


def test_rows_tell_state_scores_size_and_lineage(data: Dataset) -> None:
    run = done(asked(data, control=True), data)
    found = {r["id"]: r for r in all_rows()}
    mine = found[run.folder.name]
    assert mine["kind"] == DISTILLED and mine["state"] == "finished" and mine["bytes"] == size(run.folder) > 1000
    assert mine["gain"] == mine["accuracy"]["test"] - run.final["teachers"]["control"]["accuracy"]["test"]  # type: ignore[index]
    teacher = found[mine["parents"]["signal"]]
    assert teacher["kind"] == ALONE and teacher["used_by"] == [run.folder.name]
    assert disk()["runs"] == sum(r["bytes"] for r in found.values())


def test_an_unreadable_run_still_has_a_row(data: Dataset) -> None:
    run = asked(data)
    (run.folder / "request.json").write_text("{")
    assert row(run)["state"] == "unreadable"


def test_runs_are_found_by_words_states_and_tags(data: Dataset) -> None:
    one, two = asked(data), asked(data, epochs=5)
    write(one, "Figure 3", ["paper"])
    assert [r["id"] for r in page(Filter("figure KD")).rows] == [one.folder.name]
    assert [r["id"] for r in page(Filter(tags=("paper",))).rows] == [one.folder.name]
    assert {r["id"] for r in page(Filter(states=("queued",))).rows} == {one.folder.name, two.folder.name}
    assert page(Filter(states=("failed",))).rows == () and page(Filter("nowhere")).count == 0


def test_the_command_line_deletes_names_and_takes_back(data: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    run = asked(data)
    assert main(["tag", run.folder.name[:8], "--name", "mine", "--tags", "a,b"]) == 0
    capsys.readouterr()
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["tags"] == ["a", "b"]
    assert main(["delete", run.folder.name, "--json"]) == 0
    key = json.loads(capsys.readouterr().out)[0]["key"]
    assert all_runs() == [] and main(["trash", "--back", key]) == 0 and all_runs() == [run]
    assert main(["delete", "no-such-folder"]) == 2 and "holds no run" in capsys.readouterr().err
