"""Evidence scored against a known truth on sample:planted: `python -m benchmarks.planted [--seeds 10]`.

Each seed is another data set and other networks. First table: how well each extractor's map of each teacher, carried
to time, finds the planted ripple (ROC AUC; 0.5 is chance), beside the same networks with random weights. Second
table: whether a student's CAM follows its teachers' CAM more than a scratch student's does (ETS, Pearson: 0 none,
1 full) and whether it comes closer to the truth. Means over seeds with 95 % bootstrap intervals over seeds; an
interval that holds 0 is a method that was not shown to transfer evidence. Where the scratch student already agrees
with the teacher, little room is left and ETS is large either way: Pearson with both signal CAMs stands beside it. One
thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from collections import defaultdict

import numpy as np
import torch

from benchmarks.methods import TEACHERS, Bench, recipe
from kdviz.agreement import agree
from kdviz.data import samples
from kdviz.data.planted import truth
from kdviz.evidence.base import extractor, extractors
from kdviz.intervals import interval
from kdviz.localisation import localisation_auc
from kdviz.nets.base import Branch
from kdviz.sanity import randomised
from kdviz.training.material import Material
from kdviz.training.recipe import Recipe

METHODS = ("kd", "at", "e2kd", "camkd", "ebkd", "fam")
Found = dict[str, list[float]]


def in_time(name: str, bench: Bench, material: Material, net: Branch) -> dict[str, np.ndarray]:
    """The evidence of the test series for their true classes on the time axis, by modality: (N, T)."""
    test = bench.data.test
    views = {m: material.views[m][test] for m in net.modalities}
    maps = extractor(name).look(net, views, material.labels[test])
    lines = {m: material.eyes[m].to_time(each.float().numpy(), bench.data.X[test]) for m, each in maps.items()}
    return {m: line for m, line in lines.items() if line is not None}


def teachers(bench: Bench, seed: int) -> dict[str, Recipe]:
    """The recipes of the three teachers."""
    return {t.student: t for t in recipe(bench, "aver", seed, {}).teachers}


def localise(bench: Bench, seed: int, found: dict[tuple[str, str, str], list[float]]) -> None:
    """Add one seed's AUC by extractor, modality and trained | random."""
    marked = truth(bench.data)[bench.data.test]
    for modality, plan in teachers(bench, seed).items():
        net, material = bench.network(plan)[0], bench.material(plan)
        for name in extractors():
            if extractor(name).refusal(net):
                continue
            for state, each in (("trained", net), ("random", randomised(net, seed))):
                line = in_time(name, bench, material, each).get(modality)
                if line is not None:
                    found[name, modality, state].append(float(np.nanmean(localisation_auc(line, marked))))


def transfer(bench: Bench, seed: int, name: str, found: dict[str, Found]) -> None:
    """Add one seed's evidence transfer of one method to each of its teachers."""
    plan = recipe(bench, name, seed, {})
    test, material = bench.data.test, bench.material(plan)
    student, told = bench.network(plan)
    scratch, alone = bench.network(plan.scratch())
    mine, control = (in_time("cam", bench, material, net)["signal"] for net in (student, scratch))
    marked = truth(bench.data)[test]
    for key, value in (("accuracy", told.accuracy["test"]), ("scratch", alone.accuracy["test"])):
        found[name].setdefault(key, []).append(value)
    for key, line in (("AUC", mine), ("AUC scratch", control)):
        found[name].setdefault(key, []).append(float(np.nanmean(localisation_auc(line, marked))))
    for each in plan.teachers:
        goal = in_time("cam", bench, bench.material(each), bench.network(each)[0])[each.student]
        result = agree("pearson", mine, goal, bench.data.y[test], control, seed=seed)
        room = result.transfer
        if each.student == "signal" and result.by_control:
            found[name].setdefault("Pearson", []).append(result.match.value)
            found[name].setdefault("Pearson scratch", []).append(result.by_control.value)
            found[name].setdefault("Pearson chance", []).append(result.by_chance.value)
        found[name].setdefault(f"ETS {each.student}", []).append(room.value if room else np.nan)


def said(values: list[float]) -> str:
    """Mean and interval over seeds."""
    told = interval(np.array(values))
    return f"{told.value:6.3f} [{told.low:6.3f}, {told.high:6.3f}]"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    given = parser.parse_args()
    torch.set_num_threads(1)
    places: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    moved: dict[str, Found] = defaultdict(dict)
    accuracy: Found = defaultdict(list)
    for seed in range(given.seeds):
        bench = Bench(samples.load(f"planted-{seed}"))
        for modality, plan in teachers(bench, seed).items():
            accuracy[modality].append(bench.learned(plan).accuracy["test"])
        localise(bench, seed, places)
        for name in given.methods:
            transfer(bench, seed, name, moved)
    print(f"{given.seeds} seeds; teachers' test accuracy: " + ", ".join(f"{m} {said(a)}" for m, a in accuracy.items()))
    print(f"\n{'extractor':<22}" + "".join(f"{m:<26}{'random weights':<26}" for m in TEACHERS))
    for name in dict.fromkeys(n for n, _, _ in places):
        cells = [
            said(places[name, m, s]) if places[name, m, s] else "" for m in TEACHERS for s in ("trained", "random")
        ]
        print(f"{name:<22}" + "".join(f"{cell:<26}" for cell in cells))
    for name, columns in moved.items():
        print(f"\n{name}")
        for key, values in columns.items():
            print(f"  {key:<18}{said(values)}")


if __name__ == "__main__":
    main()
