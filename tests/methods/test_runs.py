"""What a method says reaches the run: remarks, readouts, stages, and a start from the trained twin."""

from __future__ import annotations

import pytest
import torch

from kdviz.core.events import Began, EpochEnded, Learned, Noted
from kdviz.data.dataset import Dataset
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.history import run_progress
from kdviz.runs.store.lineage import parents
from kdviz.runs.store.run import Run, make
from kdviz.runs.store.weights import read_tensors
from kdviz.runs.worker.job import work
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps
from tests.methods.scenes import built, world

SETTINGS = {"teacher.epochs": 2, "gaf.size": 16, "persistence.resolution": 16}


def asked(data: Dataset, method: str, student: str = "signal", epochs: int = 2, **more: object) -> Run:
    keep(data)
    wish = Choices(method, ("signal", "gaf"), student, epochs)
    return make(recipe_for(data, wish, {**SETTINGS, **more}), data.name, dict(data.source))


@pytest.fixture
def few() -> Dataset:
    return bumps(30)


def test_a_mask_that_removes_nothing_is_told_as_a_warning(few: Dataset) -> None:
    told = [e.text for e in work(asked(few, "fam", parity="on", side=8), few) if isinstance(e, Noted)]
    assert any("warning" in words and "radius 0" in words for words in told)
    told = [e.text for e in work(asked(few, "fam", side=8), few) if isinstance(e, Noted)]
    assert told and all("radius r = 1" in words for words in told)


def test_teacher_disagreement_is_read_out_every_epoch(few: Dataset) -> None:
    told = [e for e in work(asked(few, "aver_prob"), few) if isinstance(e, EpochEnded) and e.who == "student"]
    assert len(told) == 2
    assert all(e.readouts["teacher disagreement"] > 0 for e in told)


def test_a_student_with_an_annealed_start_begins_as_its_twin_ended(few: Dataset) -> None:
    run = asked(few, "tgd", epochs=1, batches="sliced")
    events = list(work(run, few))
    order = [(e.event, e.who) for e in events if isinstance(e, Began | Learned)]
    assert order.index(("learned", "control")) < order.index(("began", "student"))
    assert order.count(("learned", "control")) == 1
    first = read_tensors(run.folder / "epochs" / "00000.safetensors")[0]
    twin = read_tensors(run.folder / "control.safetensors")[0]
    assert all(torch.equal(first[k], twin[k]) for k in twin)


def test_the_control_of_an_annealed_start_learns_as_long_as_start_and_student_together(few: Dataset) -> None:
    run = asked(few, "tgd", epochs=2)
    events = list(work(run, few))
    told = [e.who for e in events if isinstance(e, EpochEnded)]
    assert told.count("control") == told.count("twin") + told.count("student") == 4
    first = read_tensors(run.folder / "epochs" / "00000.safetensors")[0]
    twin = read_tensors(run.folder / "teachers" / "twin.safetensors")[0]
    assert all(torch.equal(first[k], twin[k]) for k in twin)
    assert {p.role for p in parents(run.recipe)} == {"signal", "gaf", "control", "twin"}
    assert run_progress(run, list(run.events())).share == 1
    assert set(OpenedRun(run, few).networks) == {"teacher.signal", "teacher.gaf", "student", "control"}


def test_progressive_draws_its_stages(few: Dataset) -> None:
    events = list(work(asked(few, "progressive", "fusion", 4), few))
    began = next(e for e in events if isinstance(e, Began) and e.who == "student")
    assert [name for name, _ in began.stages] == ["signal to image", "image to signal", "shared"]
    told = [e for e in events if isinstance(e, EpochEnded) and e.who == "student"]
    assert [e.stage for e in told] == ["signal to image", "image to signal", "shared", "shared"]
    assert not any(e.kept for e in told[:2])
    learned = next(e for e in events if isinstance(e, Learned) and e.who == "student")
    assert learned.best_epoch > 2


def test_teachers_that_stop_early_are_teachers_of_their_own(few: Dataset) -> None:
    early, whole = asked(few, "es_teacher"), asked(few, "eskd")
    assert early.recipe.teachers[0].stop < whole.recipe.teachers[0].stop == 1.0
    assert early.recipe.selection == "last" and whole.recipe.selection == "best"


@pytest.mark.parametrize("name", ["fam", "fam1d"])
def test_frequencies_are_those_of_the_whole_window_as_far_as_memory_allows(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, dims = world(length=40, side=16), 2 if name == "fam" else 1
    scene = where.scene()
    assert scene.student.stages[-1].shape[-1] == 40 > scene.teachers["gaf"].stages[-1].shape[-1]
    found = built(name, where)
    assert set(found.sides.values()) == {40} and not any("window" in words for words in found.remarks())
    step = where.step(torch.arange(4))
    assert all(drawn.shape[1:] == (40,) * dims for drawn in found.maps(step).values())
    before = built(name, where, side=16)
    assert max(before.sides.values()) <= 16
    monkeypatch.setattr("kdviz.nets.frequency_attention.MOST_BYTES", 64 << 10)
    held = built(name, where)
    assert sum(p.numel() * 4 for n, p in held.named_parameters() if n.endswith("filter")) <= 64 << 10
    told = [words for words in held.remarks() if "where the window is" in words]
    assert told and len(told) == sum(side < 40 for side in held.sides.values())
