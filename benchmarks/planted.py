"""Evidence scored against a known truth on sample:planted: `python -m benchmarks.planted [--seeds 10] [--keep FILE]`.

Each seed is another data set and other networks. First table: how well each extractor's map of each teacher, carried
to time, finds the planted ripple (ROC AUC; 0.5 is chance), beside the same networks with random weights; then the same
as area under precision and recall, and as share of the map's mass (chance of both: the marked share); and of
attributions to the input all three by channel, the ripple lying in some channels only. Then two tables of transfer:
whether a student's CAM follows its teacher's CAM more than a scratch student's does (ETS, Pearson: 0 none, 1 full),
and whether it comes closer to the truth.

plain    The sample as it is. A scratch student finds the ripple by itself, so little room is left: ETS is large either
         way, and Pearson with the teacher stands beside it.
misled   A weaker ripple, and a tall shortcut in every training series of class 1: a scratch student learns the bump.
         Its teachers learned from the same series *without* the bump, so they know what the student's data hide. That
         is not fair play among methods but a positive control: here there is something to hand over.

Methods for a signal student listen to the signal teacher alone: a mean over teachers that look elsewhere moves it
towards none of them; `camkd` and `ebkd` teach a fusion student, whose maps are held against the teacher of their view.
Means over seeds with 95 % intervals; one that holds 0 is a method that was not shown to transfer evidence. With --keep
a run that was broken off goes on; `--markdown FILE` writes the page of localisation from it. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from benchmarks.localisation import average_precision, localisation_auc, of_channels, relevance_mass
from benchmarks.trained import Bench
from kdviz.data.dataset import Dataset
from kdviz.data.sources.planted import Params, planted, truth
from kdviz.evidence.base import InputExtractor, extractor, extractors
from kdviz.evidence.randomisation import randomised
from kdviz.metrics.agreement import agree
from kdviz.metrics.intervals import interval
from kdviz.nets.base import Branch
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

TEACHERS = ("signal", "gaf", "persistence")
METHODS = {"kd": ("signal",), "at": ("signal",), "e2kd": ("signal",), "fam": ("signal",), "camkd": ("gaf",),
           "ebkd": ("signal", "gaf")}  # fmt: skip
FUSION = ("camkd", "ebkd")
MISLED = Params(strength=1.5, shortcut=1.0, leak=0.0, bump=6.0)
PARTS = ("localise", "plain", "misled")
CHANNELS = "signal by channel"
SCORES = {"": localisation_auc, "/AUPRC": average_precision, "/mass": relevance_mass}
Numbers = dict[str, float]


def in_time(name: str, bench: Bench, plan: Recipe, net: Branch) -> dict[str, np.ndarray]:
    """The evidence of the test series for their true classes on the time axis, by modality: (N, T)."""
    test, material, eyes = bench.data.test, bench.material(plan), bench.eyes(plan)
    views = {m: material.views[m][test] for m in net.modalities}
    maps = extractor(name).look(net, views, material.labels[test])
    lines = {m: eyes[m].to_time(each.float().numpy(), bench.data.X[test]) for m, each in maps.items()}
    return {m: line for m, line in lines.items() if line is not None}


def localise(seed: int) -> Numbers:
    """`extractor/modality/trained` and `.../random`: AUC; `accuracy/modality`."""
    bench, found = Bench(planted(Params(seed=seed))), dict[str, float]()
    marked = truth(bench.data)[bench.data.test]
    for plan in recipe_for(bench.data, Choices("aver", TEACHERS, seed=seed, budget="quick"), {}).teachers:
        (net, told), m = bench.network(plan), plan.student
        found[f"accuracy/{m}"] = told.accuracy["test"]
        for name in extractors():
            if extractor(name).refusal(net):
                continue
            for state, each in (("trained", net), ("random", randomised(net, seed))):
                line = in_time(name, bench, plan, each).get(m)
                if line is not None:
                    for said_of, score in SCORES.items():
                        found[f"{name}/{m}/{state}{said_of}"] = float(np.nanmean(score(line, marked)))
                if (parts := by_channel(name, bench, plan, each)) is not None and m == "signal":
                    for said_of, score in SCORES.items():
                        told_of = float(np.nanmean(score(parts, of_channels(marked, holding(bench.data)))))
                        found[f"{name}/{CHANNELS}/{state}{said_of}"] = told_of
    return found


def holding(data: Dataset) -> np.ndarray:
    """The channels (C,) in which the ripple lies."""
    return np.arange(len(data.channels)) < (len(data.channels) + 1) // 2


def by_channel(name: str, bench: Bench, plan: Recipe, net: Branch) -> np.ndarray | None:
    """Evidence of the true class by the signal's channel (N, C, T), where an extractor tells."""
    how, material, test = extractor(name), bench.material(plan), bench.data.test
    if not isinstance(how, InputExtractor) or net.modalities != ("signal",):
        return None
    maps = how.channels(net, {"signal": material.views["signal"][test]}, material.labels[test])
    return maps["signal"].float().numpy()


