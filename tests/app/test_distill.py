"""The Distill page before the first run: what is asked, by which names, and what will happen."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from kdviz.cli import parser
from kdviz.commands.options import knowledge_of
from kdviz.core.events import EpochEnded, Failed
from kdviz.core.files import append_line, locked
from kdviz.data.dataset import Dataset
from kdviz.figures.palette import network_name
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import store
from kdviz.runs.store.run import EVENTS, LOCK, Run, all_runs
from kdviz.runs.worker.checkpoints import close
from kdviz.training import device
from kdviz.training.knowledge import Knowledge
from kdviz.ui.distill import live_run
from kdviz.ui.distill.setup import how_many
from kdviz.ui.state import cache, launch
from tests.app.conftest import Opener, words
from tests.conftest import bumps
from tests.runs.worker.test_runs import asked


@pytest.fixture
def opened(page: Opener) -> AppTest:
    return page("distill", data="gunpoint")


@pytest.mark.slow
def test_before_the_first_run_the_page_says_what_start_does_and_asks_by_titles(opened: AppTest) -> None:
    assert "Nothing is learning yet" in words(opened)
    assert "Start trains the teachers that are missing" in words(opened)
    assert [each.key for each in opened.get("plotly_chart")][-2:] == ["accuracies", "losses"]
    asked = next(each for each in opened.button_group if each.label == "Teacher inputs")
    assert {"GAF", "Persistence image", "Signal"} <= set(asked.options)


@pytest.mark.parametrize(("least", "most", "said"), [
    (1, 1, "This method takes 1 teacher."),
    (2, 2, "This method takes 2 teachers."),
    (2, None, "This method takes 2 teachers or more."),
    (0, 3, "This method takes 0 to 3 teachers."),
])  # fmt: skip
def test_how_many_teachers_a_method_takes_is_a_sentence(least: int, most: int | None, said: str) -> None:
    assert how_many(least, most) == said


def test_networks_are_named_for_people_by_role_and_by_modality() -> None:
    assert network_name("teacher.gaf") == network_name("gaf") == "GAF teacher"
    assert network_name("control") == "From-scratch control"


@pytest.mark.slow
def test_a_link_names_the_method_by_its_id(page: Opener) -> None:
    opened = page("distill", data="gunpoint", method="at")
    family, asked = (next(b for b in opened.button_group if b.key == key) for key in ("family", "method"))
    assert (family.value, asked.value) == ("maps", "at") and "CAMKD" in asked.options and "KD" not in asked.options
    family.set_value("first").run(timeout=120)
    asked = next(b for b in opened.button_group if b.key == "method")
    assert asked.options == [
        "AVER",
        "ESKD",
        "CAMKD",
        "EBKD",
        "Hidden-feature KD",
        "Progressive cross-modal KD",
        "FAM",
        "CRD",
    ]


@pytest.mark.slow
def test_what_cannot_run_is_disabled_with_the_reason_and_the_change_that_would_enable_it(page: Opener) -> None:
    opened = page("distill", data="gunpoint", method="camkd")
    assert not opened.button(key="start").disabled
    student = next(each for each in opened.button_group if each.label == "Student input")
    student.set_value("signal").run(timeout=120)
    assert opened.button(key="start").disabled
    said = next(each for each in opened.warning)
    assert "cannot run with these networks" in str(said.proto)
    assert "change the student" in said.value
    assert any("methods need other teachers" in each.label for each in opened.expander)


def test_where_there_is_a_card_it_can_be_chosen_and_goes_with_the_run(
    opened: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(launch, "begin", lambda data, wish, settings, device: asked.append(device))
    opened.button(key="settings").click().run(timeout=120)
    assert [each for each in opened.selectbox if each.key == "device"] == []
    monkeypatch.setattr(device, "DRIVER", Path("/dev/null"))
    opened.button(key="settings").click().run(timeout=120)
    opened.selectbox(key="device").select("auto")
    opened.button(key="settings").click().run(timeout=120)  # a dialog's own rerun, which tests of pages do not know
    opened.button(key="start").click().run(timeout=120)
    assert asked == ["auto"]


@pytest.mark.slow
def test_a_run_is_never_shown_beside_a_choice_that_is_not_its_own(data: Dataset, page: Opener) -> None:
    run = asked(data, rate=0.02)
    opened = page("distill", data=data.sha256, run=run.folder.name)
    chosen = {b.key: b.value for b in opened.button_group}
    assert chosen["method"] == "kd" and opened.selectbox(key="architecture").value == run.recipe.architecture
    assert "Queued" in words(opened) and " rate=0.02" in words(opened)
    next(b for b in opened.button_group if b.key == "family").set_value("maps").run(timeout=120)
    assert "These settings have not been trained yet" in words(opened)
    opened.button(key="back_to_run").click().run(timeout=120)
    assert next(b for b in opened.button_group if b.key == "method").value == "kd"
    assert "have not been trained yet" not in words(opened)
    other = page("distill", data="gunpoint", run=run.folder.name)
    assert "is of other data" in words(other) and "Nothing is learning yet" in words(other)


def test_data_without_two_classes_is_refused_before_start(page: Opener) -> None:
    alone = replace(bumps(), classes=("unlabelled",), y=np.zeros(60, np.int64))
    store().put(alone)
    opened = page("distill", data=alone.sha256)
    assert "no labels" in opened.warning[0].value and not [b for b in opened.button if b.key == "start"]


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's workers are left out."""
    remembered()
    monkeypatch.setattr("kdviz.runs.engine.supervisor.Supervisor.start", lambda keeper: None)


