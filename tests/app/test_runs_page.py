"""The Runs page: what was trained is found, opened, named, deleted and taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kdviz.data.dataset import Dataset
from kdviz.runs.store import trash
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.run import Run, all_runs
from kdviz.runs.store.run_table import about, write
from kdviz.ui.runs import trash_list
from tests.app.conftest import Opener, words
from tests.conftest import bumps
from tests.runs.worker.test_runs import asked, done

EVIL = "![x](http://evil.example/x.png) <b>"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run that has ended; trained once."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("trained")
        patch.setenv("KDVIZ_HOME", str(place))
        remembered()
        done(asked(bumps(), control=True), bumps())
        return place


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


HUGE = 10**400
UNDRAWABLE: dict[str, dict[str, Any]] = {
    "final.json": {
        "accuracy": {"test": HUGE}, "teachers": {"signal": 7}, "choices": {"best": {"epoch": HUGE, "accuracy": 7}},
        "seconds": HUGE, "selection": ["x"], "best_epoch": "x",
    },
    "request.json": {"seed": HUGE, "method": 7, "student": {"x": 1}},
}  # fmt: skip


@pytest.mark.parametrize(("file", "field"), [(file, field) for file, some in UNDRAWABLE.items() for field in some])
def test_a_run_that_cannot_be_drawn_is_unreadable_and_can_be_deleted(
    file: str, field: str, trained: Path, own_home: Path, page: Opener
) -> None:
    shutil.copytree(trained, own_home, dirs_exist_ok=True)
    run = next(r for r in all_runs() if r.recipe.method == "kd")
    said = json.loads((run.folder / file).read_text())
    (said["recipe"] if file == "request.json" else said)[field] = UNDRAWABLE[file][field]
    (run.folder / file).write_text(json.dumps(said))
    test = page("runs", run=run.folder.name)
    assert "unreadable" in str(test.dataframe[0].value["state"].tolist()).lower()
    assert "no run can" in words(test) or "cannot be read" in words(test)
    test.button(key="delete").click().run()
    assert not test.exception and run.folder not in [r.folder for r in all_runs()]


def test_tags_and_names_from_an_archive_are_text_wherever_they_stand(
    trained: Path, own_home: Path, page: Opener
) -> None:
    shutil.copytree(trained, own_home, dirs_exist_ok=True)
    run = next(r for r in all_runs() if r.recipe.method == "kd")
    (run.folder / "about.json").write_text(json.dumps({"name": EVIL, "tags": ["![x](http://e.x/y)"]}))
    final = json.loads((run.folder / "final.json").read_text())
    final["selection"] = EVIL
    final["teachers"][EVIL] = final["teachers"]["signal"]
    (run.folder / "final.json").write_text(json.dumps(final))
    test = page("runs", run=run.folder.name)
    shown = [*(o.content for g in test.button_group for o in g.proto.options), *(m.label for m in test.metric)]
    shown += [m.value for m in (*test.markdown, *test.caption, *test.subheader)]
    assert sum("http" in each for each in shown) >= 4
    assert not any("![x](" in each or "](http" in each for each in shown)


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
