"""Measures of detection hold the golden vectors of the reference formulas, and say where they cannot be taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.metrics import detection as d
from kdviz.modalities.kernels.paa import crossed, marginal, park_jang

GOLDEN = Path(__file__).parents[1] / "golden" / "anomaly"
CLOSE = 1e-9


def golden(name: str) -> Any:
    return np.load(GOLDEN / f"{name}.npz", allow_pickle=False)


@pytest.mark.parametrize("name", ("measures", "measures_ties"))
def test_every_measure_is_the_references_with_ties_too(name: str) -> None:
    g = golden(name)
    marks, score = g["label"], g["score"]
    found = d.vus(marks, score, int(g["window"]), int(g["thresholds"]))
    said = {"vus_pr": found.pr, "vus_roc": found.roc, "auc_pr": d.auc_pr(marks, score)}
    said |= {"auc_roc": d.auc_roc(marks, score), "best_f1": d.best_f1(marks, score), "ucr": d.ucr(marks, score)}
    said |= {"best_f1_point_adjusted": d.best_f1(marks, score, adjusted=True), "ucr_wide": d.ucr(marks, score, True)}
    for key, value in said.items():
        assert abs(float(value) - float(g[key])) < CLOSE, key
    assert np.abs(d.buffered(marks, int(g["window"])) - g["buffered"]).max() < CLOSE


def slow_vus(marks: Any, score: Any, window: int, thresholds: int) -> tuple[float, float]:
    """The definition, threshold by threshold and buffer by buffer."""
    size, found, areas = len(score), d.ranges(marks), []
    levels = np.sort(score)[::-1][np.linspace(0, size - 1, thresholds).astype(int)]
    for width in range(window + 1):
        weights, points, precision, grown = d.buffered(marks, width), [(0.0, 0.0)], [], list[list[int]]()
        for a, b in found:
            if grown and grown[-1][1] >= a - width // 2:
                grown[-1][1] = b + width // 2
            else:
                grown.append([max(a - width // 2, 0), b + width // 2])
        for level in levels:
            said = score >= level
            hits = (weights * said).sum()
            expected = (marks.sum() + np.where(marks > 0, 1, weights * said).sum()) / 2
            touched = np.mean([said[a : b + 1].any() for a, b in grown])
            points.append((min(hits / expected, 1) * touched, (said.sum() - hits) / (size - expected)))
            precision.append(hits / said.sum())
        y, x = np.array([*points, (1.0, 1.0)]).T
        areas.append((np.trapezoid(y, x), np.dot(np.diff(y[:-1]), precision)))
    return tuple(np.mean(areas, 0))


def test_the_fast_volumes_are_the_slow_ones() -> None:
    rng = np.random.default_rng(4)
    marks = np.zeros(300, np.int64)
    marks[[0, 1, 60, 61, 62, 75, 76, 299]] = 1
    score = np.round(rng.random(300) + 0.4 * marks, 1)
    found = d.vus(marks, score, 21, 40)
    assert np.allclose((found.roc, found.pr), slow_vus(marks, score, 21, 40), atol=1e-12)


def test_the_archives_rule_asks_where_the_highest_score_lies() -> None:
    g = golden("ucr")
    for peak, near, wide in zip(g["peaks"], g["ucr"], g["ucr_wide"], strict=True):
        score = g["base"].copy()
        score[peak] = 2
        assert (d.ucr(g["label"], score), d.ucr(g["label"], score, wide=True)) == (near, wide)
    two = np.zeros(400, np.int64)
    two[[50, 300]] = 1
    assert d.measured(two, np.arange(400.0), 20)["ucr"] is None


def test_windows_are_laid_on_time_and_scores_fused_as_pinned() -> None:
    g = golden("windows_to_time")
    assert np.abs(d.taper(int(g["window"])) - g["taper"]).max() < CLOSE
    assert np.abs(d.windows_to_time(g["values"], g["starts"], int(g["length"])) - g["score"]).max() < CLOSE
    halves = d.TimeScore.of(int(g["length"]))
    for part in (slice(0, 5), slice(5, None)):
        halves.add(g["values"][part], g["starts"][part])
    assert np.abs(halves.score - g["score"]).max() < CLOSE
    f = golden("fusion")
    z = {str(k): d.standardised(s, f["validation"])[0] for k, s in enumerate(f["scores"])}
    assert np.abs(np.stack(list(z.values())) - f["z"]).max() < CLOSE
    assert np.abs(d.fused(z) - f["mean"]).max() < CLOSE
    level = d.threshold_of(f["scores"][0], f["validation"], 0.99)
    assert abs(level - f["threshold_99"]) < CLOSE
    assert np.flatnonzero(f["scores"][0] > level).tolist() == f["flagged"].tolist()


def test_a_plane_is_read_as_park_and_jang_read_it() -> None:
    g = golden("plane_to_time")
    diagonal, cross = crossed(g["map"])
    assert np.abs(diagonal - g["diagonal"]).max() < CLOSE and np.abs(cross - g["cross_mean"]).max() < CLOSE
    assert np.abs(marginal(g["map"], 12) - g["marginal"]).max() < CLOSE
    assert ((park_jang(g["map"]) >= g["threshold"]) == g["park_jang"]).all()


def test_a_window_follows_the_period_and_noise_has_none() -> None:
    g = golden("period")
    assert d.period(g["series"]) == g["period"] and d.window_of(d.period(g["series"])) == g["window"]
    assert d.period(g["noise"]) == g["noise_period"] and d.window_of(0) == g["noise_window"]
    assert d.period(np.ones(300)) == 0 and d.window_of(11) == 56 and d.window_of(300) == 256


def test_one_sided_marks_are_refused() -> None:
    with pytest.raises(UserError, match="No sample of the tested part is marked"):
        d.measured(np.zeros(50, np.int64), np.arange(50.0), 10)
    with pytest.raises(UserError, match="Every sample"):
        d.auc_pr(np.ones(50, np.int64), np.arange(50.0))
