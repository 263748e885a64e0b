"""What maps of *other* series of the class would agree, and how often chance does as well as the true pairing.

Where subjects (or recordings) are known, series meet those of other subjects only, and whole subjects change places:
windows of one are near-equal, and a null that mixed them would be narrower than what is held against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.similarity_measure import Prepared, SimilarityMeasure

Each = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Chance:
    """What pairing each student map with teacher maps of *other* series of its class gives.

    each      (N,) mean over those pairs; NaN for a series that is alone in its class, or whose subject is
    observed  mean of the true pairs, over the series that are not alone
    null      (draws,) the same mean for re-pairings within the class, the true one among them by lot; whole groups
              change places where they are known, since their windows are not independent
    exact     whether every pair was counted, rather than a seeded draw of them
    """

    each: Each
    observed: float
    null: Each
    exact: bool


@dataclass(frozen=True, eq=False)
class _Circle:
    """A class's groups in a seeded circle, and what every turn of it gives.

    names      (G,) the groups' numbers, in the circle's order; every series is a group of its own where none are known
    turns      the places that a turn moves each group's partner by; the first is 0, the true pairing
    sums       (turns, G) the measure, summed over the series of each group; counts, how many of them have a value
    """

    names: NDArray[np.int64]
    turns: tuple[int, ...]
    sums: Each
    counts: Each

    @property
    def whole(self) -> bool:
        """Whether every group met every other."""
        return len(self.turns) == self.names.size


def chance(
    how: SimilarityMeasure, student: Prepared, teacher: Prepared, classes: Labels, rounds: int = 99, seed: int = 0,
    groups: NDArray[np.str_] | None = None,
) -> Chance:  # fmt: skip
    """Compare *prepared* maps with those of other series of the class; of other groups where `groups` (N,) are known.

    The groups of a class stand in a seeded circle; each turn hands every series a map of another group. All turns are
    taken, or `rounds` drawn ones where there are more groups.
    """
    rng = np.random.default_rng(seed)
    codes = np.arange(len(student)) if groups is None else np.unique(groups, return_inverse=True)[1]
    each, circles = np.full(len(student), np.nan), list[_Circle]()
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        if np.unique(codes[members]).size < 2:
            continue
        order, partners, names, turns = _turned(members, codes, rounds, rng)
        found = np.stack([how.compare(student[order], teacher[other]) for other in partners])
        each[order] = _ratio(np.nansum(found[1:], 0), np.isfinite(found[1:]).sum(0))
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        sums, counts = (np.add.reduceat(part, starts, axis=1) for part in (np.nan_to_num(found), np.isfinite(found)))
        circles.append(_Circle(names, turns, sums, counts.astype(np.float64)))
    if not circles:
        return Chance(each, float("nan"), np.zeros(0), True)
    observed = _ratio(
        np.array(sum(c.sums[0].sum() for c in circles)), np.array(sum(c.counts[0].sum() for c in circles))
    )
    null = _null(circles, rng) if groups is None else _null_of_groups(circles, rng)
    return Chance(each, float(observed), null, all(c.whole for c in circles))


def _turned(
    members: Labels, codes: NDArray[np.int64], rounds: int, rng: np.random.Generator
) -> tuple[Labels, list[Labels], NDArray[np.int64], tuple[int, ...]]:
    """Series (n,) group by group, the partner of each by turn, the groups' numbers, and the turns taken.

    A series meets one of the other group, the next one of its own group the next: near-equal windows stay together,
    as they are in the true pairing, or the null would be narrower than what it is held against.
    """
    _, first, inverse = np.unique(codes[members], return_index=True, return_inverse=True)
    place = np.argsort(np.argsort(first))[inverse]
    sort = np.argsort(place, kind="stable")
    order, block = members[sort], place[sort]
    sizes = np.bincount(block)
    starts = np.cumsum(sizes) - sizes
    within, many = np.arange(order.size) - starts[block], sizes.size
    turns = (0, *map(int, rng.permutation(np.arange(1, many))[:rounds]))
    goals = [(block - turn) % many for turn in turns]
    return order, [order[starts[goal] + within % sizes[goal]] for goal in goals], codes[order[starts]], turns


def _null(circles: list[_Circle], rng: np.random.Generator, draws: int = 999) -> Each:
    picks = [rng.integers(0, len(c.turns), draws) for c in circles]
    return _mean([(c.sums[pick], c.counts[pick]) for c, pick in zip(circles, picks, strict=True)])


def _null_of_groups(circles: list[_Circle], rng: np.random.Generator, draws: int = 999) -> Each:
    """Groups change places as wholes, and in all their classes alike: a subject's habits are the same in each."""
    parts = []
    for linked in _linked(circles):
        names = np.unique(np.concatenate([c.names for c in linked]))
        to = rng.permuted(np.tile(np.arange(names.size), (draws, 1)), axis=1)
        rows = rng.integers(0, max(len(c.turns) for c in linked), draws)
        whole = all(c.whole for c in linked)
        parts += [_moved(c, names, to) if whole else _at_row(c, rows) for c in linked]
    return _mean(parts)


