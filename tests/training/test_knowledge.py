"""What the student may know: hidden labels stay hidden, teachers come from elsewhere, and all of it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kdviz.core.errors import UserError
from kdviz.core.events import EpochEnded, Noted
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data, open_with
from kdviz.report.run_report import RunReportInput, run_report
from kdviz.runs.analysis.evidence_match import match
from kdviz.runs.analysis.frequency_content import frequency
from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff
from kdviz.runs.analysis.opened_run import evidence, open_for_looking
from kdviz.runs.analysis.sanity_checks import deletion_curves
from kdviz.runs.analysis.series_evidence import board
from kdviz.runs.comparison.compare import compare_pair, compared
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import keep, stored
from kdviz.runs.store.lineage import learned_from_tests, parents, teachers_from
from kdviz.runs.store.run import Run, make
from kdviz.runs.worker.job import work
from kdviz.training.defaults import Choices
from kdviz.training.encoded_data import Materials
from kdviz.training.knowledge import Knowledge, as_seen, condition, hidden, knowledge_from, named_channels
from kdviz.training.learner import student_of
from kdviz.training.loop import SelectedWeights, batches, train
from kdviz.training.recipe import recipe_from
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import distill_line, said
from kdviz.training.teacher_cache import CachedTeacher
from tests.conftest import bumps

SHORT = {"teacher.epochs": 2, "gaf.size": 16, "budget": "quick"}


def done(
    data: Dataset, method: str = "kd", teachers: tuple[str, ...] = ("signal",), seed: int = 0, **known: object
) -> Run:
    """A small finished run."""
    keep(data)
    wish = Choices(method, teachers, epochs=2, seed=seed, knows=Knowledge(**known))  # type: ignore[arg-type]
    lent = teachers_from(wish.knows.teacher_runs, data)
    settings = SHORT if method != "supervised" else {}
    run = make(recipe_for(data, wish, settings, lent), data.name, dict(data.source))
    for _ in work(run, data):
        pass
    assert (run.final or {}).get("accuracy"), run.final
    return run


def test_what_is_known_as_always_is_no_part_of_a_recipe(data: Dataset) -> None:
    plain = recipe_for(data, Choices("kd", ("signal",)), SHORT)
    assert not {"labels", "channels", "lent", "noise", "missing", "degraded"} & set(plain.as_dict())
    few = recipe_for(data, Choices("kd", ("signal",), knows=Knowledge(labels=3)), SHORT)
    assert few.identity != plain.identity and few.scratch().labels == few.teachers[0].labels == 3
    assert recipe_from(json.loads(json.dumps(few.as_dict()))) == few
    whole = recipe_for(data, Choices("kd", ("signal",), knows=Knowledge(labels=3, teacher_labels="all")), SHORT)
    assert whole.teachers == plain.teachers and whole.scratch() == few.scratch()


def test_few_labels_are_drawn_by_the_seed_and_scratch_learns_from_them_alone_in_as_many_steps(data: Dataset) -> None:
    recipe = recipe_for(data, Choices("aver", ("signal",), epochs=2, knows=Knowledge(labels=3)), SHORT)
    hide = hidden(data, recipe)
    assert [int((~hide & (data.y[data.train] == label)).sum()) for label in (0, 1)] == [3, 3]
    assert set(np.flatnonzero(~hide)) < set(np.flatnonzero(~hidden(data, replace(recipe, labels=5))))
    assert (hide != hidden(data, replace(recipe, seed=1))).any()
    material = Materials(data, recipe).of(recipe)
    parts = [part for _ in range(4) for part in batches(recipe.scratch(), material)]
    assert set(torch.cat(parts).tolist()) == set(np.flatnonzero(~hide)) and len(parts) == 4 * len(
        batches(recipe, material)
    )
    told = list(train(recipe.scratch(), material, {}))
    assert [each.text for each in told if isinstance(each, Noted)] == [
        f"6 of {hide.size} training series have their label; this network learns from those alone, in as many steps as "
        "if it heard of all."
    ]
    assert all(0 <= e.accuracy["train"] <= 1 for e in told if isinstance(e, EpochEnded))


def test_other_labels_where_they_are_hidden_change_no_bit(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_for(data, Choices("aver", ("signal",), epochs=2, knows=Knowledge(labels=3)), SHORT)
    hide, y = hidden(data, recipe), data.y.copy()
    y[data.train[hide]] = 1 - y[data.train[hide]]
    monkeypatch.setattr("kdviz.training.encoded_data.hidden", lambda data, recipe: hide)
    both = []
    for one in (data, replace(data, y=y)):
        materials = Materials(one, recipe)
        net = student_of(recipe.teachers[0], materials.of(recipe).shapes, 2)
        teachers = {"signal": CachedTeacher(net, materials.of(recipe).part("train")[0])}
        told = train(recipe, materials.of(recipe), teachers)
        both.append(next(e for e in told if isinstance(e, SelectedWeights)).weights["last"])
    assert all(torch.equal(both[0][k], both[1][k]) for k in both[0])


def test_a_method_that_asks_labels_says_so_before_it_starts(data: Dataset) -> None:
    with pytest.raises(UserError, match=r"CA-MKD.*asks each series' label"):
        recipe_for(data, Choices("camkd_confidence", ("signal", "gaf"), knows=Knowledge(labels=3)))


def test_a_teacher_from_elsewhere_is_named_checked_and_never_trained_again(data: Dataset) -> None:
    other = replace(bumps(40, seed=5), name="others", groups=None)
    expert = done(other, "supervised", ())
    run = done(data, labels=3, teacher_runs=(expert.identity,))
    (teacher,) = run.recipe.teachers
    assert teacher == expert.recipe and [p.identity for p in parents(run.recipe) if p.role == "signal"] == [
        expert.identity
    ]
    assert condition(run.recipe) == f"3 labels a class; signal teacher from run {expert.identity[:8]}"
    opened = open_for_looking(run)
    mine, theirs = opened.inputs["student"].modalities["signal"], opened.inputs["teacher.signal"].modalities["signal"]
    assert not np.array_equal(mine.see(data.X[:2]), theirs.see(data.X[:2]))  # fitted on its own training series
    assert set(evidence(opened, "cam", data.test[:2], None)) == {"teacher.signal", "student", "control"}
    wish, settings = said(run.recipe, row("kd"))
    assert f"--teacher-run {expert.identity}" in distill_line(wish, settings, {"sample": "x"})
    asked = Choices(**{**wish, "teachers": ("signal",), "knows": knowledge_from(wish["knows"])})
    assert recipe_for(data, asked, settings, teachers_from([expert.identity], data)) == run.recipe
    later = recipe_for(data, replace(asked, seed=1), settings, teachers_from([expert.identity], data))
    assert later.teachers == run.recipe.teachers and later.lent == ("signal",) and not later.scratch().lent
    assert learned_from_tests(data, data) == 0 and learned_from_tests(replace(data, test=data.train), data) > 0
    for unfit in (replace(data, channels=("other",)), bumps(40, length=50), bumps(40, classes=3)):
        with pytest.raises(UserError, match=expert.identity[:8]):
            teachers_from([expert.identity], unfit)
    with pytest.raises(UserError, match="other settings"):
        recipe_for(data, Choices("kd", ("signal",)), {"signal.standardise": "window"}, {"signal": expert.recipe})


def test_each_network_sees_its_channels_and_their_evidence_meets_in_time(tmp_path: Path) -> None:
    data = bumps(40, channels=3)
    run = done(data, "aver", ("signal", "gaf"), student_channels=("2",), teacher_channels={"gaf": ("channel 0", "1")})
    assert run.recipe.channels == ("channel 2",) == run.recipe.scratch().channels
    opened = open_for_looking(run)
    assert {role: each.shapes for role, each in opened.inputs.items() if role != "control"} == {
        "student": {"signal": (1, 40), "gaf": (2, 16, 16)},
        "teacher.signal": {"signal": (3, 40)},
        "teacher.gaf": {"gaf": (4, 16, 16)},
    }
    seen = evidence(opened, "gradcam", data.test[:3], None)
    assert {each.times[m].shape for each in seen.values() for m in each.times} == {(3, 40)}
    assert board(opened, 0, data.X[:1], ["saliency"], 0, None).views["teacher.gaf"]["gaf"].shape == (4, 16, 16)
    assert set(match(opened, "cam").teachers) == {"signal", "gaf"}
    assert set(frequency(opened, 0).spectra) == set(opened.networks)
    assert accuracy_by_cutoff(opened, [0.5]).series == data.test.size
    assert deletion_curves(opened, "cam", "student", "mean", 4).shares[-1] == 1
    with pytest.raises(UserError, match="no channel 'x'"):
        named_channels(("x",), data)
    page = run_report(RunReportInput(run, row("aver"), data))
    assert "student sees channel 2; gaf teacher sees channel 0, channel 1" in page


def test_only_what_is_degraded_is_degraded_and_by_the_number_of_the_series(data: Dataset) -> None:
    def seen(where: str) -> Dataset:
        knows = Knowledge(noise=0.12, missing=0.3, degraded=where)
        return as_seen(data, recipe_for(data, Choices("kd", ("signal",), knows=knows), SHORT))

    hit = {where: np.flatnonzero((seen(where).X != data.X).any((1, 2))) for where in ("both", "student", "test")}
    assert hit["both"].size == data.series and set(hit["test"]) == set(data.test)
    assert set(hit["student"]) == {*data.train, *data.validation}
    run = done(data, noise=0.12, missing=0.3, degraded="test")
    opened = open_for_looking(run)
    few = data.test[[3, 1]]
    np.testing.assert_array_equal(opened.inputs["student"].series(few), seen("test").X[few])
    np.testing.assert_array_equal(opened.inputs["teacher.signal"].series(few), data.X[few])
    right = float((opened.logits("student", data.test).argmax(1) == data.y[data.test]).mean())
    assert right == pytest.approx((run.final or {})["accuracy"]["test"])
    plain = done(data)
    labels = [place.student for place in compared([run, plain]).places]
    assert labels == ["signal:tiny, noise 0.12; missing 0.3; in the test alone", "signal:tiny"]
    with pytest.raises(UserError, match="may know different things"):
        compare_pair(run, plain)


def test_series_without_labels_are_learned_from_and_never_tested_on(data: Dataset, tmp_path: Path) -> None:
    rows = [",".join([*(f"{v:.4f}" for v in series[0]), label]) for series, label in
            zip(data.X, [data.classes[k] if n % 3 else "" for n, k in enumerate(data.y)], strict=True)]  # fmt: skip
    names = ",".join([*(f"t{k}" for k in range(data.length)), "class"])
    for name, part in (("all.csv", rows), ("bare.csv", [r.rpartition(",")[0] + ",0" for r in rows[:10]])):
        (tmp_path / name).write_text("\n".join([names, *part]))
    left = open_data(str(tmp_path / "all.csv"))
    kept = open_data(str(tmp_path / "all.csv"), {"bare": "learn"})
    assert left.unlabelled is None and kept.unlabelled is not None and len(kept.unlabelled) == 20
    assert left.series == kept.series == 40 and left.sha256 != kept.sha256
    more = open_with(str(tmp_path / "all.csv"), str(tmp_path / "bare.csv"))
    keep(more)
    assert stored(more.sha256).unlabelled is not None and more.source["unlabelled"] == [str(tmp_path / "bare.csv")]
    run = done(kept)
    assert "20 of 44" not in str(list(run.events())) and f"of the other {20}" in str(list(run.events()))
    assert open_for_looking(run).logits("student", kept.test).shape == (kept.test.size, 2)


def row(method: str) -> dict[str, Any]:
    return next(m for m in remembered()["methods"] if m["id"] == method)