def diverged(data: Dataset, **retry: float) -> Run:
    run = asked(data, rate=0.02)
    close(run, Failed("The loss became invalid at epoch 3. Try less.", 3, retry))
    return run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "setting", "label"),
    [
        ("distill", "rate", "Try again with a learning rate of 0.002"),
        ("runs", "teacher.rate", "Try again with a learning rate of 0.002 for the teachers"),
    ],
)
def test_a_run_that_diverged_begins_again_gently_in_one_click(
    data: Dataset, page: Opener, nobody_works: None, name: str, setting: str, label: str
) -> None:
    run = diverged(data, **{setting: 0.002})
    opened = page(name, data=data.sha256, run=run.folder.name)
    assert opened.button(key="retry_gentler").label == label
    assert not [b for b in opened.button if b.key == "retry_run"]
    opened.button(key="retry_gentler").click().run(timeout=120)
    assert not opened.exception
    (other,) = [each for each in all_runs() if each.folder != run.folder]
    asked_for, now = run.recipe, other.recipe
    assert (now.rate, now.teachers[0].rate) == ((0.002, 0.005) if setting == "rate" else (0.02, 0.002))
    assert (now.method, now.seed, now.epochs, now.knobs) == ("kd", asked_for.seed, asked_for.epochs, asked_for.knobs)
    assert opened.query_params["run"] == [other.folder.name] or opened.query_params["run"] == other.folder.name
    assert other.state == "queued" and run.state == "failed"


def test_a_run_that_failed_for_another_reason_is_tried_again_as_it_was(data: Dataset, page: Opener) -> None:
    remembered()
    opened = page("distill", data=data.sha256, run=diverged(data).folder.name)
    assert opened.button(key="retry_run").label == "Try again"
    assert not [b for b in opened.button if b.key == "retry_gentler"]


def epoch(number: int) -> dict[str, Any]:
    shares = {"train": 0.5, "validation": number / 10, "test": 0.5}
    return EpochEnded("student", number, 9, "kd", {"task": 1.0}, {}, shares, 0.1).line()


def test_a_tick_draws_anew_only_what_the_log_tells_anew_whoever_looks(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered()
    run, drawn = asked(data), list[object]()
    plain = live_run.training_curves.zoomable
    monkeypatch.setattr(live_run.training_curves, "zoomable", lambda *a, **k: drawn.append(a) or plain(*a, **k))
    monkeypatch.setenv("KDVIZ_RUN_LOOKED_AT", str(run.folder))
    append_line(run.folder / EVENTS, epoch(1))
    with locked(run.folder / LOCK):
        first, second = AppTest.from_function(_ticks).run(), AppTest.from_function(_ticks).run()
        assert not first.exception and len(drawn) == 2
        for test in (first, second, first):
            assert len(test.run().get("plotly_chart")) == 2 and "epoch 1 of 9" in far(test)
        assert len(drawn) == 2
        append_line(run.folder / EVENTS, epoch(2))
        assert "epoch 2 of 9" in far(first.run()) and len(drawn) == 4
    assert far(first.run()) == "", "it does not run any more"


def far(test: AppTest) -> str:
    return " ".join(each.proto.text for each in test.get("progress"))


def _ticks() -> None:
    import os
    from pathlib import Path

    from kdviz.runs.store.run import Run
    from kdviz.ui.distill import live_run

    live_run._panel(Run(Path(os.environ["KDVIZ_RUN_LOOKED_AT"])), True)


def test_all_pages_share_one_catalogue_and_change_nothing_in_it(page: Opener) -> None:
    remembered()
    before = json.dumps(cache.catalogue())
    for name in ("distill", "learn"):
        page(name)
    assert cache.catalogue() is cache.catalogue() and json.dumps(cache.catalogue()) == before


@pytest.mark.slow
def test_what_the_student_may_know_is_asked_explained_and_in_the_line(page: Opener) -> None:
    opened = page("distill", data="basic_motions", method="camkd_confidence")
    opened.number_input(key="known_labels").set_value(2).run()
    assert "asks each series" in words(opened) and opened.button(key="start").disabled
    opened.button_group(key="method").set_value("kd").run()
    opened.button_group(key="known_teacher_labels").set_value("all")
    opened.multiselect(key="known_channels").set_value(["gyroscope x"]).run()
    assert not opened.exception and not opened.button(key="start").disabled
    assert "is none over a student that has all labels itself" in words(opened)
    line = next(each.value for each in opened.code if "kdviz distill" in each.value).replace("\\\n", " ")
    given = parser().parse_args(shlex.split(line)[3:])
    knows = Knowledge(labels=2, teacher_labels="all", student_channels=("gyroscope x",))
    assert knowledge_of(given) == knows
