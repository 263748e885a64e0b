"""Which weights methods deserve, by training data alone: `python -m benchmarks.method_defaults [fam ...] [--seeds 0]`.

As `benchmarks.defaults` for images: the official test part is dropped before anything is seen; a `tiny` student and its
signal teacher learn, with the quick budget, on two of three stratified folds, and are judged on the third, which
decides nothing else. In the first column all labels are known; in the others the student knows three labels a class and
its teacher all. The rule was written down before the figures were known: by mean held-out accuracy over the columns,
the first candidate of the list that lies at most one point below the best; the list begins with what stands, so a
default moves only where folds say so. `fam` has planes of 16 by 16, for time's sake. Lines are kept in `--kept FILE`,
and what is there is not measured again; `--markdown` prints the table of all that is kept. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from benchmarks import measured
from benchmarks.schooling import School, folds, official_training, shared, there
from kdviz.core.params import Value
from kdviz.data.dataset import Dataset
from kdviz.data.prepare.splits import validation_from
from kdviz.data.sources.open_data import open_data
from kdviz.training.defaults import Choices
from kdviz.training.knowledge import EVERYTHING, Knowledge
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

FEW = Knowledge(labels=3, teacher_labels="all")
ECG = shared("ECG200_TRAIN.tsv", "ECG200_TEST.tsv")
EPILEPSY = shared("Epilepsy_TRAIN.ts", "Epilepsy_TEST.ts")
COLUMNS: dict[str, tuple[str | list[str], Knowledge]] = {
    "ECG200": (ECG, EVERYTHING),
    "GunPoint, 3 labels": ("sample:gunpoint", FEW),
    "Epilepsy, 3 labels": (EPILEPSY, FEW),
}
"""Data, and what the student may know of them."""

CANDIDATES: dict[str, list[dict[str, Value]]] = {
    "fam": [{"weight": w, "kd_share": s} for w, s in ((1.0, 0.7), (10.0, 0.7))],
    "crd": [{"weight": w, "kd_share": s} for w, s in ((0.8, 0.0), (0.05, 0.0), (0.8, 0.7), (0.05, 0.7))],
    "at": [{"weight": w, "kd_share": s} for w, s in ((30.0, 0.0), (300.0, 0.0), (30.0, 0.7), (300.0, 0.7))],
    "dcd": [{"weight": w, "kd_share": s} for w, s in ((1.0, 0.0), (5.0, 0.0), (1.0, 0.7), (5.0, 0.7))],
    "kd": [{"kd_share": 0.7}],
}
ALWAYS: dict[str, dict[str, Value]] = {"fam": {"side": 16}}
FOLDS, CLOSE = 3, 0.01
KEPT = Path("docs/folds-measured.jsonl")


def held_out(data: Dataset, seed: int, fold: int = 0) -> Dataset:
    """The training set alone; a third of it stands in for the test set, and validation is cut from the rest."""
    whole = official_training(data)
    rest, held = folds(whole.y, FOLDS, seed)[fold]
    kept, validation = validation_from(rest, whole.y, seed)
    return replace(whole, train=kept, validation=validation, test=held)


def recipe(data: Dataset, name: str, settings: dict[str, Value], knows: Knowledge, seed: int) -> Recipe:
    return recipe_for(
        data, Choices(name, ("signal",), seed=seed, knows=knows, budget="quick"), {**ALWAYS.get(name, {}), **settings}
    )


def judged(names: Sequence[str], seed: int, known: set[str], folder: Path | None) -> Iterator[dict[str, object]]:
    """The accuracy on each fold of every candidate that is not known yet, and of the scratch student."""
    for column, (source, knows) in COLUMNS.items():
        if not there(source):
            continue
        data = open_data(source)
        for fold in range(FOLDS):
            cut = held_out(data, seed, fold)
            school = School(cut, folder)
            for name in names:
                for settings in CANDIDATES[name]:
                    wanted = recipe(cut, name, settings, knows, seed)
                    for each, who, knobs in ((wanted.scratch(), "scratch", {}), (wanted, name, settings)):
                        place = f"{column}/{seed}/{fold}/{who}/{json.dumps(knobs)}"
                        if place not in known:
                            known.add(place)
                            yield {"place": place, "column": column, "seed": seed, "fold": fold, "method": who,
                                   "settings": knobs, "held out": school.learned(each).accuracy["test"]}  # fmt: skip


def table(rows: Sequence[measured.Row]) -> list[str]:
    """By candidate the held-out accuracy in each column, the mean with its error over folds, and what the rule says."""
    found: dict[tuple[str, str], list[measured.Row]] = {}
    for row in rows:
        found.setdefault((row["method"], json.dumps(row["settings"])), []).append(row)
    lines = [f"| method | weight | `kd_share` | {' | '.join(COLUMNS)} | mean | |", "|---" * (len(COLUMNS) + 5) + "|"]
    for method in ("scratch", "kd", *(name for name in CANDIDATES if name != "kd")):
        told = [(c, found[key]) for c in CANDIDATES.get(method, [{}]) if (key := (method, json.dumps(c))) in found]
        means = [float(np.mean(list(by_column(each).values()))) for _, each in told]
        chosen = next((n for n, m in enumerate(means) if m >= max(means) - CLOSE), None)
        for n, (settings, each) in enumerate(told):
            cells = [f"{v:.3f}" for v in by_column(each).values()]
            said = "" if len(told) < 2 or n != chosen else "**by the rule**"
            knobs = [f"{settings[k]:g}" if k in settings else "" for k in ("weight", "kd_share")]
            lines.append(f"| `{method}` | {' | '.join([*knobs, *cells, f'{means[n]:.3f}', said])} |")
    return lines


WORDS = """## Weights, on training folds

