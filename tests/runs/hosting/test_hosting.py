"""A shared host: every visitor has a folder, a turn, a quota; what he leaves is deleted; links let others read."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kdviz.core.errors import UserError
from kdviz.core.fair_gate import FairGate
from kdviz.core.files import fingerprint
from kdviz.data.dataset import Dataset
from kdviz.data.sources.parser import Parsed
from kdviz.runs.analysis.view_separability import known
from kdviz.runs.hosting import fair_share, quota, share_links, uploads
from kdviz.runs.hosting.fair_share import FairShareSupervisor, QuotaEngine
from kdviz.runs.index.run_facts import disk
from kdviz.runs.store import run, trash
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import (
    DAYS,
    RUN_SECONDS,
    SWITCH,
    VISITORS,
    at,
    home,
    home_for,
    home_of,
    homes,
    hosted,
    keep_days,
    root,
    run_seconds,
    separate,
)
from kdviz.runs.store.run import FINAL, IN_APP, Run, all_runs, make
from kdviz.training.recipe import Recipe

ALICE, BOB = "a" * 32, "b" * 32


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A shared host, and whoever asks it from now on."""
    monkeypatch.setenv(SWITCH, "1")
    now = [ALICE]
    with separate(lambda: now[-1]):
        yield now.append


def a_run(seed: int = 0, data: str = "0" * 64) -> Run:
    return make(
        Recipe(data, views={"signal": {}}, seed=seed), "bumps", {"sample": "gunpoint"}, made=IN_APP, visitor=home().name
    )


def test_the_same_recipe_of_two_visitors_is_two_runs(asking: Callable[[str], None]) -> None:
    hers = a_run()
    asking(BOB)
    assert all_runs() == []
    his = a_run()
    assert his.folder.name == hers.folder.name and his.folder != hers.folder
    assert [run.folder for run in all_runs()] == [his.folder]
    assert home_of(hers.folder) == home_for(ALICE) and home_of(hers.folder).stat().st_mode & 0o777 == 0o700


def test_a_run_is_not_found_by_an_identity_that_somebody_guessed(asking: Callable[[str], None]) -> None:
    hers = a_run()
    asking(BOB)
    with pytest.raises(UserError):
        run.by_identity(hers.folder.name)


def test_data_are_not_found_by_a_fingerprint_that_somebody_knows(asking: Callable[[str], None], data: Dataset) -> None:
    keep(data)
    asking(BOB)
    from kdviz.runs.store.datasets import store as shelf

    assert data.sha256 not in shelf()


@pytest.mark.parametrize("claim", ["", "x", "../" + ALICE, ALICE.upper(), ALICE + "/.."])
def test_who_is_nobody_has_no_folder(claim: str, asking: Callable[[str], None]) -> None:
    asking(claim or "nobody")
    with pytest.raises(UserError, match="Reload"):
        home()


def test_on_ones_own_machine_there_is_one_folder_for_all(own_home: Path) -> None:
    assert home() == root() == own_home and homes() == [] and not hosted()


def test_a_link_lets_read_one_run_and_no_other_until_it_is_withdrawn(asking: Callable[[str], None]) -> None:
    hers, other = a_run(), a_run(1)
    key = share_links.token(hers)
    assert key == share_links.token(hers) and key != share_links.token(other)
    asking(BOB)
    found = share_links.shared(hers.folder.name, key)
    assert found is not None and found.folder == hers.folder
    assert share_links.shared(other.folder.name, key) is None
    assert share_links.shared(hers.folder.name, "0" * 32) is None
    assert share_links.shared(hers.folder.name, "../" + key) is None
    asking(ALICE)
    share_links.withdraw(hers)
    assert share_links.shared(hers.folder.name, key) is None


def test_what_a_visitor_deletes_is_gone_and_so_are_its_links(asking: Callable[[str], None], data: Dataset) -> None:
    hers = a_run()
    key = share_links.token(hers)
    keep(data)
    asking(BOB)
    his = a_run()
    quota.forget(home_for(ALICE))
    quota.expire()
    assert share_links.shared(hers.folder.name, key) is None and not hers.folder.exists() and his.folder.exists()
    assert [p.name for p in homes()] == [BOB]
    assert list((root() / "links").iterdir()) == []


def test_who_does_not_come_back_is_forgotten_and_who_does_is_not(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DAYS, "2")
    a_run(), quota.touch_visit()
    asking(BOB)
    a_run(), quota.touch_visit()
    old = time.time() - 3 * 86400
    os.utime(home_for(ALICE) / quota.SEEN, (old, old))
    assert [p.name for p in quota.expire()] == [ALICE]
    assert [p.name for p in homes()] == [BOB]


