"""Every method against the same student trained from scratch: `python -m benchmarks.methods [--seeds 5] [--data ...]`.

Per data set and method, over seeds: median, least and most test accuracy of the answer, the median difference to the
scratch student of the same seed with a 95 % bootstrap interval of the mean difference (over seeds), and the seconds
of the student's training. Teachers and scratch students are trained once per seed. Default knobs throughout;
`--set KEY=VALUE` tries others. One thread. Five seeds cannot show small differences: read the interval.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from kdviz.data.dataset import Dataset
from kdviz.data.open import open_data
from kdviz.errors import UserError
from kdviz.events import Learned
from kdviz.methods.base import method, methods
from kdviz.nets.base import Branch
from kdviz.params import fill
from kdviz.training.frozen import Frozen
from kdviz.training.learner import student_of
from kdviz.training.loop import Answers, train
from kdviz.training.material import Material, prepare
from kdviz.training.plan import Wish
from kdviz.training.recipe import Recipe
from kdviz.training.wish import recipe_for

SHARED = Path(__file__).parents[2] / "shared" / "data"
EPILEPSY = [str(SHARED / f"Epilepsy_{part}.ts") for part in ("TRAIN", "TEST")]
SOURCES: dict[str, str | list[str]] = {
    "gunpoint": "sample:gunpoint",
    "basic_motions": "sample:basic_motions",
    "epilepsy": EPILEPSY,
}
TEACHERS = ("signal", "gaf", "persistence")
ALLOWED = 0.03


@dataclass
class Bench:
    """One data set; what was trained is kept by recipe."""

    data: Dataset
    trained: dict[str, tuple[Branch, Learned]] = field(default_factory=dict)
    seen: dict[str, Material] = field(default_factory=dict)

    def material(self, recipe: Recipe) -> Material:
        key = json.dumps(recipe.views, sort_keys=True)
        if key not in self.seen:
            self.seen[key] = prepare(self.data, recipe.views)
        return self.seen[key]

    def learned(self, recipe: Recipe) -> Learned:
        return self.network(recipe)[1]

    def network(self, recipe: Recipe) -> tuple[Branch, Learned]:
        if recipe.identity not in self.trained:
            self.trained[recipe.identity] = self._train(recipe)
        return self.trained[recipe.identity]

    def _train(self, recipe: Recipe) -> tuple[Branch, Learned]:
        material = self.material(recipe)
        teachers = {t.student: Frozen(self.network(t)[0], material.part("train")[0]) for t in recipe.teachers}
        first = None
        if method(recipe.method)(fill(method(recipe.method).Params, recipe.knobs)).starts_trained():
            first = self.network(recipe.scratch())[0].state_dict()
        told = list(train(recipe, material, teachers, first=first))
        net = student_of(recipe, material.shapes, material.classes)
        net.load_state_dict(next(i for i in told if isinstance(i, Answers)).weights[recipe.selection])
        return net.eval(), next(i for i in told if isinstance(i, Learned))


def student_for(name: str) -> str:
    return "fusion" if method(name).needs.student_kinds == ("fusion",) else "signal"


def recipe(bench: Bench, name: str, seed: int, settings: dict[str, object]) -> Recipe:
    teachers = method(name).needs.usual(TEACHERS)
    return recipe_for(bench.data, Wish(name, teachers, student_for(name), seed=seed), settings)


def row(bench: Bench, name: str, seeds: range, settings: dict[str, object]) -> dict[str, float]:
    """The figures of one method on one data set."""
    mine, scratch, seconds = [], [], []
    for seed in seeds:
        wanted = recipe(bench, name, seed, settings)
        told = bench.learned(wanted)
        mine.append(told.accuracy["test"])
        seconds.append(told.seconds)
        scratch.append(bench.learned(wanted.scratch()).accuracy["test"])
    low, high = interval(np.array(mine) - np.array(scratch))
    return {
        "median": float(np.median(mine)), "min": min(mine), "max": max(mine), "scratch": float(np.median(scratch)),
        "difference": float(np.median(mine) - np.median(scratch)), "paired": float(np.mean(np.subtract(mine, scratch))),
        "low": low, "high": high, "seconds": float(np.median(seconds)),
    }  # fmt: skip


def interval(differences: np.ndarray, rounds: int = 10_000) -> tuple[float, float]:
    """95 % bootstrap interval of the mean paired difference."""
    rng = np.random.default_rng(0)
    means = rng.choice(differences, (rounds, len(differences))).mean(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def verdict(r: dict[str, float]) -> str:
    if r["difference"] < -ALLOWED:
        return "FALLS SHORT"
    if r["low"] > 0:
        return "helps"
    return "hurts" if r["high"] < 0 else "no clear difference"


def table(
    bench: Bench, names: list[str], seeds: range, settings: dict[str, object]
) -> Iterator[tuple[str, dict[str, float]]]:
    print(f"{'method':<18}{'student':<8}{'median':>7}{'min':>7}{'max':>7}{'scratch':>9}"
          f"{'paired':>8}  {'95 % interval':<17}{'seconds':>8}  verdict")  # fmt: skip
    for name in names:
        try:
            r = row(bench, name, seeds, settings)
        except UserError as reason:
            print(f"{name:<18}{reason}", flush=True)
            continue
        figures = "".join(f"{r[k]:7.3f}" for k in ("median", "min", "max"))
        between = f"[{r['low']:+.3f}, {r['high']:+.3f}]"
        rest = f"{r['scratch']:9.3f}{r['paired']:+8.3f}  {between:<17}{r['seconds']:8.2f}  {verdict(r)}"
        print(f"{name:<18}{student_for(name):<8}{figures}{rest}", flush=True)
        yield name, r


def teachers_line(bench: Bench, seeds: range) -> str:
    words = []
    for k, name in enumerate(TEACHERS):
        reached = [bench.learned(recipe(bench, "aver", s, {}).teachers[k]).accuracy["test"] for s in seeds]
        words.append(f"{name} {np.median(reached):.3f}")
    return "teachers, median: " + ", ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", nargs="*", default=list(SOURCES), choices=list(SOURCES))
    parser.add_argument("--methods", nargs="*", default=[n for n in sorted(methods()) if n != "supervised"])
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    parser.add_argument("--json", type=Path, help="also write every figure here")
    given = parser.parse_args()
    torch.set_num_threads(1)
    kept: dict[str, dict[str, dict[str, float]]] = {}
    for name in given.data:
        if name == "epilepsy" and not SHARED.exists():
            print(f"\n{name}: left out, since {SHARED} is not here.")
            continue
        bench, seeds = Bench(open_data(SOURCES[name])), range(given.seeds)
        print(f"\n{name}: {bench.data.X.shape} series x channels x samples, {len(bench.data.classes)} classes, "
              f"{given.seeds} seeds; {teachers_line(bench, seeds)}", flush=True)  # fmt: skip
        kept[name] = dict(table(bench, given.methods, seeds, dict(s.split("=", 1) for s in given.set)))
    if given.json:
        given.json.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
