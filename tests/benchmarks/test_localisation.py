import numpy as np
import pytest

from benchmarks.localisation import localisation_auc
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
