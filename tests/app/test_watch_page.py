"""The pages Watch and Why here: before anything is watched, with a finished watch, with marks asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kdviz.data.sources import recordings
from kdviz.figures.timelines.watch_charts import envelope
from kdviz.methods.imitation import imitations
from kdviz.runs.store.datasets import keep_stretch
from kdviz.runs.store.run import RunState, make
from kdviz.runs.worker.job import work
from kdviz.training.watched.watch_teachers import watch_recipe_for
from tests.app.conftest import Opener, words


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with one finished watch of a short recording."""
    home = tmp_path_factory.mktemp("watched")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(home))
        for kind in imitations().values():
            patch.setattr(kind, "steps", {1: 20, 2: 10})
        whole, part = recordings.recording("planted-recording"), slice(4_100, 5_600)
        marks = np.asarray(whole.marks)[part]
        stretch = replace(whole, values=whole.values[:, part], marks=marks, train_end=880, source={}, name="part.csv")
        keep_stretch(stretch)
        run = make(watch_recipe_for(stretch, ("signal",), ("stfpm",), window=48), stretch.name, {})
        assert list(work(run, replace(stretch, marks=None))) and run.state == RunState.FINISHED
    return home, run.folder.name


@pytest.fixture
def run(watched: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("KDVIZ_HOME", str(watched[0]))
    monkeypatch.setattr("kdviz.runs.engine.supervisor.Supervisor.start", lambda keeper: None)
    return watched[1]


def test_a_finished_watch_is_shown_and_marks_wait_to_be_asked_for(page: Opener, run: str) -> None:
    shown = page("watch", run=run)
    assert not shown.error and "What stands out most" in words(shown) and "No mark has been read" in words(shown)
    assert "VUS-PR" not in words(shown)
    shown.slider(key="threshold").set_value(shown.slider(key="threshold").max).run()
    assert not shown.exception and "**0 alarms**" in words(shown)
    shown.button(key="read_marks").click().run()
    assert not shown.exception and "One recording gives no interval" in words(shown)
    assert set(shown.dataframe[-1].value["score"]) == {"signal", "fused", "discord", "neighbour", "random"}
    shown.toggle(key="lesson").set_value(True).run()
    assert "~~" in words(shown)


def test_a_file_dropped_on_watch_is_read_once_and_shown_before_anything_learns(page: Opener, run: str) -> None:
    values = np.sin(np.arange(900) / 9)
    test = page("watch")
    test.file_uploader[0].upload("pump.csv", ("flow\n" + "\n".join(f"{v:.4f}" for v in values)).encode(), "text/csv")
    test.run()
    assert not test.exception and not test.error and "pump.csv" in words(test) and "900" in words(test)


def test_a_window_is_explained_and_its_link_holds_the_sample(page: Opener, run: str) -> None:
    shown = page("why", run=run, at="912")
    assert not shown.error and "Samples 888 to 935" in words(shown) and shown.query_params["at"] == "912"
    assert "in random order" in words(shown)


def test_pages_of_classes_leave_a_watch_alone_and_runs_lead_to_it(page: Opener, run: str) -> None:
    for name in ("distill", "evidence"):
        assert not page(name, run=run, data="gunpoint").exception
    assert "It watched a recording" in words(page("runs", run=run))
    shown = page("compare", of="watched")
    assert "that watched a recording" in words(shown) and not shown.dataframe
    shown.toggle(key="watches_marks").set_value(True).run()
    assert not shown.exception and "nothing can be concluded" in words(shown)
    assert set(shown.dataframe[0].value["score"]) == {"signal", "fused", "discord", "neighbour", "random"}


def test_nothing_is_watched_yet_and_a_wrong_end_is_a_sentence(page: Opener, run: str) -> None:
    shown = page("watch", rec="planted-recording")
    assert "Nothing is watched yet" in words(shown) and "The recording as it was read" in words(shown)
    shown.text_input(key="train_end").set_value("0").run()
    assert "so there is none to learn from" in " ".join(e.value for e in shown.error)
    assert "No watched recording is chosen" in words(page("why"))


def test_a_million_samples_are_drawn_by_few_points_and_no_peak_is_lost() -> None:
    values = np.zeros(1_000_003, np.float32)
    peaks = np.array([0, 333_333, 666_667, 1_000_002])
    values[peaks] = 9
    at, y = envelope(values, 0, values.size)
    assert at.size <= 3_000 and (np.diff(at) >= 0).all() and set(at[y == 9]) == set(peaks.tolist())
