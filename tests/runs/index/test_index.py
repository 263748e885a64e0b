"""The index of runs: what the folders say, whatever becomes of its file."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from kdviz.core.files import locked, write_json
from kdviz.data.dataset import Dataset
from kdviz.runs.index import index_file, index_rows, opened_indexes, run_index
from kdviz.runs.index.opened_indexes import index, level, note
from kdviz.runs.index.run_facts import outcomes, unended
from kdviz.runs.index.run_index import RunIndex
from kdviz.runs.index.run_list import Filter, all_rows, page
from kdviz.runs.store import run_table
from kdviz.runs.store.home import at, home
from kdviz.runs.store.run import FINAL, LOCK, REQUEST, Run
from tests.runs.engine.test_queue import asked, ended


@pytest.fixture
def runs(data: Dataset) -> list[Run]:
    """Four that wait; the one asked for last is the newest."""
    return [asked(data, seed, made="for a sweep") for seed in range(4)]


def listed(**wanted: str) -> list[str]:
    return [str(row["id"]) for row in page(Filter(**wanted)).rows]  # type: ignore[arg-type]


def newest_first(runs: list[Run]) -> list[str]:
    return [run.folder.name for run in reversed(runs)]


def file() -> Path:
    return home() / "cache" / index_file.NAME


def test_a_file_that_is_deleted_damaged_or_of_another_version_is_made_anew(runs: list[Run]) -> None:
    told = all_rows()
    assert [row["id"] for row in told] == newest_first(runs) and file().stat().st_mode & 0o777 == 0o600
    file().unlink()
    assert all_rows() == told and file().exists()
    index().close()
    file().write_bytes(b"SQLite format 3\0" + b"rubbish" * 4000)
    assert all_rows() == told
    with sqlite3.connect(file()) as db:
        db.execute("PRAGMA user_version=7")
        db.execute("DELETE FROM runs")
    index().close()
    assert all_rows() == told and index().trouble == ""


def test_a_file_damaged_while_it_is_open_ends_nothing(runs: list[Run]) -> None:
    level()
    index().rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with file().open("r+b") as raw:
        raw.seek(100)
        raw.write(b"\xff" * 60_000)
    assert listed() == newest_first(runs)


def test_a_lock_that_nobody_lets_go_leads_to_the_folders_and_that_is_said(
    runs: list[Run], data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "PATIENCE", 0.05)
    level()
    index().close()
    with sqlite3.connect(file(), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        runs.append(asked(data, 9))
        assert listed() == newest_first(runs)
        assert "read from their folders" in page(Filter()).trouble
        other.execute("ROLLBACK")
    index().again = 0.0
    assert listed() == newest_first(runs) and page(Filter()).trouble == ""


def test_on_a_network_s_disk_no_file_is_shared(runs: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_file, "file_system", lambda place: "nfs4")
    assert listed() == newest_first(runs) and "network's disk (nfs4)" in index().trouble and not file().exists()


def test_what_changes_in_a_folder_is_in_the_next_answer(runs: list[Run], data: Dataset) -> None:
    first, second, third, fourth = runs
    assert len(listed()) == 4
    ended(first)
    run_table.write(second, "the good one", ["paper"])
    request = json.loads((third.folder / REQUEST).read_text())
    (third.folder / REQUEST).write_text(json.dumps({**request, "data": "written over in place"}))
    shutil.rmtree(fourth.folder)
    new = asked(data, 9)
    assert set(listed()) == {run.folder.name for run in (*runs[:3], new)}
    assert listed(words="good") == [second.folder.name] == listed(words="paper")
    assert listed(words="in place") == [third.folder.name]
    assert outcomes([first.folder.name, fourth.folder.name])[first.folder.name].state == "finished"


def test_who_works_on_what_is_asked_of_the_locks(runs: list[Run]) -> None:
    run = runs[0]
    assert unended() == []  # asked for by a sweep, begun by nobody
    with locked(run.folder / LOCK):
        assert unended() == [run] and page(Filter(states=("running",))).rows[0]["id"] == run.folder.name
    assert page(Filter(states=("running",))).count == 0
    write_json(run.folder / FINAL, {"state": "finished"})
    assert unended() == []


def answered_late(monkeypatch: pytest.MonkeyPatch) -> RunIndex:
    """Another process's index of a home so large that no folder is asked twice; all is read, nothing is unsure."""
    monkeypatch.setattr(run_index, "FEW", 0)
    monkeypatch.setattr(run_index, "LEAST", 0)
    monkeypatch.setattr(run_index, "PAUSE", 3600.0)
    monkeypatch.setattr(index_rows, "SETTLED", -1.0)
    level(), level()
    return RunIndex(home())


