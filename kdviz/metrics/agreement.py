"""Does the student look where the teacher looks, and would it have done so anyway? NumPy only.

A likeness of maps means little alone: maps of different series of one class are alike as well (chance), and so are
the maps of a student that no teacher taught (control). Both stand beside every number here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.chance import chance, p_value
from kdviz.metrics.intervals import Estimate, Interval, finite_or_none, interval
from kdviz.metrics.similarity import similarity_measure

Each = NDArray[np.float64]
Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Agreement:
    """One measure between student and teacher with all that it must be read beside.

    each       (N,) the measure per series, NaN where a map has nothing to compare
    chance     (N,) the same with the teacher's maps of other series of the class
    control    (N,) the same for a student of the same seed and budget without a teacher, if there is one
    above      (match - chance) / (best - chance), pooled: 0 is the class's habit, 1 the teacher's own map
    specific   match - chance, turned so that more is better: the instance-specific score
    transfer   (match - control) / (best - control), pooled (ETS): 0 none, 1 full, below 0 away from the teacher
    p          permutation p-value of `match` against re-pairings within the class (of other subjects), one-sided
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

    def summary(self) -> AgreementSummary:
        """The numbers over all series, without those of each; None for what is unknown."""
        return AgreementSummary(
            self.measure,
            self.match.known(),
            self.by_chance.known(),
            self.above.known(),
            self.specific.known(),
            finite_or_none(self.p),
            self.exact,
            self.undefined,
            self.alone,
            None if self.by_control is None else self.by_control.known(),
            None if self.transfer is None else self.transfer.known(),
        )


@dataclass(frozen=True)
class AgreementSummary:
    """An Agreement over all series; fields are named as there."""

    measure: str
    match: Estimate
    by_chance: Estimate
    above: Estimate
    specific: Estimate
    p: float | None
    exact: bool
    undefined: int
    alone: int
    by_control: Estimate | None
    transfer: Estimate | None


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
    """Measure maps (N, T) or (N, H, W) of a whole test set with chance, control and intervals.

    classes are the labels (N,); groups (N,) the subjects, if known. Raises UserError for an unknown measure or shapes
    that do not match.
    """
    how = similarity_measure(measure)
    one, other = how.ready(student), how.ready(teacher, np.shape(student))
    if len(classes) != len(one):
        raise UserError(f"{len(one)} maps came with {len(classes)} labels: give one label for each map.")
    each, by_chance = how.compare(one, other), chance(how, one, other, classes, rounds, seed, groups)
    beside = None if control is None else how.compare(how.ready(control, np.shape(student)), other)
    sign = 1.0 if how.higher_is_better else -1.0

    scale, at_most_all = (min(how.best, how.worst), max(how.best, how.worst)), (-np.inf, 1.0)

    def told(values: Each, room: Each | None = None, bounds: tuple[float, float] = (-np.inf, np.inf)) -> Interval:
        return interval(values, groups, room, seed=seed, bounds=bounds)

    return Agreement(
        measure=measure,
        each=each,
        chance=by_chance.each,
        match=told(each, bounds=scale),
        by_chance=told(by_chance.each, bounds=scale),
        above=told(each - by_chance.each, how.best - by_chance.each, at_most_all),
        specific=told(sign * (each - by_chance.each)),
        p=p_value(how, by_chance),
        exact=by_chance.exact,
        undefined=int(np.isnan(each).sum()),
        alone=int(np.isnan(by_chance.each[~np.isnan(each)]).sum()),
        control=beside,
        by_control=None if beside is None else told(beside, bounds=scale),
        transfer=None if beside is None else told(each - beside, how.best - beside, at_most_all),
    )
