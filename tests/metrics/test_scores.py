import math

import numpy as np

from kdviz.metrics import scores

RNG = np.random.default_rng(0)
Z, Y = RNG.normal(size=(40, 4)), RNG.integers(0, 4, 40)


def test_accuracy_counts_right_answers() -> None:
    assert scores.accuracy(np.eye(4), np.array([0, 1, 2, 0])) == 0.75


def test_nll_is_the_mean_over_samples_of_the_labels_own_log_probability() -> None:
    p = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
    by_hand = -np.mean([math.log(p[i, y]) for i, y in enumerate(Y)])
    assert abs(scores.nll(Z, Y) - by_hand) < 1e-12


def test_huge_logits_do_not_overflow() -> None:
    assert scores.nll(np.array([[1e4, 0.0]]), np.array([1])) == 1e4


def test_a_calibrated_network_has_no_calibration_error() -> None:
    z = np.log(np.tile([0.75, 0.25], (4, 1)))
    assert scores.ece(z, np.array([0, 0, 0, 1])) < 1e-12
    assert abs(scores.ece(z, np.array([1, 1, 1, 1])) - 0.75) < 1e-12


def test_f1_equals_scikit_learns() -> None:
    from sklearn.metrics import f1_score

    assert abs(scores.macro_f1(Z, Y) - f1_score(Y, Z.argmax(1), average="macro")) < 1e-12


def test_a_network_agrees_with_itself() -> None:
    assert scores.agreement(Z, Z) == 1.0
    assert scores.agreement(np.eye(4), np.eye(4)[::-1]) == 0.0


def test_no_samples_give_no_score_rather_than_a_crash() -> None:
    none, labels = np.zeros((0, 3)), np.zeros(0, int)
    assert all(math.isnan(f(none, labels)) for f in (scores.accuracy, scores.nll, scores.ece, scores.macro_f1))


def test_kappa_equals_scikit_learns() -> None:
    from sklearn.metrics import cohen_kappa_score

    other = RNG.normal(size=Z.shape)
    assert abs(scores.kappa(Z, other) - cohen_kappa_score(Z.argmax(1), other.argmax(1))) < 1e-12
    assert scores.kappa(Z, Z) == 1.0


def test_error_consistency_is_one_for_the_same_errors_and_near_none_for_free_ones() -> None:
    assert abs(scores.error_consistency(Z, Z, Y) - 1) < 1e-12
    n = 4000
    labels = RNG.integers(0, 4, n)
    one, other = (np.eye(4)[np.where(RNG.random(n) < 0.7, labels, (labels + 1) % 4)] for _ in range(2))
    assert abs(scores.error_consistency(one, other, labels)) < 0.05
    assert math.isnan(scores.error_consistency(np.eye(4), np.eye(4), np.arange(4)))


def test_error_copy_rate_counts_the_teachers_own_wrong_answers() -> None:
    labels = np.array([0, 0, 0, 0])
    teacher, student = np.eye(4)[[1, 2, 3, 0]], np.eye(4)[[1, 2, 0, 3]]
    assert scores.error_copy_rate(student, teacher, labels) == 2 / 3
    assert math.isnan(scores.error_copy_rate(student, np.eye(4)[labels], labels))


def test_predictive_kl_is_scipys_and_none_for_oneself() -> None:
    from scipy.stats import entropy

    other = RNG.normal(size=Z.shape)
    p, q = (np.exp(z) / np.exp(z).sum(1, keepdims=True) for z in (other, Z))
    assert abs(scores.predictive_kl(Z, other) - np.mean(entropy(p, q, axis=1))) < 1e-12
    assert scores.predictive_kl(Z, Z) == 0.0


def test_whom_the_student_followed_is_counted_where_teachers_disagree() -> None:
    teachers = {"signal": np.eye(3)[[0, 1, 2, 0]], "gaf": np.eye(3)[[0, 2, 2, 1]], "pi": np.eye(3)[[0, 2, 0, 1]]}
    told = scores.followed(np.eye(3)[[1, 1, 2, 2]], teachers)
    assert told.disputed == 3
    assert told.each == {"signal": 2 / 3, "gaf": 1 / 3, "pi": 0.0}
    assert told.only == {"signal": 1 / 3, "gaf": 0.0, "pi": 0.0}
    assert told.nobody == 1 / 3


def test_teachers_that_never_disagree_leave_nobody_to_follow() -> None:
    told = scores.followed(Z, {"a": Z, "b": Z})
    assert told.disputed == 0 and math.isnan(told.each["a"]) and math.isnan(told.nobody)


def test_the_summaries_hold_every_score() -> None:
    assert scores.quality(Z, Y)["nll"] == scores.nll(Z, Y)
    told = scores.fidelity(Z, Z, Y)
    assert told["agreement"] == told["kappa"] == 1.0 and told["predictive_kl"] == 0.0
    assert set(told) == {"agreement", "kappa", "predictive_kl", "error_consistency", "error_copy_rate"}
