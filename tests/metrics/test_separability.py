"""What can be told apart before training: right on easy data, chance on noise, honest about subjects."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.metrics.separability import from_plain, gram, separability, stratified


def blobs(each: int = 30, classes: int = 3, apart: float = 8.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(classes), each)
    views = rng.standard_normal((y.size, 2, 5, 5)).astype(np.float32)
    views[np.arange(y.size), 0, 0, y] += apart
    return views, y


def test_classes_far_apart_are_told_by_both_measures() -> None:
    found = separability(*blobs(apart=40), None)
    assert found.neighbour.accuracy == 1 and found.probe.accuracy > 0.9
    assert found.neighbour.low < 1, "all right on 90 series does not prove it for every series"
    assert (found.series, found.classes, found.grouped) == (90, 3, False)


def test_noise_is_at_chance() -> None:
    found = separability(*blobs(each=60, apart=0), None)
    for score in (found.neighbour, found.probe):
        assert score.low - 0.05 < score.chance < score.high + 0.05
        assert abs(score.accuracy - 1 / 3) < 0.15 and abs(score.chance - 1 / 3) < 0.08


def test_chance_knows_that_one_class_is_frequent() -> None:
    views, y = blobs(each=50, classes=2, apart=0)
    y[:40] = 1
    assert separability(views, y, None).neighbour.chance > 0.7


def test_nearest_neighbour_equals_scikit_learns() -> None:
    from sklearn.model_selection import LeaveOneOut, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    views, y = blobs(apart=2)
    peer = cross_val_score(KNeighborsClassifier(1), views.reshape(len(y), -1), y, cv=LeaveOneOut()).mean()
    assert separability(views, y, None).neighbour.accuracy == pytest.approx(peer)


def test_the_probe_is_ridge_regression_on_the_views_themselves() -> None:
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    from kdviz.metrics.separability import ALPHAS

    views, y = blobs(apart=2)
    flat = views.reshape(len(y), -1).astype(np.float64)
    flat -= flat.mean(0)
    flat /= np.sqrt((flat**2).sum(1).mean())
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    peer = (cross_val_predict(RidgeClassifierCV(ALPHAS), flat, y, cv=folds) == y).mean()
    assert separability(views, y, None).probe.accuracy == pytest.approx(peer)


def test_a_subject_is_never_recognised_by_his_own_other_series() -> None:
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(12), 6)
    y = subject % 2
    views = (20 * rng.standard_normal((12, 30)))[subject] + rng.standard_normal((72, 30))
    views = views.astype(np.float32)
    assert separability(views, y, None).neighbour.accuracy == 1
    found = separability(views, y, np.array([f"s{s}" for s in subject]))
    assert found.grouped and found.neighbour.accuracy < 0.8 and found.probe.accuracy < 0.8


def test_it_is_the_same_every_time_and_travels_as_json() -> None:
    found = separability(*blobs(), None)
    assert separability(*blobs(), None) == found == from_plain(found.as_dict())


def test_some_series_keep_the_share_of_every_class() -> None:
    y = np.repeat([0, 1], [900, 100])
    kept = stratified(y, np.arange(1000), most=100)
    assert kept.size == 100 == np.unique(kept).size and abs(int(y[kept].sum()) - 10) <= 1
    np.testing.assert_array_equal(stratified(y, np.arange(50)), np.arange(50))


def test_inner_products_in_pieces_are_those_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    views, _ = blobs()
    whole = gram(views)
    monkeypatch.setattr("kdviz.metrics.separability.CHUNK", 500)
    np.testing.assert_allclose(gram(views), whole, atol=1e-9)


@pytest.mark.parametrize(("y", "words"), [([0, 0, 0, 0], "one class"), ([0, 1, 2, 3], "a single training series")])
def test_what_cannot_be_measured_is_said(y: list[int], words: str) -> None:
    with pytest.raises(UserError, match=words):
        separability(np.zeros((4, 1, 3), np.float32), np.array(y), None)


def test_views_that_are_all_the_same_are_no_crash() -> None:
    found = separability(np.zeros((20, 1, 4), np.float32), np.arange(20) % 2, None)
    assert 0 <= found.neighbour.accuracy <= 1 and 0 <= found.probe.accuracy <= 1
