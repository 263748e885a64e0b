"""Methods ranked over several data sets: who is first on average, and who cannot be told apart.

Friedman's test, then pairwise Wilcoxon signed-rank tests with Holm's correction (Demsar 2006; Benavoli et al. 2016);
the interquartile mean over all data sets and seeds (Agarwal et al. 2021); the Bayesian signed-rank test with a region
of practical equivalence (Benavoli et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kdviz.metrics.chance import holm
from kdviz.metrics.hypothesis_tests import ALPHA, pairs_for_any, refuse_few, wilcoxon

LEAST_SETS = 5
ROPE = 0.01
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """Average ranks over data sets, 1 the best.

    friedman  p of "all methods are alike"; NaN with fewer than three methods
    pairs     (method, method, p corrected by Holm) of each pair
    groups    methods that cannot be told apart, as runs of the order by rank: the bars of the diagram
    sets_for_any   how many data sets it takes before any pair could be told apart at all
    """

    ranks: dict[str, float]
    friedman: float
    pairs: tuple[tuple[str, str, float], ...]
    groups: tuple[tuple[str, ...], ...]
    sets: int
    sets_for_any: int


def ranking(names: Sequence[str], scores: ArrayLike) -> Ranking:
    """Rank methods by scores (data sets, methods), higher is better; raises UserError under five sets or two."""
    from scipy import stats  # takes most of a second

    table = np.asarray(scores, np.float64)
    refuse_few("data sets", table.shape[0], LEAST_SETS)
    refuse_few("methods", table.shape[1], 2)
    table = np.round(table, 12)
    ranks = stats.rankdata(-table, axis=1).mean(0)
    order = np.argsort(ranks, kind="stable")
    both = list(combinations(range(len(names)), 2))
    adjusted = holm([wilcoxon(table[:, a] - table[:, b]) for a, b in both])
    p = {frozenset(pair): float(value) for pair, value in zip(both, adjusted, strict=True)}
    found = tuple((names[a], names[b], p[frozenset((a, b))]) for a, b in both)
    groups = tuple(tuple(names[i] for i in group) for group in _alike([int(i) for i in order], p))
    return Ranking(
        {names[i]: float(ranks[i]) for i in order}, _friedman(table), found, groups,
        int(table.shape[0]), pairs_for_any(len(both)),
    )  # fmt: skip


def _friedman(table: Values) -> float:
    from scipy import stats  # takes most of a second

    if table.shape[1] < 3:
        return float("nan")
    if np.ptp(table, axis=1).max() == 0:
        return 1.0
    return float(stats.friedmanchisquare(*table.T).pvalue)


def _alike(order: list[int], p: dict[frozenset[int], float]) -> list[list[int]]:
    """The longest stretches of the order in which no pair differs."""
    found: list[list[int]] = []
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and all(p[frozenset((order[end], i))] >= ALPHA for i in order[start:end]):
            end += 1
        if end - start > 1 and not any(set(order[start:end]) <= set(group) for group in found):
            found.append(order[start:end])
    return found


def interquartile_mean(scores: ArrayLike, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """(value, low, high): the mean of the middle half of scores (seeds, data sets), seeds resampled within each set."""
    from scipy import stats  # takes most of a second

    table = np.asarray(scores, np.float64)
    rng = np.random.default_rng(seed)
    pick = rng.integers(0, table.shape[0], (draws, *table.shape))
    resampled = np.take_along_axis(np.broadcast_to(table, pick.shape), pick, axis=1).reshape(draws, -1)
    low, high = np.percentile(stats.trim_mean(resampled, 0.25, axis=1), [2.5, 97.5])
    return float(stats.trim_mean(table.ravel(), 0.25)), float(low), float(high)


def signed_rank_probabilities(
    differences: ArrayLike, rope: float = ROPE, draws: int = 20000, seed: int = 0
) -> tuple[float, float, float]:
    """P(worse), P(practically equal: within `rope`), P(better) of differences (n,), by the Bayesian signed-rank test.

    A Dirichlet prior of weight 0.5 at zero; n should be data sets. Seeded.
    """
    d = np.concatenate([[0.0], np.asarray(differences, np.float64)])
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.r_[0.5, np.ones(d.size - 1)], draws)
    sums = d[:, None] + d
    masks = [sums < -2 * rope, np.abs(sums) <= 2 * rope, sums > 2 * rope]
    share = np.stack([np.einsum("ni,ij,nj->n", weights, m.astype(np.float64), weights) for m in masks])
    wins = np.bincount(share.argmax(0), minlength=3) / draws
    return float(wins[0]), float(wins[1]), float(wins[2])
