"""Is a map true to its network? Delete or insert what it marks, on the raw signal, and see how the answer moves.

Every modality is recomputed from the changed signal, so that all networks are asked the same question. NumPy only:
how series are seen and judged is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.intervals import interval
from kdviz.metrics.perturbations import BASELINES, Series, _noise, replaced

Each = NDArray[np.float64]
V = TypeVar("V")
ROWS = 512


@dataclass(frozen=True)
class Faithfulness:
    """The probability of the class as segments go (deletion) or come (insertion), most marked first.

    shares     (S + 1,) the share of segments deleted, or inserted, 0..1
    deletion   (N, S + 1): falls early where the map is faithful
    insertion  (N, S + 1): rises early where the map is faithful
    random     (N, R, S + 1) deletion in random orders: what any map would give
    """

    baseline: str
    shares: Each
    deletion: Each
    insertion: Each
    random: Each

    @property
    def deletion_auc(self) -> Each:
        """(N,) area under deletion, 0..1; lower is more faithful."""
        return _area(self.deletion)

    @property
    def insertion_auc(self) -> Each:
        """(N,) area under insertion, 0..1; higher is more faithful."""
        return _area(self.insertion)

    @property
    def random_auc(self) -> Each:
        """(N,) mean area under random orders; the same line for both, since inserting is deleting backwards."""
        return np.asarray(_area(self.random).mean(1))

    def comprehensiveness(self, share: float = 0.2) -> Each:
        """(N,) how far the probability falls without the top `share` (DeYoung et al. 2020); higher is better."""
        return np.asarray(self.deletion[:, 0] - self.deletion[:, self._at(share)])

    def sufficiency(self, share: float = 0.2) -> Each:
        """(N,) how far it falls with the top `share` alone (DeYoung et al. 2020); lower is better."""
        return np.asarray(self.deletion[:, 0] - self.insertion[:, self._at(share)])

    def of(self, series: NDArray[Any]) -> Faithfulness:
        """The same of some series only, by index or mask."""
        return Faithfulness(
            self.baseline, self.shares, self.deletion[series], self.insertion[series], self.random[series]
        )

    def verdict(self, groups: NDArray[np.str_] | None = None) -> bool | None:
        """Whether both curves beat random orders, by intervals over series or subjects; None where there are too few.

        False says that this was not shown, never that the map is wrong.
        """
        gains = (self.random_auc - self.deletion_auc, self.insertion_auc - self.random_auc)
        low = [interval(gain, groups).low for gain in gains]
        return None if not np.isfinite(low).all() else bool(min(low) > 0)

    def _at(self, share: float) -> int:
        return int(np.abs(self.shares - share).argmin())


def faithfulness(
    see: Callable[[Series], V],
    predict: Callable[[V], NDArray[np.floating[Any]]],
    series: Series,
    maps: NDArray[np.floating[Any]],
    target: NDArray[np.integer[Any]],
    baseline: str = "mean",
    segments: int = 20,
    orders: int = 5,
    seed: int = 0,
) -> Faithfulness:
    """Delete and insert the segments of series (N, C, T) in the order of maps (N, T) for classes target (N,).

    see      series (M, C, T) -> what `predict` takes;  predict -> logits (M, classes)
    orders   random orders of the control. Tied segments are ordered by lot, so a constant map equals the control.
    Raises UserError for an unknown baseline or maps that do not lie on the series' time axis.
    """
    n, _, length = series.shape
    if baseline not in BASELINES:
        raise UserError(f"There is no baseline {baseline[:40]!r}. Choose one of: {', '.join(BASELINES)}.")
    if np.shape(maps) != (n, length):
        raise UserError(
            f"The maps have the shape {np.shape(maps)}; on the time axis of these series it is {(n, length)}."
        )
    rng = np.random.default_rng(seed)
    pieces = np.arange(length) * min(segments, length) // length
    many = int(pieces[-1]) + 1
    ranks = np.stack(
        [_ranks(_marked(maps, pieces), rng), *(_ranks(np.zeros((n, many)), rng) for _ in range(orders))], 1
    )
    away = np.concatenate([_deleted(ranks), ~_deleted(ranks[:, :1])], 1)[..., pieces]
    fill = _noise(series, rng) if baseline == "noise" else series
    parts = [
        _curves(see, predict, series[s], away[s], target[s], baseline, fill[s])
        for s in _chunks(n, away[0, ..., 0].size)
    ]
    curves = np.concatenate(parts)
    return Faithfulness(baseline, np.linspace(0, 1, many + 1), curves[:, 0], curves[:, -1], curves[:, 1:-1])


def by_class(found: Faithfulness, target: NDArray[np.integer[Any]]) -> dict[int, Faithfulness]:
    """The curves of the series of each class target (N,): a pooled curve can hide a class whose maps are false.

    One filling can suit one class and not another (a flat line is a likely member of a quiet class), so classes are
    to be read beside the pool: Baer et al. 2025.
    """
    return {int(label): found.of(target == label) for label in np.unique(target)}


def by_filling(
    see: Callable[[Series], V],
    predict: Callable[[V], NDArray[np.floating[Any]]],
    series: Series,
    maps: NDArray[np.floating[Any]],
    target: NDArray[np.integer[Any]],
    fillings: Sequence[str] = tuple(BASELINES),
    segments: int = 20,
    orders: int = 5,
    seed: int = 0,
) -> dict[str, Faithfulness]:
    """`faithfulness` with each filling of what is deleted, in the same random orders: the filling alone can turn it."""
    return {each: faithfulness(see, predict, series, maps, target, each, segments, orders, seed) for each in fillings}


def fillings_agree(verdicts: Mapping[str, bool | None]) -> str:
    """A sentence on whether the verdict hangs on the filling."""
    known = {name: said for name, said in verdicts.items() if said is not None}
    if not known:
        return "There are too few series for a verdict under any filling."
    held = [name for name, said in known.items() if said]
    if len(held) == len(known):
        return f"The map beats random orders under every filling ({', '.join(known)})."
    if not held:
        return f"The map was not shown to beat random orders under any filling ({', '.join(known)})."
    rest = [name for name in known if name not in held]
    return (
        f"The verdict hangs on the filling: the map beats random orders with {', '.join(held)}, and not with "
        f"{', '.join(rest)}. Say no more of it than that."
    )


def _marked(maps: NDArray[np.floating[Any]], pieces: NDArray[np.int64]) -> Each:
    """The mean of each map (N, T) over each segment: (N, S)."""
    starts = np.flatnonzero(np.diff(pieces, prepend=-1))
    return np.asarray(np.add.reduceat(np.asarray(maps, np.float64), starts, axis=1) / np.bincount(pieces))


def _ranks(marks: Each, rng: np.random.Generator) -> NDArray[np.int64]:
    """The turn of each segment (N, S): 0 for the most marked."""
    order = np.lexsort((rng.random(marks.shape), -marks))
    return np.argsort(order, axis=1)


def _deleted(ranks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N, R, S + 1, S): whether a segment is gone after so many turns."""
    return np.asarray(ranks[:, :, None] < np.arange(ranks.shape[2] + 1)[:, None])


def _curves(
    see: Callable[[Series], V],
    predict: Callable[[V], NDArray[np.floating[Any]]],
    series: Series,
    away: NDArray[np.bool_],
    target: NDArray[np.integer[Any]],
    baseline: str,
    fill: Series,
) -> Each:
    """The class's probability (n, curves, S + 1) for series (n, C, T) with `away` (n, curves, S + 1, T) replaced."""
    n, curves, turns, length = away.shape
    rows, gone = np.repeat(np.arange(n), curves * turns), away.reshape(-1, length)
    logits = np.asarray(predict(see(replaced(series[rows], gone, baseline, fill[rows]))), np.float64)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray((odds[np.arange(len(rows)), target[rows]] / odds.sum(1)).reshape(n, curves, turns))


def _chunks(n: int, rows: int) -> Iterator[slice]:
    step = max(1, ROWS // max(rows, 1))
    return (slice(start, start + step) for start in range(0, n, step))


def _area(curves: Each) -> Each:
    """Trapezoids over 0..1, written out: NumPy 1 calls the function otherwise than NumPy 2."""
    return np.asarray((1 / (curves.shape[-1] - 1) * (curves[..., 1:] + curves[..., :-1]) / 2.0).sum(-1))