def _linked(circles: list[_Circle]) -> list[list[_Circle]]:
    """Classes that share groups, together."""
    found: list[list[_Circle]] = []
    for circle in circles:
        shared = [any(np.isin(c.names, circle.names).any() for c in part) for part in found]
        mine = [c for part, here in zip(found, shared, strict=True) if here for c in part]
        found = [*(part for part, here in zip(found, shared, strict=True) if not here), [*mine, circle]]
    return found


def _moved(circle: _Circle, names: NDArray[np.int64], to: NDArray[np.int64]) -> tuple[Each, Each]:
    """Sums and counts (draws, G) where group i of `names` has the place of group to[:, i]; one that keeps its place
    keeps its true pairing, and one whose new place has no series of the class sits out: handed on to the next instead,
    classes would be re-paired apart, and p <= 0.05 came in 6.2 % of worlds in which subjects only had their habits."""
    place = np.full(names.size, -1)
    mine = np.searchsorted(names, circle.names)
    place[mine] = np.arange(mine.size)
    goal = place[to[:, mine]]
    row = np.argsort(circle.turns)[(np.arange(mine.size) - goal) % mine.size]
    sums, counts = (np.where(goal < 0, 0.0, each[row, np.arange(mine.size)]) for each in (circle.sums, circle.counts))
    return sums, counts


def _at_row(circle: _Circle, rows: NDArray[np.int64]) -> tuple[Each, Each]:
    row = np.where(rows > 0, (rows - 1) % (len(circle.turns) - 1) + 1, 0)
    return circle.sums[row], circle.counts[row]


def _mean(parts: list[tuple[Each, Each]]) -> Each:
    return _ratio(np.sum([top.sum(1) for top, _ in parts], 0), np.sum([count.sum(1) for _, count in parts], 0))


def p_value(how: SimilarityMeasure, by_chance: Chance) -> float:
    """The share of re-pairings, the true one included, that match at least as well; NaN where there are none.

    It asks whether maps belong to their own series (their own subject, where subjects are known) rather than to any of
    the class, and of these series only: read it beside the interval.
    """
    null = by_chance.null[np.isfinite(by_chance.null)]
    if not null.size or not np.isfinite(by_chance.observed):
        return float("nan")
    gain = (null - by_chance.observed) * (1.0 if how.higher_is_better else -1.0)
    return float((1 + (gain >= -1e-12).sum()) / (1 + null.size))


def holm(p: Sequence[float], of: int | None = None) -> Each:
    """p values corrected for all of them together (Holm 1979), in their order; NaN where one is.

    `of` says of how many comparisons these are some; those unseen are taken to be smaller, which is the safe side.
    """
    found = np.asarray(p, np.float64)
    known = np.flatnonzero(np.isfinite(found))
    order = known[np.argsort(found[known], kind="stable")]
    most = max(of or 0, known.size)
    out = np.full(found.shape, np.nan)
    out[order] = np.minimum(np.maximum.accumulate(found[order] * np.arange(most, most - known.size, -1)), 1.0)
    return out


def _ratio(top: Each, bottom: NDArray[Any]) -> Each:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.asarray(bottom) > 0))
