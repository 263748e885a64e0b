"""How good a network is, and how faithful a student is to its teacher; plain NumPy.

Logits are (N, classes), labels are (N,) integers; every score is a float, NaN where it is undefined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.intervals import finite_or_none

Logits = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


def accuracy(logits: Logits, labels: Labels) -> float:
    """The share of right answers, 0..1."""
    return _mean(logits.argmax(1) == labels)


def macro_f1(logits: Logits, labels: Labels) -> float:
    """F1 averaged over the classes that occur among the labels or the answers, 0..1."""
    said = logits.argmax(1)
    each = []
    for label in np.union1d(labels, said):
        hits = int(((said == label) & (labels == label)).sum())
        each.append(2 * hits / (int((said == label).sum()) + int((labels == label).sum())))
    return _mean(np.array(each))


def nll(logits: Logits, labels: Labels) -> float:
    """Mean negative log-likelihood of the labels in nats, at temperature 1."""
    return -_mean(log_softmax(logits)[np.arange(labels.size), labels])


def ece(logits: Logits, labels: Labels, bins: int = 15) -> float:
    """Expected calibration error over `bins` equal-width bins of confidence, 0..1 (Guo et al. 2017)."""
    if labels.size == 0:
        return float("nan")
    confidence = np.exp(log_softmax(logits)).max(1)
    right = logits.argmax(1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / labels.size)


def agreement(one: Logits, other: Logits) -> float:
    """The share of samples on which both give the same answer, 0..1 (Stanton et al. 2021)."""
    return _mean(one.argmax(1) == other.argmax(1))


def log_softmax(logits: Logits) -> NDArray[np.float64]:
    """Log-probabilities (N, classes), in float64."""
    z = np.asarray(logits, np.float64)
    z = z - z.max(1, keepdims=True, initial=-np.inf)
    return np.asarray(z - np.log(np.exp(z).sum(1, keepdims=True)))


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if values.size else float("nan")


def kappa(one: Logits, other: Logits) -> float:
    """Cohen's kappa of the two networks' answers: agreement beyond what their class frequencies give."""
    a, b = one.argmax(1), other.argmax(1)
    classes = one.shape[1]
    shares = [np.bincount(x, minlength=classes) / max(x.size, 1) for x in (a, b)]
    return _beyond(_mean(a == b), float(shares[0] @ shares[1]))


def error_consistency(one: Logits, other: Logits, labels: Labels) -> float:
    """Kappa of being right or wrong on the same samples, beyond what the accuracies give (Geirhos et al. 2020)."""
    a, b = one.argmax(1) == labels, other.argmax(1) == labels
    p, q = _mean(a), _mean(b)
    return _beyond(_mean(a == b), p * q + (1 - p) * (1 - q))


def error_copy_rate(student: Logits, teacher: Logits, labels: Labels) -> float:
    """Where the teacher errs, the share in which the student gives the same wrong answer; NaN if it never errs."""
    wrong = teacher.argmax(1) != labels
    return _mean((student.argmax(1) == teacher.argmax(1))[wrong])


def predictive_kl(student: Logits, teacher: Logits) -> float:
    """Mean KL(teacher || student) of the predictions in nats, at temperature 1 (Stanton et al. 2021)."""
    p, q = log_softmax(teacher), log_softmax(student)
    return _mean((np.exp(p) * (p - q)).sum(1))


@dataclass(frozen=True)
class Followed:
    """Whom the student followed where its teachers did not all give the same answer.

    disputed   how many samples that were
    each       by teacher: the share of the disputed on which the student gave this teacher's answer
    only       by teacher: the share of the disputed on which it gave this teacher's answer and no other teacher did
    nobody     the share on which it gave an answer of its own
    """

    disputed: int
    each: dict[str, float]
    only: dict[str, float]
    nobody: float


def followed(student: Logits, teachers: Mapping[str, Logits]) -> Followed:
    """Whom the student followed; shares are NaN where the teachers never disagree."""
    answers = np.stack([logits.argmax(1) for logits in teachers.values()])
    disputed = (answers != answers[0]).any(0)
    same = (answers == student.argmax(1))[:, disputed]
    alone = same & (same.sum(0) == 1)
    each = {name: _mean(row) for name, row in zip(teachers, same, strict=True)}
    only = {name: _mean(row) for name, row in zip(teachers, alone, strict=True)}
    return Followed(int(disputed.sum()), each, only, _mean(~same.any(0)))


def known_scores(scores: Mapping[str, float]) -> dict[str, float | None]:
    """Scores by name; None, which JSON can say, where one is undefined."""
    return {name: finite_or_none(value) for name, value in scores.items()}


def quality(logits: Logits, labels: Labels) -> dict[str, float]:
    """Every score of one network, by name."""
    return {each.__name__: each(logits, labels) for each in (accuracy, macro_f1, nll, ece)}


def fidelity(student: Logits, teacher: Logits, labels: Labels) -> dict[str, float]:
    """Every score of a student beside one teacher, by name; say on which split."""
    pairs = {each.__name__: each(student, teacher) for each in (agreement, kappa, predictive_kl)}
    judged = {each.__name__: each(student, teacher, labels) for each in (error_consistency, error_copy_rate)}
    return {**pairs, **judged}


def _beyond(observed: float, expected: float) -> float:
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")
