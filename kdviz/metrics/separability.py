"""How well a view tells the classes apart before anything is trained: nearest neighbour and linear probe, with chance.

Distances and inner products are all that both need, so the views enter as one Gram matrix (N, N): what a network could
use with hardly any learning. Alain & Bengio 2017 (arXiv:1610.01644) call the second a linear probe.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.intervals import interval

Index = NDArray[np.int64]
Floats = NDArray[np.float64]
MOST_SERIES = 600
FOLDS = 5
SHUFFLES = 200
PROBE_SHUFFLES = 10
CHUNK = 1 << 24
ALPHAS = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Score:
    """An accuracy with its 95 % interval, and what the same measure gives where labels mean nothing."""

    accuracy: float
    low: float
    high: float
    chance: float


@dataclass(frozen=True)
class Separability:
    """Nearest neighbour (leave one out) and linear probe (cross-validated) on the same series.

    series     how many were measured; `grouped`: no series was compared with one of its own subject
    """

    neighbour: Score
    probe: Score
    series: int
    classes: int
    folds: int
    grouped: bool

    def as_dict(self) -> dict[str, Any]:
        """In JSON's words."""
        return asdict(self)


def from_plain(words: dict[str, Any]) -> Separability:
    """What `plain` gave."""
    return Separability(**{**words, "neighbour": Score(**words["neighbour"]), "probe": Score(**words["probe"])})


def evenly_spaced(among: Index, most: int) -> Index:
    """The series `among`, or `most` of them, evenly spread."""
    return np.asarray(among[np.unique(np.linspace(0, among.size - 1, min(among.size, most)).astype(np.int64))])


def stratified(y: Index, among: Index, seed: int = 0, most: int = MOST_SERIES) -> Index:
    """At most `most` of the series `among`, with every class as frequent as before; sorted."""
    if among.size <= most:
        return among
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(among)
    order = np.argsort(y[shuffled], kind="stable")
    return np.sort(shuffled[order][np.linspace(0, among.size - 1, most).astype(np.int64)])


def gram(views: NDArray[np.float32]) -> Floats:
    """Inner products (N, N) of views (N, ...), around their mean; in pieces, so that memory stays flat."""
    flat = views.reshape(len(views), -1)
    found = np.zeros((len(flat), len(flat)))
    step = max(1, CHUNK // max(len(flat), 1))
    for start in range(0, flat.shape[1], step):
        part = flat[:, start : start + step].astype(np.float64)
        part -= part.mean(0)
        found += part @ part.T
    return found


def separability(views: NDArray[np.float32], y: Index, groups: NDArray[np.str_] | None, seed: int = 0) -> Separability:
    """Measure views (N, ...) with labels y (N,); subjects (N,) are kept apart where known. Raises UserError."""
    used, groups = _sound(y, groups)
    inner = gram(views)
    nearest = _nearest(inner, groups)
    right = (y[nearest] == y).astype(np.float64)
    places, folds = _coordinates(inner), _folds(y, groups, seed)
    probed = (_probe(places, y, folds) == y).astype(np.float64)
    return Separability(
        _score(right, groups, _neighbour_chance(nearest, y, seed)),
        _score(probed, groups, _probe_chance(places, y, folds, seed)),
        series=y.size, classes=used, folds=len(folds), grouped=groups is not None,
    )  # fmt: skip


def _sound(y: Index, groups: NDArray[np.str_] | None) -> tuple[int, NDArray[np.str_] | None]:
    used, counts = np.unique(y, return_counts=True)
    if used.size < 2:
        raise UserError("All series of the training set have one class: there is nothing to tell apart.")
    if counts.max() < 2:
        raise UserError("Every class has a single training series: none has another of its kind to be found by.")
    known = groups is not None and np.unique(groups).size > 1
    return int(used.size), groups if known else None


def _nearest(inner: Floats, groups: NDArray[np.str_] | None) -> Index:
    """Of every series the nearest other one, of another subject where they are known."""
    square = np.diag(inner)
    far = square[:, None] + square - 2 * inner
    np.fill_diagonal(far, np.inf)
    if groups is not None:
        far[groups[:, None] == groups] = np.inf
    return np.asarray(far.argmin(1))


def _neighbour_chance(nearest: Index, y: Index, seed: int) -> float:
    rng = np.random.default_rng(seed)
    shuffled = (rng.permutation(y) for _ in range(SHUFFLES))
    return float(np.mean([(s[nearest] == s).mean() for s in shuffled]))


def _folds(y: Index, groups: NDArray[np.str_] | None, seed: int) -> list[tuple[Index, Index]]:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if groups is not None:
        count = min(FOLDS, np.unique(groups).size)
        return list(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(y, y, groups))
    count = max(2, min(FOLDS, int(np.bincount(y)[np.unique(y)].min())))
    return list(StratifiedKFold(count, shuffle=True, random_state=seed).split(y, y))


def _probe(places: Floats, y: Index, folds: list[tuple[Index, Index]]) -> Index:
    """The class that a ridge classifier, trained on the other folds, gives each series."""
    from sklearn.linear_model import RidgeClassifierCV

    said = np.full(y.size, -1, np.int64)
    for learn, judge in folds:
        if np.unique(y[learn]).size < 2:
            said[judge] = y[learn][0]
            continue
        said[judge] = RidgeClassifierCV(ALPHAS).fit(places[learn], y[learn]).predict(places[judge])
    return said


def _probe_chance(places: Floats, y: Index, folds: list[tuple[Index, Index]], seed: int) -> float:
    rng = np.random.default_rng(seed)
    shuffled = (rng.permutation(y) for _ in range(PROBE_SHUFFLES))
    return float(np.mean([(_probe(places, s, folds) == s).mean() for s in shuffled]))


def _coordinates(inner: Floats) -> Floats:
    """Points (N, r) with these inner products, of unit mean square length: the views, turned, without what is empty."""
    size, turned = np.linalg.eigh(inner)
    kept = size >= size.max() * 1e-10
    places = turned[:, kept] * np.sqrt(np.maximum(size[kept], 0))
    return np.asarray(places / (np.sqrt((places**2).sum(1).mean()) or 1.0))


def _score(right: Floats, groups: NDArray[np.str_] | None, chance: float) -> Score:
    """An interval over subjects where six or more are known; Wilson's otherwise, and where all are right or all wrong.

    With fewer subjects Wilson's counts each as one series: it is wide, as so few deserve.
    """
    from scipy.stats import binomtest

    found = interval(right, groups, bounds=(0.0, 1.0))
    low, high = found.low, found.high
    if groups is None or not low < high:
        low, high = binomtest(round(found.value * found.units), found.units).proportion_ci(method="wilson")
    return Score(found.value, float(low), float(high), chance)