def states(found: RunIndex, run: Run) -> list[str]:
    """How a run stands, by column and by row."""
    words = "SELECT state, json_extract(row, '$.state') FROM runs JOIN shown USING (id) WHERE id = ?"
    return list(found.rows(words, (run.folder.name,))[0])


def test_a_run_that_ends_while_another_process_looks_is_ended_in_the_index(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    other, run, held = answered_late(monkeypatch), runs[0], run_index.is_held

    def ends_when_asked(path: Path) -> bool:
        found = held(path)
        if run.final is None:
            write_json(run.folder / FINAL, {"state": "finished"})
            note(run)
        return found

    with locked(run.folder / LOCK):
        note(run)
        index().rows("UPDATE runs SET state = 'queued' WHERE id = ?", (run.folder.name,))
        monkeypatch.setattr(run_index, "is_held", ends_when_asked)
        other.look(0)
    assert states(other, run) == ["finished"] * 2


def test_a_row_that_was_read_before_another_s_does_not_stay_over_it(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(runs[0])
    other, row_of = answered_late(monkeypatch), index_rows.row_of

    def named_when_read(run: Run, said: run_table.Records) -> run_table.Row:
        found = row_of(run, said)
        if not found["name"]:
            run_table.write(run, "the good one", ["paper"])
            note(run)
        return found

    monkeypatch.setattr(index_rows, "row_of", named_when_read)
    other.to_read.append(runs[0].folder.name)
    other.look(0), other.look(0)
    assert other.rows("SELECT name FROM runs WHERE id = ?", (runs[0].folder.name,)) == [("the good one",)]


def test_what_changed_while_nobody_could_write_is_noted_with_the_next_change(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "PATIENCE", 0.05)
    other = answered_late(monkeypatch)
    index().close()
    with sqlite3.connect(file(), isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        ended(runs[0])
        note(runs[0])
        db.execute("ROLLBACK")
    note(runs[1])
    assert states(other, runs[0]) == ["finished"] * 2


def test_a_large_home_is_asked_by_and_by_and_who_changes_a_run_says_so(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_late(monkeypatch)
    write_json(runs[0].folder / "about.json", {"name": "by hand", "tags": []})
    assert listed(words="hand") == []
    note(runs[0])
    assert listed(words="hand") == [runs[0].folder.name]
    write_json(runs[1].folder / "about.json", {"name": "another hand", "tags": []})
    assert len([row for row in all_rows() if "hand" in row["name"]]) == 2


def test_folders_that_were_not_read_in_time_are_read_next_time(runs: list[Run]) -> None:
    level(read=0.0)
    found = page(Filter())
    assert found.of == 4 and found.unread == 0


def test_pages_are_cut_from_what_is_sorted(runs: list[Run]) -> None:
    for number, run in enumerate(runs[:3]):
        write_json(run.folder / FINAL, {"state": "finished", "accuracy": {"test": number / 10}})
    found = page(Filter(), "accuracy", 1, 2)
    assert [row["id"] for row in found.rows] == [runs[1].folder.name, runs[0].folder.name]
    assert (found.count, found.of) == (4, 4) and page(Filter(), "accuracy").rows[-1]["id"] == runs[3].folder.name


def test_a_visitor_s_index_holds_nobody_else_s_runs(data: Dataset, own_home: Path) -> None:
    hers, his = own_home / "visitors" / ("a" * 32), own_home / "visitors" / ("b" * 32)
    for place, seed in ((hers, 1), (his, 2)):
        place.mkdir(parents=True)
        with at(place):
            asked(data, seed)
    for place, seed in ((hers, 1), (his, 2)):
        with at(place):
            assert [row["seed"] for row in all_rows()] == [seed] and file().is_relative_to(place)
    assert len(opened_indexes._known) >= 2