class Setting:
    """One seed's data in one set-up; its teachers know what the student's data hide where it is misled."""

    def __init__(self, setup: str, seed: int) -> None:
        p = replace(Params() if setup == "plain" else MISLED, seed=seed)
        self.seed, self.bench = seed, Bench(planted(p))
        self.knowing = None if setup == "plain" else Bench(planted(replace(p, shortcut=0.0)))

    def plan(self, bench: Bench, name: str) -> Recipe:
        """A method's recipe on some data."""
        kind = "fusion" if name in FUSION else "signal"
        return recipe_for(bench.data, Choices(name, METHODS[name], kind, seed=self.seed, budget="quick"), {})

    def teach(self, name: str) -> Recipe:
        """The recipe on the student's data, with its teachers trained."""
        plan = self.plan(self.bench, name)
        if self.knowing is not None:
            for mine, theirs in zip(plan.teachers, self.plan(self.knowing, name).teachers, strict=True):
                self.bench.trained[mine.identity] = self.knowing.network(theirs)
        return plan

    def transfer(self, name: str) -> Numbers:
        """One method's transfer to each of its teachers."""
        plan, bench, found = self.teach(name), self.bench, dict[str, float]()
        test, y, marked = bench.data.test, bench.data.y[bench.data.test], truth(bench.data)[bench.data.test]
        material = bench.material(plan)
        (student, told), (scratch, alone) = bench.network(plan), bench.network(plan.scratch())
        mine, control = (in_time("cam", bench, plan, net) for net in (student, scratch))
        found |= {"accuracy": told.accuracy["test"], "accuracy scratch": alone.accuracy["test"]}
        for each in plan.teachers:
            m, net = each.student, bench.network(each)[0]
            goal = in_time("cam", bench, plan, net)[m]
            result = agree("pearson", mine[m], goal, y, control[m], seed=self.seed)
            with torch.no_grad():
                said = net({m: material.views[m][test]}).logits.argmax(1).numpy()
            found[f"{m}: accuracy teacher"] = float((said == y).mean())
            for key, line in (("teacher", goal), ("student", mine[m]), ("scratch", control[m])):
                found[f"{m}: AUC {key}"] = float(np.nanmean(localisation_auc(line, marked)))
            found[f"{m}: Pearson"], found[f"{m}: Pearson chance"] = result.match.value, result.by_chance.value
            if result.by_control and result.transfer:
                found[f"{m}: Pearson scratch"] = result.by_control.value
                found[f"{m}: ETS"], found[f"{m}: instance ETS"] = result.transfer.value, result.specific.value
        return found


def said(values: list[float]) -> str:
    """Mean and interval over seeds."""
    told = interval(np.array(values))
    between = "" if np.isnan(told.low) else f" [{told.low:.3f}, {told.high:.3f}]"
    return f"{told.value:.3f}{between}"


def jobs(seeds: range, methods: list[str], parts: list[str]) -> Iterator[tuple[str, Callable[[], Numbers]]]:
    """Everything to be measured, by name."""
    for seed in seeds:
        for setup in parts:
            if setup == "localise":
                yield f"localise//{seed}", lambda seed=seed: localise(seed)
                continue
            setting = Setting(setup, seed)
            for name in methods:
                yield f"{setup}/{name}/{seed}", lambda setting=setting, name=name: setting.transfer(name)


