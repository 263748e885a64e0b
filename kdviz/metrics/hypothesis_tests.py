"""What runs with several seeds allow one to conclude, and what they do not; scipy does the tests.

A difference is paired: both methods with the same seed, data, split and student. Seeds tell how a method varies on
this very split; they tell nothing about other splits, subjects or data sets.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.chance import holm

ALPHA = 0.05
POWER = 0.8
MOST_SEEDS = 1000
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Mean:
    """The mean of n values with its 95 % t interval; NaN bounds where n < 2."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Paired:
    """Differences a - b of n pairs, and whether they allow a conclusion.

    p          exact two-sided Wilcoxon signed-rank test, ties by permutation, pairs without a difference dropped
    least_p    the smallest p that this many pairs can give, all of one sign
    adjusted   p after Holm's correction for all comparisons made together
    pairs      how many pairs at least could fall below 0.05 at all, given the number of comparisons
    needed     about how many pairs would show a difference of this size in four cases of five; None: more than 1000
    bootstrap  95 % BCa interval of the mean over pairs; NaN with fewer than 6 pairs
    """

    mean: Mean
    bootstrap: tuple[float, float]
    p: float
    least_p: float
    adjusted: float
    comparisons: int
    pairs: int
    needed: int | None

    @property
    def conclusive(self) -> bool:
        """Whether the difference is shown at 5 %, all comparisons counted."""
        return self.adjusted < ALPHA

    @property
    def can_conclude(self) -> bool:
        """Whether any outcome of this many pairs could have been conclusive."""
        return self.mean.n >= self.pairs


def mean(values: ArrayLike) -> Mean:
    """Mean and t interval over runs; NaN values are left out."""
    from scipy import stats  # takes most of a second

    x = np.asarray(values, np.float64)
    x = x[np.isfinite(x)]
    if x.size < 2:
        return Mean(float(x.mean()) if x.size else float("nan"), float("nan"), float("nan"), int(x.size))
    half = float(stats.t.ppf(1 - ALPHA / 2, x.size - 1) * stats.sem(x))
    centre = float(x.mean())
    return Mean(centre, centre - half, centre + half, int(x.size))


def paired_test(differences: ArrayLike, comparisons: int = 1) -> Paired:
    """What differences (n,) of pairs say, as one of `comparisons` made together; `family` corrects less harshly."""
    d: Values = np.asarray(differences, np.float64)
    d = d[np.isfinite(d)].round(12)
    p = wilcoxon(d)
    return Paired(
        mean(d), _bca(d), p, least_p(d.size), min(1.0, p * comparisons), comparisons,
        pairs_for_any(comparisons), pairs_for(d, comparisons),
    )  # fmt: skip


def family(differences: Mapping[str, ArrayLike]) -> dict[str, Paired]:
    """Several comparisons made together, their p corrected by Holm (1979)."""
    found = {name: paired_test(d, len(differences)) for name, d in differences.items()}
    adjusted = holm([each.p for each in found.values()])
    return {
        name: Paired(**{**vars(each), "adjusted": float(a)})
        for (name, each), a in zip(found.items(), adjusted, strict=True)
    }


def wilcoxon(differences: Values) -> float:
    """Exact two-sided p of the signed-rank test (Demsar 2006); 1 where no pair differs."""
    from scipy import stats  # takes most of a second

    d = differences[differences != 0]
    return float(stats.wilcoxon(d).pvalue) if d.size else 1.0


def least_p(pairs: int) -> float:
    """The smallest two-sided p that a signed-rank test of so many pairs can give: 0.25 for three, 0.03125 for six."""
    return min(1.0, 2.0 ** (1 - pairs)) if pairs else 1.0


def pairs_for_any(comparisons: int = 1) -> int:
    """How many pairs it takes before any outcome falls below 5 %, corrected for so many comparisons."""
    return next(n for n in range(1, 64) if least_p(n) * comparisons < ALPHA)


def pairs_for(differences: Values, comparisons: int = 1) -> int | None:
    """About how many pairs would show a difference as large as this mean with 80 % power; None: above 1000.

    From the power of the paired t-test (noncentral t), over 0.955, the efficiency of the signed-rank test. With few
    pairs the spread itself is a rough guess, and so is this.
    """
    from scipy import stats  # takes most of a second

    least = pairs_for_any(comparisons)
    spread = float(differences.std(ddof=1)) if differences.size > 1 else float("nan")
    size = abs(float(differences.mean())) if differences.size else 0.0
    if size == 0 or not np.isfinite(spread):
        return None
    if spread == 0:
        return least
    n = np.arange(2, MOST_SEEDS)
    edge = stats.t.ppf(1 - ALPHA / comparisons / 2, n - 1)
    enough = np.flatnonzero(stats.nct.sf(edge, n - 1, size / spread * np.sqrt(n)) >= POWER)
    return max(least, int(np.ceil(n[enough[0]] / 0.955))) if enough.size else None


def mcnemar(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Exact p for two networks right (True) or wrong on the same test series (McNemar 1947); NaN where none differs.

    It is about two given networks and independent series, not about two methods.
    """
    from scipy import stats  # takes most of a second

    first, second = int((one & ~other).sum()), int((other & ~one).sum())
    return float(stats.binomtest(first, first + second).pvalue) if first + second else float("nan")


def corrected_t(differences: ArrayLike, train: int, test: int) -> float:
    """Two-sided p over random re-splits of one data set, whose training sets overlap (Nadeau & Bengio 2003).

    t = mean(d) / sqrt((1/J + n_test / n_train) s^2) with J - 1 degrees of freedom; NaN below two splits.
    """
    from scipy import stats  # takes most of a second

    d = np.asarray(differences, np.float64)
    if d.size < 2:
        return float("nan")
    spread = float(np.sqrt((1 / d.size + test / train) * d.var(ddof=1)))
    if spread == 0:
        return 1.0 if d.mean() == 0 else 0.0
    return float(2 * stats.t.sf(abs(float(d.mean())) / spread, d.size - 1))


def _bca(d: Values) -> tuple[float, float]:
    from scipy import stats  # takes most of a second

    if d.size < 6:
        return float("nan"), float("nan")
    if np.ptp(d) == 0:
        return float(d[0]), float(d[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap((d,), np.mean, method="BCa", rng=np.random.default_rng(0)).confidence_interval
    return float(found.low), float(found.high)


def refuse_few(what: str, have: int, need: int) -> None:
    """Raise UserError where there are too few of something for a test."""
    if have < need:
        raise UserError(f"This needs at least {need} {what}, and there are {have}.")
