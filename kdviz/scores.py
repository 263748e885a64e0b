"""How good a network is, and how faithful a student is to its teacher; plain NumPy.

Logits are (N, classes), labels are (N,) integers; every score is a float, NaN where it is undefined.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.floating]
Labels = NDArray[np.integer]


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