def measured(seeds: range, methods: list[str], parts: list[str], keep: Path | None) -> dict[str, Numbers]:
    """What is kept, and what is measured now."""
    found: dict[str, Numbers] = {}
    if keep is not None and keep.exists():
        found = dict(json.loads(line) for line in keep.read_text().splitlines())
    for name, job in jobs(seeds, methods, parts):
        if name not in found:
            found[name] = job()
            if keep is not None:
                with keep.open("a") as file:
                    file.write(json.dumps([name, found[name]]) + "\n")
    return found


def columns(found: dict[str, Numbers], start: str, seeds: range) -> dict[str, list[float]]:
    """One value a seed, by what it is."""
    out: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        for key, value in found.get(f"{start}/{seed}", {}).items():
            out[key].append(value)
    return out


PAGE = """# Localisation, measured

Written by `python -m benchmarks.planted --parts localise --keep docs/planted-measured.jsonl --markdown
docs/localisation-measured.md` from the lines kept there; no figure is typed by hand. `sample:planted` hides a ripple
whose pitch tells the class in {share:.1%} of each series' samples, and in {channels} of its {all} channels; {seeds}
seeds, each with other series and other networks of the quick budget. Test accuracy of the teachers:
{accuracy}.

Each cell is the mean over seeds of the trained network, with a 95 % interval where there are six seeds or more, and
behind it the same network with random weights. Evidence of the true class, on the time axis; by channel, where an
extractor tells a sample's share in each channel, of the signal's teacher alone.
"""
SHARES = "; chance is {chance:.3f}, by channel {by:.3f}"
CHANCES = {"": "ROC AUC; chance is 0.5", "/AUPRC": f"Area under precision and recall{SHARES}",
           "/mass": f"Share of the positive mass that lies on the truth{SHARES}"}  # fmt: skip


def localised(places: dict[str, list[float]], seeds: int) -> str:
    """How well every extractor finds the truth, as a page."""
    data = planted()
    chance = float(truth(data).mean())
    by = float(of_channels(truth(data), holding(data)).mean())
    accuracy = ", ".join(f"{m} {said(places[f'accuracy/{m}'])}" for m in TEACHERS if f"accuracy/{m}" in places)
    out = [
        PAGE.format(share=chance, channels=holding(data).sum(), all=len(data.channels), seeds=seeds, accuracy=accuracy)
    ]
    views = (*TEACHERS, CHANNELS)
    for score, title in CHANCES.items():
        out += [
            f"## {title.format(chance=chance, by=by)}",
            "",
            f"| extractor | {' | '.join(views)} |",
            "|---" * 5 + "|",
        ]
        for name in extractors():
            both = [[places.get(f"{name}/{m}/{state}{score}") for state in ("trained", "random")] for m in views]
            cells = (f"{said(mine)}; {np.mean(other):.3f}" if mine and other else "" for mine, other in both)
            out.append(f"| `{name}` | {' | '.join(cells)} |")
        out.append("")
    return "\n".join(out)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--keep", type=Path, help="what is measured is kept in this file")
    parser.add_argument("--markdown", type=Path, help="write the page of localisation of what is kept, train nothing")
    given = parser.parse_args()
    torch.set_num_threads(1)
    seeds = range(given.seeds)
    if given.markdown:
        given.methods, given.parts, seeds = [], ["localise"], range(len(given.keep.read_text().splitlines()))
    found = measured(seeds, given.methods, given.parts, given.keep)
    if "localise" in given.parts:
        page = localised(columns(found, "localise/", seeds), len(seeds))
        given.markdown.write_text(page, encoding="utf-8") if given.markdown else print(page)
    for setup in (part for part in given.parts if part != "localise"):
        for name in given.methods:
            print(f"\n{setup}: {name}, taught by {' and '.join(METHODS[name])}")
            for key, values in columns(found, f"{setup}/{name}", seeds).items():
                print(f"  {key:<24}{said(values)}")


if __name__ == "__main__":
    main()
