"""Runs compared fairly: paired by seed, split and student, with intervals, and with what cannot be concluded."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.metrics.hypothesis_tests import Paired, corrected_t, family, mcnemar, mean
from kdviz.metrics.intervals import interval
from kdviz.metrics.ranking import LEAST_SETS, interquartile_mean, ranking, signed_rank_probabilities
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.comparison.run_groups import Entry, Group, Place, entry, groups
from kdviz.runs.comparison.verdicts import ranked, verdict
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.measures import kept
from kdviz.runs.store.run import Run, RunState

SCRATCH = "scratch"
COSTS = ("weights", "macs", "milliseconds")
SCORES = {"agreement": ("fidelity", "agreement"), "kl": ("fidelity", "predictive_kl")}
BOUNDS = {"accuracy": (0.0, 1.0), "agreement": (0.0, 1.0), "kl": (0.0, math.inf), "match": (-1.0, 1.0)}
BOUNDS |= {"transfer": (-math.inf, 1.0), "seconds": (0.0, math.inf)}
"""No interval goes beyond what a score can be."""
SCORES |= {"match": ("evidence", "match"), "transfer": ("evidence", "transfer")}


def compared(runs: Iterable[Run], baseline: str = "") -> dict[str, Any]:
    """Everything a comparison shows, in plain values; raises UserError where there is nothing to compare.

    places   by data and student: rows of methods with means, intervals, differences to scratch and to `baseline`
    order    the ranking over data sets, or why there is none
    """
    entries = [e for e in map(entry, runs) if e is not None]
    if not entries:
        raise UserError("None of these runs has finished: there is nothing to compare yet.")
    found = groups(entries)
    names = {e.source: e.data for e in entries}
    places = [
        {"data": names[source], "student": student, "rows": _rows(here, baseline)}
        for (source, student), here in found.items()
    ]
    said: dict[str, Any] = without_nan({
        "runs": len(entries), "unmeasured": [e.id for e in entries if e.measures is None], "baseline": baseline,
        "places": places, "orders": _orders(found, baseline),
        "points": [_point(e) for e in entries],
    })  # fmt: skip
    return said


def _rows(here: Sequence[Group], baseline: str) -> list[dict[str, Any]]:
    base = next((g for g in here if g.label == baseline), None)
    against = {} if base is None else {e.unit: e.accuracy for e in base.entries}
    scratch = {g.label: differences(g, {e.unit: e.control for e in g.entries}) for g in here}
    other = {g.label: differences(g, against) for g in here if g is not base}
    to_scratch, to_base = (_family(d, here) for d in (scratch, other))
    return [
        {
            **_row(g),
            "to_scratch": _said(to_scratch.get(g.label), g, SCRATCH),
            "to_baseline": _said(to_base.get(g.label), g, baseline),
        }
        for g in here
    ]


def _row(group: Group) -> dict[str, Any]:
    entries = group.entries
    row: dict[str, Any] = {"method": group.label, "runs": [e.id for e in entries], "seeds": len(group.seeds)}
    row |= {"splits": len(group.splits), "accuracy": asdict(mean([e.accuracy for e in entries]))}
    row |= {name: asdict(mean([e.score(*where) for e in entries])) for name, where in SCORES.items()}
    row |= {"seconds": asdict(mean([e.seconds for e in entries]))}
    for name, (least, most) in BOUNDS.items():
        row[name] |= {end: min(max(row[name][end], least), most) for end in ("low", "high")}
    return row | {name: mean([e.score("cost", name) for e in entries]).value for name in COSTS}


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


def _said(found: Paired | None, group: Group, other: str) -> dict[str, Any] | None:
    if found is None:
        return None
    unit = "split" if len(group.splits) > 1 else "seed"
    plain = {**asdict(found), "unit": unit, "conclusive": found.conclusive, "can_conclude": found.can_conclude}
    return {**plain, "sentence": verdict(found, group.label, other, unit)}


def _orders(found: Mapping[Place, Sequence[Group]], baseline: str) -> list[dict[str, Any]]:
    return [_order(student, found, baseline) for student in dict.fromkeys(s for _, s in found)]


def _order(student: str, found: Mapping[Place, Sequence[Group]], baseline: str) -> dict[str, Any]:
    """The ranking over data sets with one student; `why` says where there is none."""
    here = {source: {g.label: g for g in gs} for (source, s), gs in found.items() if s == student}
    shared = sorted(set.intersection(*(set(by_name) for by_name in here.values())))
    if len(here) < LEAST_SETS or len(shared) < 2:
        why = f"A ranking takes at least {LEAST_SETS} data sets and two methods that ran on all of them; "
        return {"student": student, "why": f"{why}here are {len(here)} and {len(shared)}."}
    table = np.array([[mean([e.accuracy for e in g[n].entries]).value for n in shared] for g in here.values()])
    best = ranking(shared, table)
    told = {**asdict(best), "student": student, "sentence": ranked(best.sets, best.sets_for_any, best.friedman)}
    told["middle"] = {n: _middle([g[n] for g in here.values()]) for n in shared}
    if baseline in shared:
        gains = table - table[:, [shared.index(baseline)]]
        told["chances"] = {n: signed_rank_probabilities(gains[:, k]) for k, n in enumerate(shared) if n != baseline}
    return told


def _middle(over_sets: Sequence[Group]) -> tuple[float, float, float]:
    """The interquartile mean over data sets and the seeds that all of them share."""
    seeds = sorted(set.intersection(*(set(g.seeds) for g in over_sets)))
    by_seed = [[mean([e.accuracy for e in g.entries if e.seed == seed]).value for g in over_sets] for seed in seeds]
    return interquartile_mean(by_seed) if seeds else (math.nan, math.nan, math.nan)


def _point(e: Entry) -> dict[str, Any]:
    cost = {name: e.score("cost", name) for name in COSTS}
    return {"id": e.id, "method": e.method, "student": e.student, "data": e.data, "seed": e.seed,
            "accuracy": e.accuracy, "agreement": e.score("fidelity", "agreement"), **cost}  # fmt: skip


def without_nan(value: Any) -> Any:
    """Without NaN, which JSON cannot say: None stands for it."""
    if isinstance(value, Mapping):
        return {name: without_nan(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def compare_pair(one: Run, other: Run) -> dict[str, Any]:
    """The difference in test accuracy one - other, with an interval over series, or over subjects where they are known.

    `p` is McNemar's, None where series come from subjects: windows of one subject are not independent. It is about
    these two trained networks, not about their methods. Raises UserError where the test sets differ.
    """
    if one.recipe.data != other.recipe.data:
        raise UserError("These runs were tested on different data: only their methods can be compared, over many runs.")
    first, second = _right(one), _right(other)
    groups = _subjects(one)
    found = interval(first.astype(np.float64) - second, groups, bounds=(-1.0, 1.0))
    p = math.nan if groups is not None else mcnemar(first, second)
    return {
        "value": found.value, "low": found.low, "high": found.high, "units": found.units,
        "unit": "series" if groups is None else "subjects", "p": None if math.isnan(p) else p,
        "only_first": int((first & ~second).sum()), "only_second": int((second & ~first).sum()),
        "series": int(first.size),
    }  # fmt: skip


def _right(run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    measures = kept(run)
    if measures is None or "student" not in measures.right:
        raise UserError(f"Run {run.folder.name[:8]} was not measured yet.")
    return np.array([hit == "1" for hit in measures.right["student"]])


def _subjects(run: Run) -> np.ndarray[tuple[int], np.dtype[np.str_]] | None:
    request = run.request
    data: Dataset = reopen(run.recipe.data, request.get("source", {}), str(request.get("data", "the data")))
    return None if data.groups is None else data.groups[data.test]


def comparison(runs: Sequence[Run], baseline: str = "", most: int | None = None) -> dict[str, Any]:
    """See `compared`; `two` is there for just two runs on the same data.

    At most `most` runs are measured now; the others stand in `unmeasured`.
    """
    open_ = [run for run in runs if run.state == RunState.FINISHED and kept(run) is None]
    for run in open_[:most]:
        with contextlib.suppress(UserError):  # data that is not here: its records say what they can
            measured(run)
    found = compared(runs, baseline)
    if len(runs) == 2 and runs[0].recipe.data == runs[1].recipe.data:
        with contextlib.suppress(UserError):
            found["two"] = without_nan(compare_pair(*runs))
    return found