@pytest.mark.parametrize("days", ["soon", "0", "-1", "1e9", "nan"])
def test_days_that_are_no_number_of_days_are_refused(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DAYS, days)
    with pytest.raises(UserError, match="allowed"):
        keep_days()


def test_a_visitor_keeps_so_much_and_no_more(asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    quota.refuse_more(1000)
    (home() / "uploads").mkdir(parents=True)
    (home() / "uploads" / "big").write_bytes(bytes(2000))
    monkeypatch.setattr(quota, "MOST_BYTES", 2500)
    with pytest.raises(UserError, match="Delete data"):
        quota.refuse_more(1000)
    asking(BOB)
    quota.refuse_more(1000)
    monkeypatch.setattr(quota, "MOST_BYTES_OF_ALL", 2500)
    with pytest.raises(UserError, match="host is full"):
        quota.refuse_more(1000)


def test_a_visitor_keeps_so_many_data_sets_and_can_delete_one(
    asking: Callable[[str], None], data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_DATA_SETS", 1)
    quota.refuse_more_data()
    keep(data)
    with pytest.raises(UserError, match="data sets here already"):
        quota.refuse_more_data()
    (one,) = uploads.kept_data()
    assert one.name == "bumps" and one.bytes > 0
    uploads.discard_data(one)
    quota.refuse_more_data()


def test_a_visitor_has_three_runs_waiting_and_no_more(asking: Callable[[str], None]) -> None:
    for seed in range(3):
        quota.refuse_more_runs()
        a_run(seed)
    with pytest.raises(UserError, match="3 of your runs wait"):
        quota.refuse_more_runs()
    asking(BOB)
    quota.refuse_more_runs()


def test_nothing_is_limited_on_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MOST_BYTES", "MOST_BYTES_OF_ALL", "MOST_DATA_SETS", "MOST_QUEUED"):
        monkeypatch.setattr(quota, limit, 0)
    quota.refuse_more(1), quota.refuse_more_data(), quota.refuse_more_runs()


def test_a_set_is_taken_by_its_name_on_ones_own_machine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"Car_{part}.tsv").write_text("1\t0.5\t0.25\n2\t0.5\t0.125\n")
    monkeypatch.setenv("KDVIZ_UCR", str(tmp_path))
    taken = uploads.received(uploads.take_by_name("ucr:car"))
    assert taken is not None and taken.name == "Car.zip" and taken.is_relative_to(own_home)
    with pytest.raises(UserError, match="names no data set"):
        uploads.take_by_name("Car")
    monkeypatch.setenv(SWITCH, "1")
    with pytest.raises(UserError, match="names no data set"):
        uploads.take_by_name("ucr:Car")


def test_files_of_the_owners_folder_are_read_where_they_lie_and_what_is_wrong_with_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    monkeypatch.setenv(uploads.FILES, str(folder))
    with pytest.raises(UserError, match="no folder of this machine"):
        uploads.offered()
    (folder / "deep").mkdir(parents=True)
    with pytest.raises(UserError, match="no file to read in it"):
        uploads.offered()
    one, outside = folder / "deep" / "a.csv", tmp_path / "outside.csv"
    one.write_text("t,x\n" + "".join(f"{i},{i % 7}\n" for i in range(64)))
    outside.write_text("not offered")
    (folder / "link.csv").symlink_to(outside)
    (folder / ".hidden").write_text("not offered")
    found = uploads.offered()
    assert list(found.files) == ["deep/a.csv"] and found.left == 1
    for name in ("link.csv", "../outside.csv", str(outside)):
        with pytest.raises(UserError, match="not in the folder"):
            uploads.take_from_folder(name)
    sha = uploads.take_from_folder("deep/a.csv")
    assert uploads.read(sha, {})["channels"] == 1
    os.utime(one, (time.time() + 5,) * 2)
    with pytest.raises(UserError, match="Choose it again"):
        uploads.read(sha, {})
    monkeypatch.setenv(SWITCH, "1")
    assert uploads.offered().files == {}


def test_an_upload_that_was_broken_off_is_stored_when_it_comes_again() -> None:
    content = b"a,b\n1,2\n"
    folder = home() / "uploads" / fingerprint(content)
    folder.mkdir(parents=True)
    (folder / ".mine.csv.0.tmp").write_bytes(content[:3])
    assert uploads.received(folder.name) is None
    assert uploads.receive("mine.csv", content) == folder.name
    found = uploads.received(folder.name)
    assert found is not None and found.name == "mine.csv" and found.read_bytes() == content


class Desk(QuotaEngine):
    """Takes orders and trains nothing: what it was told to start comes up, and stays so until it is `ended`."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Run] = []
        self.up: set[Path] = set()

    def start(self, run: Run) -> None:
        self.log.append(run)
        self.up.add(run.folder)

    def booting(self, run: Run) -> bool:
        return run.folder in self.up

    def warm(self) -> None: ...

    def end(self, run: Run) -> None:
        self.up.discard(run.folder)
        (run.folder / FINAL).write_text('{"state": "finished"}')


def test_whoever_was_served_least_recently_comes_first_and_nobody_twice_at_once(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        a_run(seed)
    asking(BOB)
    his = a_run()
    desk = Desk()
    turns = FairShareSupervisor(desk)
    monkeypatch.setattr("kdviz.runs.engine.workers.os.cpu_count", lambda: 2)
    order = []
    for _ in range(4):
        turns.look()
        turns.look()
        (run,) = desk.log[len(order) :]
        order.append(home_of(run.folder).name)
        desk.end(run)
    assert order[:2] in ([ALICE, BOB], [BOB, ALICE]) and order.count(ALICE) == 3 and his in desk.log
    monkeypatch.setattr("kdviz.runs.engine.workers.os.cpu_count", lambda: 9)
    with at(home_for(ALICE)):
        a_run(7), a_run(8)
    turns.look(), turns.look()
    assert len(desk.log) == 5


def test_a_looker_answers_from_the_folder_of_whoever_asks(asking: Callable[[str], None]) -> None:
    import io
    import json

    from kdviz.runs.looker.codec import read_message
    from kdviz.runs.looker.serve import serve

    hers = a_run()
    asked = [{"ask": "networks", "run": hers.folder.name, "home": str(home_for(who))} for who in (BOB,)]
    out = io.BytesIO()
    serve(io.BytesIO(b"".join(json.dumps(a).encode() + b"\n" for a in asked)), out)
    out.seek(0)
    assert read_message(out)[0]["ready"]
    said = read_message(out)[0]
    assert not said["ok"] and "holds no run" in said["sentence"]


def test_a_folder_is_made_by_what_is_written_not_by_a_visit(asking: Callable[[str], None], data: Dataset) -> None:
    quota.touch_visit(), quota.refuse_more(1000), quota.refuse_more_data(), quota.refuse_more_runs()
    assert all_runs() == [] and trash.discarded() == [] and uploads.kept_data() == [] and disk()["runs"] == 0
    assert uploads.received("0" * 64) is None and known(data, "signal", {}) is None
    quota.forget(home())
    assert homes() == [] and not (root() / VISITORS).exists()
    keep(data)
    quota.touch_visit()
    assert homes() == [home()] and home().stat().st_mode & 0o777 == 0o700 and (home() / quota.SEEN).exists()


def test_only_folders_with_open_runs_are_looked_at(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        asking(f"{number:032x}")
        a_run()
        (all_runs()[0].folder / FINAL).write_text('{"state": "finished"}')
    desk, looked = Desk(), list[Path]()
    turns, real = FairShareSupervisor(desk), fair_share.open_runs
    monkeypatch.setattr(fair_share, "open_runs", lambda place: looked.append(place) or real(place))
    turns.look()
    assert turns.active == set()
    looked.clear()
    turns.look()
    assert looked == []
    his = a_run(7)
    turns.look()
    assert desk.log == [his] and set(looked) == {home()}


def test_what_nobody_foresaw_in_one_folder_does_not_end_all_training(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hers = a_run()
    asking(BOB)
    his = a_run()
    desk = Desk()
    turns, real = FairShareSupervisor(desk), desk.working

    def working(place: Path) -> int:
        return real(place) if place.name == BOB else 1 // 0

    monkeypatch.setattr(desk, "working", working)
    turns.look(), turns.look()
    assert desk.log == [his] and hers.folder not in desk.up
    assert "note" in turns.of(home_for(ALICE)).trouble and turns.mine().trouble == ""
    assert len([r for r in caplog.records if "rests" in r.getMessage()]) == 1


def test_a_place_in_the_queue_counts_all_visitors(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.runs.engine.workers.os.cpu_count", lambda: 2)
    first, second = a_run(), a_run(1)
    desk = Desk()
    turns = FairShareSupervisor(desk)
    turns.look()
    (started,) = desk.log
    waits = second if started == first else first
    asking(BOB)
    his = a_run()
    turns.look()
    mine = turns.mine().standing(his)
    assert (mine.ahead, mine.starts) == (0, False)
    assert turns.of(home_for(ALICE)).standing(waits).ahead == 1
    assert turns.of(home_for(ALICE)).standing(started).starts
    desk.end(started)
    turns.look()
    assert desk.log[-1] == his and turns.mine().standing(his).starts


def test_fifty_visitors_who_start_runs_five_of_them_greedily_are_served_in_turn(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.runs.engine.workers.os.cpu_count", lambda: 2)
    names = [f"{number:032x}" for number in range(50)]
    for number, name in enumerate(names):
        asking(name)
        for seed in range(3 if number < 5 else 1):
            a_run(seed)
    desk = Desk()
    turns = FairShareSupervisor(desk)
    for served in range(60):
        turns.look()
        assert len(desk.log) == served + 1
        desk.end(desk.log[-1])
    order = [home_of(run.folder).name for run in desk.log]
    assert sorted(order[:50]) == names and sorted(order[50:55]) == names[:5] and sorted(order[55:]) == names[:5]


def test_an_archive_counts_by_what_it_unpacks_to_and_by_its_data_set(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_DATA_SETS", 0)
    quota.refuse_archive(1000, fresh_data=False)
    with pytest.raises(UserError, match="data sets here already"):
        quota.refuse_archive(1000, fresh_data=True)
    monkeypatch.setattr(quota, "MOST_BYTES", 900)
    with pytest.raises(UserError, match="Delete data"):
        quota.refuse_archive(1000, fresh_data=False)


def test_a_run_that_is_continued_waits_like_any_other(
    asking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kdviz.ui.state import launch

    revived: list[Run] = []

    class Keeper:
        revive = revived.append

    class Rerun(Exception):
        pass

    def rerun() -> None:
        raise Rerun

    monkeypatch.setattr("kdviz.ui.state.cache.supervisor", Keeper)
    monkeypatch.setattr("streamlit.rerun", rerun)
    stopped, cut = a_run(9), a_run(8)
    (stopped.folder / FINAL).write_text('{"state": "stopped"}')
    for seed in range(2):
        a_run(seed)
    with pytest.raises(UserError, match="3 of your runs wait"):
        launch.again(stopped)
    with pytest.raises(Rerun):
        launch.again(cut)
    assert revived == [cut]
    monkeypatch.setattr(quota, "MOST_QUEUED", 9)
    monkeypatch.setattr(quota, "MOST_BYTES", 10)
    with pytest.raises(UserError, match="Delete data"):
        launch.again(stopped)


def test_files_of_one_visitor_do_not_keep_anothers_waiting(
    asking: Callable[[str], None], data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, going = list[str](), threading.Semaphore(0)

    def slow(*_: object) -> Parsed:
        order.append(home().name)
        going.acquire()
        return Parsed(data, {"sha256": data.sha256})

    monkeypatch.setattr(uploads, "parsed", slow)
    monkeypatch.setattr(uploads, "GATE", FairGate(1))

    def read(who: str, told: list[int]) -> None:
        with at(home_for(who)):
            uploads.read(uploads.receive("a.csv", b"1,2"), {}, waits=lambda: told.append(1))

    told: dict[str, list[int]] = {ALICE: [], BOB: []}
    threads = []
    for who in (*[ALICE] * 6, BOB):
        threads.append(threading.Thread(target=read, args=(who, told[who])))
        threads[-1].start()
        end = time.monotonic() + 10
        while len(uploads.GATE.waiting) + len(order) < len(threads) and time.monotonic() < end:
            time.sleep(0.005)
    time.sleep(0.6)
    for _ in threads:
        going.release()
    for thread in threads:
        thread.join(10)
    assert order[:2] == [ALICE, BOB] and len(order) == 7 and told[ALICE] and told[BOB]


@pytest.mark.parametrize("given", ["soon", "0", "-1", "1e99", "nan"])
def test_seconds_of_a_run_that_are_none_are_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_seconds() is None
    monkeypatch.setenv(SWITCH, "1")
    assert run_seconds() == 900
    monkeypatch.setenv(RUN_SECONDS, given)
    with pytest.raises(UserError, match="allowed"):
        run_seconds()
