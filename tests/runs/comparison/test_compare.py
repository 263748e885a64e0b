"""Comparisons pair what belongs together, and say so where nothing follows from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.core.files import write_json
from kdviz.data.dataset import Dataset
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.comparison.compare import compare_pair, compared
from kdviz.runs.comparison.run_groups import entry, groups
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.measures import VERSION, Measures, kept, outcome_hash
from kdviz.runs.store.run import FINAL, MEASURED, Run, make
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe, differences
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps
from tests.runs.worker.test_runs import asked, done


def recipe(data: Dataset, method: str = "kd", seed: int = 0, **settings: object) -> Recipe:
    teachers = () if method == "supervised" else ("signal",)
    return recipe_for(data, Choices(method, teachers, seed=seed, epochs=3), settings)


def ended(
    data: Dataset, given: Recipe, accuracy: float, control: float = 0.8, right: str = "", source: str = ""
) -> Run:
    """A run with these outcomes, as a worker would have written it."""
    run = make(given, data.name, {"file": source} if source else {})
    others = {} if given.method == "supervised" else {"control": {"accuracy": {"test": control}}}
    write_json(run.folder / FINAL, {
        "event": "finished", "state": "finished", "accuracy": {"test": accuracy}, "teachers": others, "seconds": 1.0,
    })  # fmt: skip
    cost = {"weights": 1000.0, "macs": 5.0, "milliseconds": 0.1}
    found = Measures(
        VERSION,
        outcome_hash(run),
        len(right),
        80,
        {},
        {"signal": {"agreement": accuracy}},
        cost,
        {},
        {"student": right},
    )
    write_json(run.folder / MEASURED, asdict(found))
    return run


def seeds(data: Dataset, method: str, accuracies: Sequence[float], control: float = 0.8, **more: str) -> list[Run]:
    return [ended(data, recipe(data, method, k), a, control, **more) for k, a in enumerate(accuracies)]


CLEAR = [0.9, 0.91, 0.92, 0.9, 0.93, 0.9, 0.91, 0.92]


def test_six_seeds_that_agree_beat_scratch(data: Dataset) -> None:
    row = compared(seeds(data, "kd", CLEAR[:6])).places[0].rows[0]
    assert row.to_scratch.conclusive and row.seeds == 6
    assert row.to_scratch.sentence.startswith("kd is better than scratch by 11.0 points")


def test_three_seeds_prove_nothing_and_it_says_how_many_would(data: Dataset) -> None:
    said = compared(seeds(data, "kd", CLEAR[:3])).places[0].rows[0].to_scratch
    assert not said.conclusive and not said.can_conclude
    assert "Nothing can be concluded about kd and scratch from 3 seeds" in said.sentence
    assert "p could not fall below 0.25; it takes at least 6 seeds" in said.sentence


def test_no_difference_is_not_called_one(data: Dataset) -> None:
    noise = 0.8 + np.array([0.02, -0.02, 0.01, -0.01, 0.02, -0.015, 0.01, -0.02])
    said = compared(seeds(data, "kd", noise.tolist())).places[0].rows[0].to_scratch
    assert said.sentence.startswith("No difference between kd and scratch is shown")


def test_methods_are_paired_by_seed_not_by_their_order(data: Dataset) -> None:
    one = seeds(data, "kd", CLEAR)
    other = [ended(data, recipe(data, "at", k), a - 0.05) for k, a in reversed(list(enumerate(CLEAR)))]
    rows = {r.method: r for r in compared([*one, *other], "at").places[0].rows}
    assert rows["kd"].to_baseline.mean.value == pytest.approx(0.05)
    assert rows["kd"].to_baseline.mean.low == pytest.approx(0.05)
    assert rows["at"].to_baseline is None


def test_only_shared_seeds_are_compared(data: Dataset) -> None:
    runs = [*seeds(data, "kd", CLEAR[:2]), ended(data, recipe(data, "at", 9), 0.5)]
    rows = {r.method: r for r in compared(runs, "at").places[0].rows}
    assert rows["kd"].to_baseline is None


def test_runs_that_differ_in_more_than_the_seed_are_told_apart(data: Dataset) -> None:
    runs = [ended(data, recipe(data, "kd", k, **{"method.temperature": t}), 0.9) for k in (0, 1) for t in (2.0, 4.0)]
    found = groups([e for e in map(entry, runs) if e])
    assert {g.label: len(g.entries) for g in next(iter(found.values()))} == {"kd #1": 2, "kd #2": 2}


def test_seeds_on_several_splits_are_not_new_data() -> None:
    splits = [bumps(seed=s) for s in range(3)]
    runs = [r for d in splits for r in seeds(d, "kd", CLEAR[:4], source="a" * 64)]
    row = compared(runs).places[0].rows[0]
    assert row.splits == 3 and row.to_scratch.mean.n == 3 and row.to_scratch.unit == "split"
    assert not row.to_scratch.can_conclude


def test_five_data_sets_are_ranked_and_four_are_not() -> None:
    sets = [bumps(seed=s) for s in range(5)]
    runs = [
        r
        for n, d in enumerate(sets)
        for name, gain in (("kd", 0.1), ("at", 0.05), ("supervised", 0.0))
        for r in seeds(replace(d, name=f"set {n}"), name, [0.6 + gain + 0.01 * n + 0.001 * k for k in range(2)])
    ]
    order = compared(runs, "supervised").orders[0]
    assert list(order.ranking.ranks) == ["kd", "at", "supervised"] and order.ranking.ranks["kd"] == 1
    assert "no two methods can be told apart" in order.ranking.sentence
    said = "ranks friedman pairs groups sets sets_for_any student sentence middle chances"
    assert " ".join(order.as_dict()) == said and json.dumps(order.as_dict(), allow_nan=False)
    assert order.ranking.chances["kd"][2] > 0.9 and order.ranking.middle["kd"][0] == pytest.approx(0.7205, abs=0.01)
    assert "takes at least 5 data sets" in compared(runs[:24]).orders[0].why


def test_what_has_not_ended_is_left_aside(data: Dataset) -> None:
    assert entry(make(recipe(data), data.name, {})) is None
    with pytest.raises(UserError, match="nothing to compare yet"):
        compared([make(recipe(data), data.name, {})])


def test_two_networks_are_compared_series_by_series(data: Dataset) -> None:
    keep(data)
    one = ended(data, recipe(data, "kd"), 0.9, right="1" * 16)
    other = ended(data, recipe(data, "at"), 0.5, right="1" * 8 + "0" * 8)
    found = compare_pair(one, other)
    assert found.value == 0.5 and found.low > 0.2 and found.p == pytest.approx(2 / 2**8)
    assert (found.only_first, found.only_second, found.unit) == (8, 0, "series")


def test_windows_of_one_subject_are_resampled_together() -> None:
    data = replace(bumps(), groups=np.array([f"s{k % 4}" for k in range(60)]))
    keep(data)
    runs = [ended(data, recipe(data, m), 0.9, right="10" * 8) for m in ("kd", "at")]
    found = compare_pair(runs[0], runs[1])
    assert found.unit == "subjects" and found.units == len(set(data.groups[data.test])) and found.p is None
    assert found.low is None and found.high is None


def test_different_test_sets_are_not_compared_series_by_series(data: Dataset) -> None:
    other = bumps(seed=1)
    with pytest.raises(UserError, match="different data"):
        compare_pair(ended(data, recipe(data), 0.9), ended(other, recipe(other), 0.9))


def test_the_difference_of_recipes_is_what_was_set_otherwise(data: Dataset) -> None:
    one = recipe(data)
    assert differences([one, one]) == []
    other = recipe(data, seed=1, **{"method.temperature": 2.0, "control": False})
    found = dict(differences([one, other]))
    assert (
        found["method.temperature"] == ("4", "2") and found["control"] == ("on", "off") and found["seed"] == ("0", "1")
    )
    assert set(found) == {"method.temperature", "control", "seed", "teacher.signal.seed"}


def test_measures_are_taken_once_and_again_when_the_outcome_changes(data: Dataset) -> None:
    run = done(asked(data, control=True), data)
    assert kept(run) is None
    first = measured(run)
    assert kept(run) == first and first.right["student"].count("1") / first.series == run.final["accuracy"]["test"]  # type: ignore[index]
    assert first.networks["student"]["accuracy"] == run.final["accuracy"]["test"]  # type: ignore[index]
    assert first.cost["weights"] > 100 and set(first.fidelity) == set(first.evidence) == {"signal"}
    write_json(run.folder / FINAL, {**(run.final or {}), "seconds": 9.0})
    assert kept(run) is None
