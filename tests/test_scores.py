import math

import numpy as np

from kdviz import scores

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
