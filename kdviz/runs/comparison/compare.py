"""Runs compared fairly: paired by seed, split and student, with intervals, and with what cannot be concluded."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.metrics.hypothesis_tests import Mean, Paired, corrected_t, family, mcnemar, mean
from kdviz.metrics.intervals import finite_or_none, interval
from kdviz.metrics.ranking import LEAST_SETS, interquartile_mean, ranking, signed_rank_probabilities
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.comparison.comparison_answers import (
    ComparedPair,
    ComparedPlace,
    Comparison,
    Difference,
    MeanScore,
    MethodOrder,
    MethodRow,
    RunPoint,
    StudentOrder,
)
from kdviz.runs.comparison.run_groups import Entry, Group, Place, entry, groups
from kdviz.runs.comparison.verdicts import ranked, verdict
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.measures import kept
from kdviz.runs.store.run import Run
from kdviz.training.knowledge import condition

SCRATCH = "scratch"
COSTS = ("weights", "macs", "milliseconds")
SCORES = {"agreement": ("fidelity", "agreement"), "kl": ("fidelity", "predictive_kl"),
          "match": ("evidence", "match"), "transfer": ("evidence", "transfer")}  # fmt: skip
BOUNDS = {"accuracy": (0.0, 1.0), "agreement": (0.0, 1.0), "kl": (0.0, math.inf), "match": (-1.0, 1.0)}
BOUNDS |= {"transfer": (-math.inf, 1.0), "seconds": (0.0, math.inf)}
"""No interval goes beyond what a score can be."""


def compared(runs: Iterable[Run | Entry], baseline: str = "") -> Comparison:
    """Everything a comparison shows of runs, read already or not; raises UserError where there are none."""
    entries = [e for each in runs if (e := each if isinstance(each, Entry) else entry(each)) is not None]
    if not entries:
        raise UserError("None of these runs has finished: there is nothing to compare yet.")
    found = groups(entries)
    names = {e.source: e.data for e in entries}
    return Comparison(
        len(entries),
        tuple(e.id for e in entries if e.measures is None),
        baseline,
        tuple(
            ComparedPlace(names[source], student, _rows(here, baseline)) for (source, student), here in found.items()
        ),
        tuple(_order(student, found, baseline) for student in dict.fromkeys(s for _, s in found)),
        tuple(_point(e) for e in entries),
    )


def _rows(here: Sequence[Group], baseline: str) -> tuple[MethodRow, ...]:
    base = next((g for g in here if g.label == baseline), None)
    against = {} if base is None else {e.unit: e.accuracy for e in base.entries}
    scratch = {g.label: differences(g, {e.unit: e.control for e in g.entries}) for g in here}
    other = {g.label: differences(g, against) for g in here if g is not base}
    to_scratch, to_base = (_family(d, here) for d in (scratch, other))
    return tuple(
        _row(g, _difference(to_scratch.get(g.label), g, SCRATCH), _difference(to_base.get(g.label), g, baseline))
        for g in here
    )


def _row(group: Group, to_scratch: Difference | None, to_baseline: Difference | None) -> MethodRow:
    entries = group.entries

    def score(name: str, teacher: str = "") -> MeanScore:
        return _bounded(mean([e.score(*SCORES[name], teacher) for e in entries]), *BOUNDS[name])

    def cost(name: str) -> float | None:
        return finite_or_none(mean([e.cost(name) for e in entries]).value)

    teachers = dict.fromkeys(name for e in entries for name in e.teachers)

    return MethodRow(
        group.label,
        tuple(e.id for e in entries),
        len(group.seeds),
        len(group.splits),
        _bounded(mean([e.accuracy for e in entries]), *BOUNDS["accuracy"]),
        score("agreement"),
        score("kl"),
        score("match"),
        score("transfer"),
        _bounded(mean([e.seconds for e in entries]), *BOUNDS["seconds"]),
        cost("weights"),
        cost("macs"),
        cost("milliseconds"),
        to_scratch,
        to_baseline,
        next((e.teacher for e in entries if e.teacher), ""),
        {teacher: {name: score(name, teacher) for name in SCORES} for teacher in teachers},
    )


def _bounded(found: Mean, least: float, most: float) -> MeanScore:
    """A mean whose interval does not go beyond what its score can be."""
    low, high = (min(max(end, least), most) for end in (found.low, found.high))
    return _known(replace(found, low=low, high=high))


def _known(found: Mean) -> MeanScore:
    return MeanScore(finite_or_none(found.value), finite_or_none(found.low), finite_or_none(found.high), found.n)


def differences(group: Group, other: Mapping[tuple[str, int], float]) -> list[float]:
    """Differences by seed; where there are several splits, one for each split: seeds on one split are no new data."""
    found: dict[str, list[float]] = {}
    for e in group.entries:
        if not math.isnan(other.get(e.unit, math.nan)):
            found.setdefault(e.split, []).append(e.accuracy - other[e.unit])
    if len(group.splits) > 1:
        return [float(np.mean(d)) for d in found.values()]
    return [d for each in found.values() for d in each]


def _family(found: Mapping[str, list[float]], here: Sequence[Group]) -> dict[str, Paired]:
    """All of these differences together; over splits, p is corrected for the overlap of their training sets."""
    some = {label: d for label, d in found.items() if d}
    told = family(some)
    for group in here:
        sizes = next((e.measures for e in group.entries if e.measures is not None), None)
        if group.label in told and len(group.splits) > 1 and sizes is not None:
            p = corrected_t(some[group.label], sizes.learned_from, sizes.series)
            told[group.label] = replace(told[group.label], p=p, adjusted=min(1.0, p * len(told)))
    return told


def _difference(found: Paired | None, group: Group, other: str) -> Difference | None:
    if found is None:
        return None
    unit, (low, high) = "split" if len(group.splits) > 1 else "seed", found.bootstrap
    return Difference(
        _known(found.mean),
        (finite_or_none(low), finite_or_none(high)),
        finite_or_none(found.p),
        finite_or_none(found.least_p),
        finite_or_none(found.adjusted),
        found.comparisons,
        found.pairs,
        found.needed,
        unit,
        found.conclusive,
        found.can_conclude,
        verdict(found, group.label, other, unit),
    )


def _order(student: str, found: Mapping[Place, Sequence[Group]], baseline: str) -> StudentOrder:
    """The ranking over data sets with one student; `why` says where there is none."""
    here = {source: {g.label: g for g in gs} for (source, s), gs in found.items() if s == student}
    shared = sorted(set.intersection(*(set(by_name) for by_name in here.values())))
    if len(here) < LEAST_SETS or len(shared) < 2:
        why = f"A ranking takes at least {LEAST_SETS} data sets and two methods that ran on all of them; "
        return StudentOrder(student, None, f"{why}here are {len(here)} and {len(shared)}.")
    table = np.array([[mean([e.accuracy for e in g[n].entries]).value for n in shared] for g in here.values()])
    best = ranking(shared, table)
    gains = table - table[:, [shared.index(baseline)]] if baseline in shared else None
    told = MethodOrder(
        best.ranks,
        finite_or_none(best.friedman),
        tuple((one, other, finite_or_none(p)) for one, other, p in best.pairs),
        best.groups,
        best.sets,
        best.sets_for_any,
        ranked(best.sets, best.sets_for_any, best.friedman),
        {n: _middle([g[n] for g in here.values()]) for n in shared},
        None
        if gains is None
        else {n: signed_rank_probabilities(gains[:, k]) for k, n in enumerate(shared) if n != baseline},
    )
    return StudentOrder(student, told, "")


def _middle(over_sets: Sequence[Group]) -> tuple[float | None, float | None, float | None]:
    """The interquartile mean over data sets and the seeds that all of them share."""
    seeds = sorted(set.intersection(*(set(g.seeds) for g in over_sets)))
    by_seed = [[mean([e.accuracy for e in g.entries if e.seed == seed]).value for g in over_sets] for seed in seeds]
    value, low, high = interquartile_mean(by_seed) if seeds else (math.nan, math.nan, math.nan)
    return finite_or_none(value), finite_or_none(low), finite_or_none(high)


def _point(e: Entry) -> RunPoint:
    scores = (e.accuracy, e.score("fidelity", "agreement"), *(e.cost(name) for name in COSTS))
    return RunPoint(e.id, e.method, e.student, e.data, e.seed, *(_as_told(score) for score in scores))


def _as_told(score: float) -> float | None:
    """As it is, whole numbers too; None for NaN."""
    return score if math.isfinite(score) else None


def compare_pair(one: Run, other: Run) -> ComparedPair:
    """The difference in test accuracy one - other, with an interval over series, or over subjects where they are known.

    `p` is McNemar's, None where series come from subjects: windows of one subject are not independent. It is about
    these two trained networks, not about their methods. Raises UserError where the test sets differ.
    """
    if one.recipe.data != other.recipe.data:
        raise UserError("These runs were tested on different data: only their methods can be compared, over many runs.")
    known = [condition(run.recipe) or "everything" for run in (one, other)]
    if known[0] != known[1]:
        raise UserError(f"These runs may know different things ({known[0]}; {known[1]}): they are not compared.")
    first, second = _right(one), _right(other)
    data = _data(one)
    groups = None if data.groups is None else data.groups[data.test]
    found = interval(first.astype(np.float64) - second, groups, bounds=(-1.0, 1.0))
    p = math.nan if groups is not None else mcnemar(first, second)
    told = found.known()
    return ComparedPair(
        told.value,
        told.low,
        told.high,
        found.units,
        data.unit,
        finite_or_none(p),
        int((first & ~second).sum()),
        int((second & ~first).sum()),
        int(first.size),
    )


def _right(run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    measures = kept(run)
    if measures is None or "student" not in measures.right:
        raise UserError(f"Run {run.folder.name[:8]} was not measured yet.")
    return np.array([hit == "1" for hit in measures.right["student"]])


def _data(run: Run) -> Dataset:
    request = run.request
    return reopen(run.recipe.data, request.get("source", {}), str(request.get("data", "the data")))


def comparison(runs: Sequence[Run], baseline: str = "", most: int | None = None) -> Comparison:
    """See `compared`; `pair` is of just two runs on the same data. At most `most` are measured now, the others not."""
    entries = {run.folder: each for run in runs if (each := entry(run)) is not None}
    open_ = [run for run in runs if run.folder in entries and entries[run.folder].measures is None]
    for run in open_[:most]:
        with contextlib.suppress(UserError):  # data that is not here: its records say what they can
            entries[run.folder] = replace(entries[run.folder], measures=measured(run))
    found = compared(entries.values(), baseline)
    if len(runs) == 2 and runs[0].recipe.data == runs[1].recipe.data:
        with contextlib.suppress(UserError):
            found = replace(found, pair=compare_pair(*runs))
    return found
