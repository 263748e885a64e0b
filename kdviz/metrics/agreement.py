"""Does the student look where the teacher looks, and would it have done so anyway? NumPy only.

A likeness of maps means little alone: maps of different series of one class are alike as well (chance), and so are
the maps of a student that no teacher taught (control). Both stand beside every number here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.intervals import Interval, interval
from kdviz.metrics.similarity import similarity_measure
from kdviz.metrics.similarity_measure import Prepared, SimilarityMeasure

Each = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Chance:
    """What pairing each student map with teacher maps of *other* series of its class gives.

    each      (N,) mean over those pairs; NaN for a series that is alone in its class
    observed  mean of the true pairs, over the series that are not alone
    null      (draws,) the same mean for re-pairings within the class, the true one among them by lot
    exact     whether every pair was counted, rather than a seeded draw of them
    """

    each: Each
    observed: float
    null: Each
    exact: bool


@dataclass(frozen=True)
class Agreement:
    """One measure between student and teacher with all that it must be read beside.

    each       (N,) the measure per series, NaN where a map has nothing to compare
    chance     (N,) the same with the teacher's maps of other series of the class
    control    (N,) the same for a student of the same seed and budget without a teacher, if there is one
    above      (match - chance) / (best - chance), pooled: 0 is the class's habit, 1 the teacher's own map
    specific   match - chance, turned so that more is better: the instance-specific score
    transfer   (match - control) / (best - control), pooled (ETS): 0 none, 1 full, below 0 away from the teacher
    p          permutation p-value of `match` against re-pairings within the class, one-sided
    undefined  series without a value; `alone` have no other series of their class
    """

    measure: str
    each: Each
    chance: Each
    match: Interval
    by_chance: Interval
    above: Interval
    specific: Interval
    p: float
    exact: bool
    undefined: int
    alone: int
    control: Each | None = None
    by_control: Interval | None = None
    transfer: Interval | None = None

    def plain(self) -> dict[str, Any]:
        """Names, numbers and None for JSON, without the per-series arrays."""
        dropped = ("each", "chance", "control")
        said = {name: value for name, value in asdict(self).items() if name not in dropped}
        return {name: _finite(value) for name, value in said.items()}


def agree(
    measure: str,
    student: NDArray[np.floating[Any]],
    teacher: NDArray[np.floating[Any]],
    classes: Labels,
    control: NDArray[np.floating[Any]] | None = None,
    groups: NDArray[np.str_] | None = None,
    rounds: int = 99,
    seed: int = 0,
) -> Agreement:
    """Measure maps (N, T) or (N, H, W) of a whole test set with chance, control and bootstrap intervals.

    classes are the labels (N,); groups (N,) the subjects, if known. Raises UserError for an unknown measure or shapes
    that do not match.
    """
    how = similarity_measure(measure)
    one, other = how.ready(student), how.ready(teacher, np.shape(student))
    if len(classes) != len(one):
        raise UserError(f"{len(one)} maps came with {len(classes)} labels: give one label for each map.")
    each, by_chance = how.compare(one, other), chance(how, one, other, classes, rounds, seed)
    beside = None if control is None else how.compare(how.ready(control, np.shape(student)), other)
    sign = 1.0 if how.higher_is_better else -1.0

    def told(values: Each, room: Each | None = None) -> Interval:
        return interval(values, groups, room, seed=seed)

    return Agreement(
        measure=measure,
        each=each,
        chance=by_chance.each,
        match=told(each),
        by_chance=told(by_chance.each),
        above=told(each - by_chance.each, how.best - by_chance.each),
        specific=told(sign * (each - by_chance.each)),
        p=p_value(how, by_chance),
        exact=by_chance.exact,
        undefined=int(np.isnan(each).sum()),
        alone=int(np.isnan(by_chance.each[~np.isnan(each)]).sum()),
        control=beside,
        by_control=None if beside is None else told(beside),
        transfer=None if beside is None else told(each - beside, how.best - beside),
    )


def chance(
    how: SimilarityMeasure, student: Prepared, teacher: Prepared, classes: Labels, rounds: int = 99, seed: int = 0
) -> Chance:
    """Compare *prepared* maps with those of other series of the class.

    The members of a class stand in a seeded circle; each turn hands every one another's map. All turns are taken, or
    `rounds` drawn ones where a class is larger.
    """
    rng = np.random.default_rng(seed)
    each, sums, counts, exact = np.full(len(student), np.nan), [], [], True
    for label in np.unique(classes):
        circle = rng.permutation(np.flatnonzero(classes == label))
        if circle.size < 2:
            continue
        turns = (0, *rng.permutation(np.arange(1, circle.size))[:rounds])
        found = np.stack([how.compare(student[circle], teacher[np.roll(circle, turn)]) for turn in turns])
        exact = exact and len(turns) == circle.size
        sums.append(np.nansum(found, 1))
        counts.append(np.isfinite(found).sum(1))
        each[circle] = _ratio(np.nansum(found[1:], 0), np.isfinite(found[1:]).sum(0))
    if not sums:
        return Chance(each, float("nan"), np.zeros(0), True)
    observed = _ratio(np.array(sum(s[0] for s in sums)), np.array(sum(c[0] for c in counts)))
    return Chance(each, float(observed), _null(sums, counts, rng), exact)


def _null(sums: list[Each], counts: list[Labels], rng: np.random.Generator, draws: int = 999) -> Each:
    picks = [rng.integers(0, len(s), draws) for s in sums]
    top = np.sum([s[pick] for s, pick in zip(sums, picks, strict=True)], 0)
    return _ratio(top, np.sum([c[pick] for c, pick in zip(counts, picks, strict=True)], 0))


def p_value(how: SimilarityMeasure, by_chance: Chance) -> float:
    """The share of re-pairings, the true one included, that match at least as well; NaN where there are none.

    It asks whether maps belong to their own series rather than to any of the class, and of these series only:
    windows of one subject are not independent, so read it beside the interval over subjects.
    """
    null = by_chance.null[np.isfinite(by_chance.null)]
    if not null.size or not np.isfinite(by_chance.observed):
        return float("nan")
    gain = (null - by_chance.observed) * (1.0 if how.higher_is_better else -1.0)
    return float((1 + (gain >= -1e-12).sum()) / (1 + null.size))


def _ratio(top: Each, bottom: NDArray[Any]) -> Each:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=np.asarray(bottom) > 0))


def _finite(value: Any) -> Any:
    """NaN and infinity as None, which JSON can say."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value
