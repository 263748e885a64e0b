"""How well a score finds marked stretches, and what makes one score of many windows: NumPy alone, no labels but here.

Measures: VUS (Paparrizos et al. 2022; arXiv 2502.13318), average precision, AUC-ROC, the UCR archive's rule. Scores:
windows laid on time, z by a normal stretch, their mean. All inputs (T,) unless said; marks are 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError

Floats = NDArray[np.floating[Any]]
Marks = NDArray[np.integer[Any]]
Places = NDArray[np.int64]

THRESHOLDS = 250
NEAR = 100
SHORTEST, SHORTEST_PERIOD, LONGEST_PERIOD, LEAST_LIKENESS = 48, 4, 400, 0.2
USUAL_WINDOW, WINDOWS = 128, (32, 256)
QUANTILES, STILL = 200, 1e-12


def ranges(marks: Marks) -> list[tuple[int, int]]:
    """The marked stretches as (first, last) sample, both inside."""
    edge = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(marks) > 0, [0]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in edge.reshape(-1, 2)]


def refuse_one_sided(marks: Marks) -> None:
    """Raises UserError where all samples are marked, or none: there is nothing to tell apart."""
    found = int(np.count_nonzero(marks))
    if not 0 < found < len(marks):
        what = "No sample" if not found else "Every sample"
        raise UserError(f"{what} of the tested part is marked, so nothing can be measured. Give other marks.")


def _steps(marks: Marks, score: Floats) -> tuple[Floats, Floats]:
    """Hits and false alarms at each distinct score, from the highest down."""
    refuse_one_sided(marks)
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(np.asarray(marks)[order] > 0)[last].astype(np.float64)
    return hits, last + 1 - hits


def auc_roc(marks: Marks, score: Floats) -> float:
    """The area under the ROC curve; ties count half. Raises UserError where only one side is there."""
    hits, false = _steps(marks, score)
    up, along = np.append(0, hits) / hits[-1], np.append(0, false) / false[-1]
    return float((np.diff(along) * (up[1:] + up[:-1]) / 2.0).sum())  # NumPy 1 calls it otherwise than NumPy 2


def auc_pr(marks: Marks, score: Floats) -> float:
    """Average precision: precision at each step of recall. Raises UserError where only one side is there."""
    hits, false = _steps(marks, score)
    return float(np.dot(np.diff(np.append(0, hits)) / hits[-1], hits / (hits + false)))


def buffered(marks: Marks, window: int) -> Floats:
    """Marks with buffers of window // 2 samples on both sides, weighted sqrt(1 - distance / window)."""
    out = (np.asarray(marks) > 0).astype(np.float64)
    size = len(out)
    for first, last in ranges(marks):
        after = np.arange(last + 1, min(last + window // 2 + 1, size))
        out[after] += np.sqrt(1 - (after - last) / max(window, 1))
        before = np.arange(max(first - window // 2, 0), first)
        out[before] += np.sqrt(1 - (first - before) / max(window, 1))
    return np.minimum(out, 1)


def _joined(found: Sequence[tuple[int, int]], reach: int, size: int) -> list[tuple[int, int]]:
    """Marked stretches grown by `reach` on both sides; those that meet are one."""
    starts, ends = [max(found[0][0] - reach, 0)], []
    for (_, end), (start, _) in pairwise(found):
        if end + reach < start - reach:
            ends.append(end + reach)
            starts.append(start - reach)
    ends.append(min(found[-1][1] + reach, size - 1))
    return list(zip(starts, ends, strict=True))


@dataclass(frozen=True)
class Volumes:
    """Volumes under the ROC and the precision-recall surface."""

    roc: float
    pr: float


def vus(marks: Marks, score: Floats, window: int, thresholds: int = THRESHOLDS) -> Volumes:
    """Mean range-AUC over buffers of 0..window samples, at thresholds of equal ranks, by cumulative sums.

    As the reference of Paparrizos et al.: recall is min(TP / ((P + P_w) / 2), 1) times the share of anomalies touched,
    P_w the weight of marks with the buffers found so far. Raises UserError where only one side is there.
    """
    refuse_one_sided(marks)
    score = np.asarray(score, np.float64)
    size, found, truth = len(score), ranges(marks), np.asarray(marks) > 0
    at = np.linspace(0, size - 1, thresholds).astype(np.int64)
    levels = np.sort(score)[::-1][at]
    rank = np.searchsorted(-levels, -score)  # the first threshold that a sample reaches
    alarms = np.cumsum(np.bincount(rank, minlength=thresholds + 1)[:thresholds]).astype(np.float64)
    near = np.zeros(size, bool)
    for a, b in _joined(found, window // 2, size):
        near[a : b + 1] = True
    places = np.flatnonzero(near)
    own, positives = truth[places], float(truth.sum())
    areas = np.empty((window + 1, 2))
    for width in range(window + 1):
        weights = buffered(marks, width)[places]
        hits = np.cumsum(np.bincount(rank[places], weights, thresholds + 1)[:thresholds])
        around = np.cumsum(np.bincount(rank[places], np.where(own, 0, weights), thresholds + 1)[:thresholds])
        first = np.array([rank[a : b + 1].min() for a, b in _joined(found, width // 2, size)])
        touched = (first[None] <= np.arange(thresholds)[:, None]).mean(1)
        expected = (positives + positives + around) / 2
        recall = np.minimum(hits / expected, 1) * touched
        false = (alarms - hits) / (size - expected)
        precision = hits / alarms
        x, y = np.concatenate([[0], false, [1]]), np.concatenate([[0], recall, [1]])
        areas[width] = np.dot(np.diff(x), (y[1:] + y[:-1]) / 2), np.dot(np.diff(y[:-1]), precision)
    roc, pr = areas.mean(0)
    return Volumes(float(roc), float(pr))


def ucr(marks: Marks, score: Floats, wide: bool = False) -> bool:
    """Whether the highest score lies within a marked stretch and 100 samples around it.

    wide    around it max(its length, 100) samples: the archive's own rule. Either is meant for one anomaly alone
    """
    top = int(np.argmax(score))
    reach = [(a, b, max(b - a + 1, NEAR) if wide else NEAR) for a, b in ranges(marks)]
    return any(a - around <= top <= b + around for a, b, around in reach)


def best_f1(marks: Marks, score: Floats, adjusted: bool = False) -> float:
    """The best F1 over 200 quantiles of the score: an oracle, for the threshold was chosen by the marks.

    adjusted    one hit counts for its whole stretch (point adjustment): a random score does well, so nothing is ranked
                by it (Kim et al., AAAI 2022)
    """
    refuse_one_sided(marks)
    truth, found, best = np.asarray(marks) > 0, ranges(marks), 0.0
    for level in np.quantile(score, np.linspace(0, 1, QUANTILES)):
        said = score >= level
        if adjusted:
            said = said.copy()
            for a, b in found:
                said[a : b + 1] |= said[a : b + 1].any()
        hits = float((said & truth).sum())
        best = max(best, 2 * hits / float(said.sum() + truth.sum()))
    return best


def measured(marks: Marks, score: Floats, window: int) -> dict[str, float | bool | None]:
    """Every measure of a score on the tested part; `ucr` and `ucr_wide` are None unless one stretch is marked.

    Raises UserError where only one side is there.
    """
    volumes, alone = vus(marks, score, window), len(ranges(marks)) == 1
    return {
        "vus_pr": volumes.pr, "vus_roc": volumes.roc, "auc_pr": auc_pr(marks, score), "auc_roc": auc_roc(marks, score),
        "ucr": ucr(marks, score) if alone else None, "ucr_wide": ucr(marks, score, wide=True) if alone else None,
    }  # fmt: skip


def taper(window: int) -> Floats:
    """How much each sample of a window (W,) counts: 0.05 + sin^2, for the edges of a convolution lie."""
    return np.asarray(0.05 + np.sin(np.pi * (np.arange(window) + 0.5) / window) ** 2)


@dataclass
class TimeScore:
    """Window maps laid on time a batch at a time: the tapered mean over the windows that cover a sample."""

    total: Floats
    weight: Floats

    @classmethod
    def of(cls, length: int) -> TimeScore:
        """Nothing yet, for `length` samples."""
        return cls(np.zeros(length), np.zeros(length))

    def add(self, values: Floats, starts: Places) -> None:
        """Maps (N, W) of the windows that begin at starts (N,)."""
        shape = taper(values.shape[1])
        first, size = int(starts.min()), int(starts.max() - starts.min()) + values.shape[1]
        where = (starts[:, None] - first + np.arange(values.shape[1])).ravel()
        part = slice(first, first + size)
        self.total[part] += np.bincount(where, (values * shape).ravel(), size)
        self.weight[part] += np.bincount(where, np.broadcast_to(shape, values.shape).ravel(), size)

    @property
    def score(self) -> Floats:
        """(T,); what no window covers has the score of its nearest neighbour that one does."""
        there = self.weight > 0
        out = np.divide(self.total, self.weight, out=np.zeros_like(self.total), where=there)
        if there.any() and not there.all():
            known = np.flatnonzero(there)
            out[~there] = np.interp(np.flatnonzero(~there), known, out[known])
        return out


def windows_to_time(values: Floats, starts: Places, length: int) -> Floats:
    """Window maps (N, W) that begin at starts (N,) as one score (length,)."""
    found = TimeScore.of(length)
    found.add(values, starts)
    return found.score


def standardised(score: Floats, normal: Places | slice) -> tuple[Floats, float, float]:
    """z of a score by mean and (population) spread of its normal part, and both; a spread of 0, but for rounding,
    counts as 1."""
    mean, spread = float(np.mean(score[normal])), float(np.std(score[normal]))
    return (score - mean) / (spread if spread > STILL * abs(mean) else 1.0), mean, spread


def fused(scores: Mapping[str, Floats]) -> Floats:
    """The mean of z scores by view: the maximum does worse on the recordings that this was measured on."""
    return np.asarray(np.mean(np.stack(list(scores.values())), 0))


def threshold_of(score: Floats, normal: Places | slice, quantile: float = 1.0, margin: float = 0.0) -> float:
    """A quantile of the normal part, and `margin` times (its maximum - its median) above it."""
    part = score[normal]
    return float(np.quantile(part, quantile) + margin * (part.max() - np.median(part)))


def autocorrelation(series: Floats, most: int = LONGEST_PERIOD) -> Floats:
    """Autocorrelation at lags 0..most of a series, by FFT; all 0 where it never moves."""
    centred = np.asarray(series, np.float64) - np.mean(series)
    size = len(centred)
    power = np.abs(np.fft.rfft(centred, 2 * size)) ** 2
    found = np.fft.irfft(power)[: min(most + 1, size)]
    return np.asarray(found / found[0] if found[0] > 0 else np.zeros_like(found))


def period(series: Floats) -> int:
    """The lag of the highest local maximum of the autocorrelation in 4..400 that is 0.2 or more; 0 where none is."""
    found = autocorrelation(series, LONGEST_PERIOD + 1)
    lags = np.arange(SHORTEST_PERIOD, min(LONGEST_PERIOD, len(found) - 2) + 1)
    if not lags.size:
        return 0
    top = lags[(found[lags] >= found[lags - 1]) & (found[lags] >= found[lags + 1]) & (found[lags] >= LEAST_LIKENESS)]
    return int(top[np.argmax(found[top])]) if top.size else 0


def window_of(found: int) -> int:
    """The window for a period: its smallest multiple of 48 samples or more, a multiple of 8 in 32..256; 128 for 0."""
    if not found:
        return USUAL_WINDOW
    whole = found * -(-SHORTEST // found)
    return int(np.clip(8 * round(whole / 8), *WINDOWS))
