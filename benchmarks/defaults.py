"""Which defaults image modalities deserve, by training data alone: `python -m benchmarks.defaults [gaf persistence]`.

Of every data set only the official training part is kept; the test part is dropped before anything is seen. A teacher
with the default training learns on two of three stratified folds, its modality fitted on them, and is judged on the
third, which decides nothing else; this is done with several seeds, each cutting its own folds. The rule was written
down before the figures were known: by mean held-out accuracy over the data sets, the simplest candidate (first in its
list) that lies at most one point below the best becomes the default. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from benchmarks.schooling import SHARED, folds, official_training, shared, there
from kdviz.core.events import Learned
from kdviz.core.params import Value, fill
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.training.defaults import QUICK_TEACHING, TeacherSettings, teacher_recipe, view_settings
from kdviz.training.encoded_data import EncodedData, encode, fitted
from kdviz.training.loop import train
from kdviz.training.recipe import Recipe

SOURCES: dict[str, str | list[str]] = {
    "GunPoint": "sample:gunpoint",
    "BasicMotions": "sample:basic_motions",
    "Coffee": "sample:coffee",
    "ECG200": shared("ECG200_TRAIN.tsv", "ECG200_TEST.tsv"),
    "Epilepsy": shared("Epilepsy_TRAIN.ts", "Epilepsy_TEST.ts"),
    "ItalyPower": shared("ItalyPowerDemand_TRAIN.arff", "ItalyPowerDemand_TEST.arff"),
}
CANDIDATES: dict[str, list[dict[str, Value]]] = {
    "gaf": [{"range": "window"}, {"range": "train"}, {"range": "mixed"}],
    "persistence": [{"tilt": 0.0}, {"tilt": 1.0}, {"tilt": 2.0}, {"tilt": 4.0}],
}
FOLDS, CLOSE = 3, 0.01


def held_out(data: Dataset, name: str, settings: dict[str, Value], seed: int) -> Iterator[float]:
    """The accuracy on each fold of a teacher that never saw it."""
    views = view_settings((name,), {name: settings})
    for rest, held in folds(data.y, FOLDS, seed):
        cut = replace(data, train=rest, validation=held)
        splits = {"train": torch.from_numpy(rest), "validation": torch.from_numpy(held)}
        eyes = fitted(cut, views)
        material = EncodedData(encode(eyes, data.X), torch.from_numpy(data.y), splits, len(data.classes), eyes)
        told = list(train(_recipe(cut, name, views, seed), material, {}))
        yield next(event for event in told if isinstance(event, Learned)).accuracy["validation"]


def _recipe(data: Dataset, name: str, views: dict[str, dict[str, Value]], seed: int) -> Recipe:
    """The teacher of the quick budget, which was the default when this was asked."""
    return teacher_recipe(data, name, views, fill(TeacherSettings, QUICK_TEACHING), seed, budget="quick")


def compare(name: str, sets: dict[str, Dataset], seeds: range) -> None:
    """Print the table of one modality's candidates and what the rule says."""
    print(f"\n{name}: held-out accuracy within the training set, mean of {FOLDS} folds x {len(seeds)} seeds")
    print(f"{'':<16}" + "".join(f"{each:>14}" for each in sets) + f"{'mean':>9}", flush=True)
    means = []
    for settings in CANDIDATES[name]:
        row = [float(np.mean([a for s in seeds for a in held_out(data, name, settings, s)])) for data in sets.values()]
        means.append(float(np.mean(row)))
        said = ", ".join(f"{knob}={value}" for knob, value in settings.items())
        print(f"{said:<16}" + "".join(f"{a:14.3f}" for a in row) + f"{means[-1]:9.3f}", flush=True)
    chosen = next(c for c, m in zip(CANDIDATES[name], means, strict=True) if m >= max(means) - CLOSE)
    print(f"by the rule: {', '.join(f'{knob}={value}' for knob, value in chosen.items())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modalities", nargs="*", default=list(CANDIDATES), metavar="MODALITY")
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(1)
    here = {n: s for n, s in SOURCES.items() if there(s)}
    for name in SOURCES.keys() - here.keys():
        print(f"{name} is left out: it is not in {SHARED}.")
    sets = {name: official_training(open_data(spec)) for name, spec in here.items()}
    for name in given.modalities:
        compare(name, sets, range(given.seeds))


if __name__ == "__main__":
    main()
