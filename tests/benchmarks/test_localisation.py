import numpy as np
import pytest

from benchmarks.localisation import average_precision, localisation_auc, of_channels, relevance_mass
from kdviz.core.errors import UserError

RNG = np.random.default_rng(0)


def test_it_is_scikit_learns_auc_ties_included() -> None:
    from sklearn.metrics import roc_auc_score

    maps, truth = np.round(RNG.normal(size=(5, 30))), RNG.random((5, 30)) < 0.3
    theirs = [roc_auc_score(t, m) for t, m in zip(truth, maps, strict=True)]
    np.testing.assert_allclose(localisation_auc(maps, truth), theirs, atol=1e-12)


def test_a_perfect_map_scores_one_its_negative_none_and_noise_a_half() -> None:
    truth = np.zeros((200, 50), bool)
    truth[:, 5:15] = True
    assert (localisation_auc(truth * 1.0, truth) == 1).all() and (localisation_auc(truth * -1.0, truth) == 0).all()
    assert abs(localisation_auc(RNG.normal(size=truth.shape), truth).mean() - 0.5) < 0.03
    assert (localisation_auc(np.ones(truth.shape), truth) == 0.5).all()


def test_nothing_to_find_or_a_broken_map_is_undefined() -> None:
    truth = np.array([[True, True], [False, False], [True, False]])
    assert np.isnan(localisation_auc(np.array([[1.0, 2], [1, 2], [np.nan, 1]]), truth)).all()
    with pytest.raises(UserError, match="truth"):
        localisation_auc(np.ones((3, 4)), truth)


def test_average_precision_is_scikit_learns_ties_included() -> None:
    from sklearn.metrics import average_precision_score

    maps, truth = np.round(RNG.normal(size=(6, 40)), 1), RNG.random((6, 40)) < 0.2
    theirs = [average_precision_score(t, m) for t, m in zip(truth, maps, strict=True)]
    np.testing.assert_allclose(average_precision(maps, truth), theirs, atol=1e-12)
    assert average_precision(np.ones((1, 40)), truth[:1])[0] == pytest.approx(truth[0].mean())


def test_relevance_mass_is_the_share_on_the_truth_and_negative_values_are_none() -> None:
    truth = np.array([[True, True, False, False]])
    assert relevance_mass(np.array([[3.0, 0, 1, -5]]), truth)[0] == 0.75
    assert relevance_mass(np.ones((1, 4)), truth)[0] == 0.5 and np.isnan(relevance_mass(-np.ones((1, 4)), truth)[0])
    assert np.isnan(relevance_mass(np.array([[np.nan, 1, 1, 1]]), truth)[0])


def test_truth_by_channel_tells_a_map_on_the_right_channel_from_one_on_the_wrong() -> None:
    times = np.zeros((5, 20), bool)
    times[:, 4:9] = True
    truth = of_channels(times, np.array([True, False, False]))
    right, wrong = truth * 1.0, np.roll(truth, 1, axis=1) * 1.0
    for score, chance in ((localisation_auc, 0.5), (average_precision, 5 / 60), (relevance_mass, 5 / 60)):
        assert (score(right, truth) == 1).all() and (score(wrong, truth) < 0.5).all()
        assert score(np.ones(truth.shape), truth) == pytest.approx(chance)
    by_series = of_channels(times, np.eye(5, 3, dtype=bool))
    assert by_series[0, 0].sum() == 5 and not by_series[3].any()
