"""The first page: a run that is finished before anybody comes, or the way to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.runs.store.demo_runs import STORY, DemoRun, finished, to_file
from kdviz.runs.store.run import RunState, by_identity
from kdviz.ui import start
from kdviz.ui.state import cache
from tests.app.conftest import Opener, words


@pytest.fixture(autouse=True)
def no_looker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's recipe is asked of another process; here it is said."""
    monkeypatch.setattr(start, "_identity", lambda name, seed, *_: str(finished(name).about["recipe"]))


def drawings(test: AppTest) -> int:
    return len(test.get("bidi_component"))


@pytest.mark.parametrize("name", STORY)
def test_it_opens_on_a_finished_run_that_says_where_it_came_from(name: str, page: Opener) -> None:
    test = page("start", sample_run=name)
    about = finished(name).about
    said = words(test).replace("\\", "")
    assert drawings(test) == 2  # its film, and below it the machine that is watched
    assert about["made"][:10] in said and about["recipe"] in said and about["command"] in said
    assert "Train it here" in test.button(key="train_this").label
    assert start.verdict(finished(name)) in words(test) and "One run, one seed" in said
    assert not test.warning and not test.error


def test_a_run_that_comes_with_kdviz_is_opened_whole_on_the_page_of_its_evidence(
    page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("kdviz.ui.widgets.shipped_runs.go", lambda name, link: went.append((name, link)))
    identity = str(finished("planted_at").about["recipe"])
    page("start", sample_run="planted_at").button(key="open_evidence").click().run(timeout=120)
    assert went == [("evidence", {"data": "planted", "run": identity})]
    run = by_identity(identity)
    assert run.state == RunState.FINISHED and list((run.folder / "epochs").iterdir())
    assert by_identity(run.recipe.scratch().identity).state == RunState.FINISHED


def test_what_the_story_says_is_what_its_runs_show() -> None:
    """The headline of each part would be false otherwise, whatever its numbers."""
    alone, maps, few = (start.verdict(finished(name)) for name in STORY)
    assert "no nearer" in alone and "looks nearer" in maps and "right more often" in few


def test_defaults_that_have_changed_are_told_and_the_run_can_be_made_again(
    page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_identity", lambda *_: "f" * 32)
    test = page("start")
    assert "The defaults have changed" in words(test)
    assert test.button(key="make_planted_kd").label == "Make it again"


def test_a_missing_run_is_told_and_made_by_a_click(
    page: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kdviz.runs.store.demo_runs.SHIPPED", tmp_path / "none")
    asked: list[list[str]] = []

    class Running:
        running, wrong = True, None

    class Asked:
        known: Running | None = None

        def get(self, about: str, whose: str) -> Running | None:
            return self.known

        def start(self, about: str, given: list[str], whose: str) -> None:
            asked.append(given)
            self.known = Running()

    errands = Asked()
    monkeypatch.setattr(cache, "errands", lambda: errands)
    test = page("start")
    assert drawings(test) == 0 and "No finished run" in test.info[0].proto.title
    test.button(key="make_planted_kd").click().run()
    assert not test.exception
    assert asked[0][:3] == ["samples", "--make", "planted_kd"]
    assert "Training Planted from nothing" in words(test)


def test_a_run_trained_here_before_is_not_trained_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "planned", lambda name, seed=0: (f"{seed:032x}", {"seed": seed}))
    monkeypatch.setattr(start, "_ended", lambda identity: int(identity, 16) < 3)
    assert start.unused("gunpoint_few")["seed"] == 3


def test_a_run_made_here_is_drawn_anew(page: Opener, own_home: Path) -> None:
    shipped = finished("planted_kd")
    place = own_home / "cache" / "finished"
    place.mkdir(parents=True)
    newer = DemoRun({**shipped.about, "made": "2999-01-01T00:00:00Z"}, shipped.snapshots)
    (place / "planted_kd.npz").write_bytes(to_file(newer))
    assert "2999" in words(page("start"))