From `python -m benchmarks.method_defaults` and its lines in `docs/folds-measured.jsonl`: held-out accuracy of a `tiny`
student on folds of training parts alone, test parts dropped; {folds} folds a column. With all labels (ECG200) a fold
has 33 series, so that two candidates differ by three points or more through noise alone. With three labels a class the
teacher knows all, and the student hears it on all series.

**By the rule** is the first candidate of those at most one point below the best mean; the list begins with what stands.
{verdict}
"""
KEPT_AS_IT_WAS = """
It would give {moved} the teachers' answers (`kd_share` 0.7), on account of the columns with few labels, where
answers stand in for labels that are missing; with all labels folds do not separate the candidates. At one
share, own weights move the mean by at most {points:.1f} points. The defaults stay, against the rule: a run
called by such a name shows what its own term does, and with the answers it would mostly be `kd`, which reaches
as much alone. A run that hides labels while answers have no share says so, with the setting that changes it
(`kd_share=0.7`)."""


def section(rows: Sequence[measured.Row]) -> list[str]:
    """The table with what follows from it; nothing where nothing was measured."""
    if not rows:
        return []
    told = table(rows)
    moved = [line.split("|")[1].strip() for line in told if "by the rule" in line and not _stands(line)]
    verdict = (
        KEPT_AS_IT_WAS.format(moved=", ".join(moved), points=100 * _own(rows)) if moved else "So all defaults stay."
    )
    folds_told = len({(r["seed"], r["fold"]) for r in rows})
    return [WORDS.format(folds=folds_told, verdict=verdict), *told, ""]


def _own(rows: Sequence[measured.Row]) -> float:
    """The most that own weights move the mean where the share is the same."""
    means: dict[tuple[str, float], list[float]] = {}
    for name, candidates in CANDIDATES.items():
        for knobs in candidates:
            mine = [r for r in rows if r["method"] == name and r["settings"] == knobs]
            means.setdefault((name, float(str(knobs["kd_share"]))), []).append(
                float(np.mean([*by_column(mine).values()]))
            )
    return float(max(np.ptp(each) for each in means.values()))


def _stands(line: str) -> bool:
    name, weight, share = (cell.strip(" `") for cell in line.split("|")[1:4])
    first = CANDIDATES[name][0]
    return (f"{first['weight']:g}", f"{first['kd_share']:g}") == (weight, share)


def by_column(rows: Sequence[measured.Row]) -> dict[str, float]:
    """The mean held-out accuracy over folds and seeds, by column."""
    each = {c: [r["held out"] for r in rows if r["column"] == c] for c in COLUMNS}
    return {c: float(np.mean(found)) if found else float("nan") for c, found in each.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("methods", nargs="*", default=list(CANDIDATES), metavar="METHOD")
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where the lines are kept")
    parser.add_argument("--networks", type=Path, help="a folder where teachers are kept, so that pieces can go on")
    parser.add_argument("--markdown", action="store_true", help="print the table of what is kept, measure nothing")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.networks is not None:
        given.networks.mkdir(parents=True, exist_ok=True)
    known = {row["place"] for row in measured.rows(given.kept)}
    for seed in () if given.markdown else map(int, given.seeds.split(",")):
        for row in judged(given.methods, seed, known, given.networks):
            with given.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    print("\n".join(table(measured.rows(given.kept))))


if __name__ == "__main__":
    main()
