"""Have the default networks finished learning? `python -m benchmarks.teachers [--sets A,B] [--seeds 0,1] [--kinds K]`.

Of each of eight UCR sets, by its official split: the default teachers of signal and GAF, a `kd` student of size
`small` that listens to the first, and its from-scratch control, beside what was published for FCN and ResNet (mean of
3-5 runs). Test data judge finished networks only; no default was chosen by them. What was measured is kept, a JSON
line each, so that it can be run in pieces; `--within SETS` asks folds of training parts; `--markdown FILE` writes the
table of all that is kept and measures nothing. Processor seconds of one thread, measured while other work ran beside:
they are upper bounds.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.measured import LEAST
from benchmarks.measured import rows as lines
from benchmarks.schooling import School, Told, folds, official_training
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.metrics.hypothesis_tests import family
from kdviz.modalities.base import modality
from kdviz.training.defaults import Choices, TeacherSettings, teacher_recipe, view_settings
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

UCR = Path(__file__).parents[2] / "shared" / "ucr"
KINDS = ("signal", "gaf", "student", "scratch", "images")
OWN = {"signal": ("scratch",), "gaf": ("images", "scratch")}
"""The scratch students that a teacher is held against: the one that sees what it sees, and the one of the signal."""
KEPT, FOLDS = Path("docs/teachers-measured.jsonl"), Path("docs/teachers-folds.jsonl")
GOALS = {"signal": 0.86, "gaf": 0.75, "student": 0.80}
BELOW, MOST_SECONDS = 0.02, 90.0
ASKED = (0, 1, 2)
"""The seeds of the table."""
GAF_THEN = {"FaceFour": 0.932, "Lightning7": 0.740, "OSULeaf": 0.642}
"""Accuracy of the images GASF-GADF-MTF: Wang & Oates, Imaging Time-Series to Improve Classification and Imputation,
IJCAI 2015, arXiv 1506.00327, one minus the error rates of Table 1 (.068, .260, .358)."""
Row = dict[str, Any]
Published = Mapping[str, Mapping[str, float]]
COLUMNS = ("set", "train", "seeds", "signal teacher", "GAF teacher", "student", "scratch", "scratch, GAF", "FCN",
           "ResNet", "epochs of the signal teacher", "its seconds")  # fmt: skip


def published() -> dict[str, dict[str, float]]:
    """Mean test accuracy of FCN and ResNet, and the sizes, by set."""
    with (UCR / "published.csv").open() as file:
        return {row.pop("dataset"): {k: float(v) for k, v in row.items()} for row in csv.DictReader(file)}


def opened(name: str) -> Dataset:
    """The set with its official split."""
    return open_data([str(UCR / f"{name}_TRAIN.tsv"), str(UCR / f"{name}_TEST.tsv")])


def recipes(data: Dataset, seed: int) -> dict[str, Recipe]:
    """The default recipes, by kind; the student hears the signal teacher, the one of images the GAF teacher."""
    student, beside = (
        recipe_for(data, Choices("kd", (view,), student=view, seed=seed), {"architecture": "small"})
        for view in ("signal", "gaf")
    )
    return {
        "signal": student.teachers[0], "gaf": beside.teachers[0], "scratch": student.scratch(), "student": student,
        "images": beside.scratch(),
    }  # fmt: skip


def measured(names: Sequence[str], seeds: Sequence[int], kinds: Sequence[str], folder: Path) -> Iterator[Row]:
    """Train what is asked for, and what it stands on."""
    for name in names:
        school = School(opened(name), folder)
        for seed in seeds:
            for kind, recipe in recipes(school.data, seed).items():
                if kind in kinds:
                    yield _row(name, seed, kind, recipe, school.learned(recipe))
            school.forget()


def _row(name: str, seed: int, kind: str, recipe: Recipe, told: Told) -> Row:
    return {
        "set": name, "seed": seed, "kind": kind, "identity": recipe.identity, "architecture": recipe.architecture,
        "test": told.accuracy["test"], "seconds": told.seconds, "pace": told.pace, "most": recipe.epochs,
    }  # fmt: skip


def within(
    name: str, kinds: Sequence[str], shapes: Sequence[str], view: Mapping[str, object], most: int, known: Sequence[Row]
) -> Iterator[Row]:
    """Teachers of several architectures on two of three folds of a set's training part, judged on the third."""
    whole = official_training(opened(name))
    none, seen = np.zeros(0, np.int64), {(*_asked(r), r["fold"]) for r in known}
    for fold, (rest, held) in enumerate(folds(whole.y, 3, 0)[:most]):
        cut = replace(whole, train=rest, validation=none, test=held)
        for kind, shape in [(k, s) for k in kinds for s in shapes if (name, k, s, _said(view), fold) not in seen]:
            views = view_settings((kind,), {kind: view})
            recipe = teacher_recipe(cut, kind, views, fill(TeacherSettings, {"architecture": shape}), 0)
            told = School(cut).learned(recipe)
            yield {**_row(name, 0, kind, recipe, told), "fold": fold, "view": view}


def _asked(row: Row) -> tuple[str, str, str, str]:
    return row["set"], row["kind"], row["architecture"], _said(row.get("view", {}))


def _said(view: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in view.items())


def folds_told(rows: Sequence[Row]) -> list[str]:
    """The table of held-out accuracies; nothing where nothing was measured."""
    cells: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        cells.setdefault(_asked(row), []).append(row)
    out = [
        f"| {s} | {k}{v and ', '}{v} | `{a}` | {len(f)} | {np.mean([r['test'] for r in f]):.3f} | "
        f"{np.mean([r['seconds'] for r in f]):.0f} |"
        for (s, k, a, v), f in sorted(cells.items())
    ]
    head = ["| set | view | teacher | folds | held out | seconds |", "|---|---|---|--:|--:|--:|"]
    return [FOLDS_HEAD, *head, *out, ""] if out else []


def kept(path: Path) -> list[Row]:
    """The newest line of each set, seed and kind whose recipe is still the default."""
    return list({(r["set"], r["seed"], r["kind"]): r for r in lines(path)}.values())


def mean(rows: Sequence[Row], name: str, kind: str, what: str = "test") -> float:
    """The mean over seeds; NaN where nothing was measured."""
    found = [row[what] for row in rows if (row["set"], row["kind"]) == (name, kind)]
    return float(np.mean(found)) if found else float("nan")


FOLDS_HEAD = """
## Where a teacher lies below scratch

Asked of training parts alone (`--within SET`): teachers on two of three folds, held-out accuracy on the third. With so
few series a fold's accuracy differs by several points from one to the next.
"""
HEAD = """# Teachers, measured

Written by `python -m benchmarks.teachers --markdown docs/teachers-measured.md` from what that program measured; no
figure is typed by hand. Eight sets of the UCR archive with their official splits, every default as in the app: the
default teachers of signal and GAF ({architecture}, trained until the training loss no longer falls, validation part
included), a student of size `small` distilled by `kd` from the first, and its scratch control of exactly as many
steps; a scratch student of that size that sees the GAF, as its teacher does. Test accuracy, mean over {seeds}, which
are too few for any conclusion about one set; FCN and ResNet as published (mean of 3-5 runs, Fawaz et al. 2019).
Architecture and budget were chosen by cross-validation within training parts, not by these figures.

Seconds are processor seconds of one thread on a busy machine; epochs are those taken, of at most so many.
"""


def of_table(rows: Sequence[Row]) -> list[Row]:
    """The rows of the seeds that were asked for."""
    return [row for row in rows if row["seed"] in ASKED]


def table(rows: Sequence[Row]) -> list[str]:
    """The table beside what was published, and the goals; other seeds than were asked for are left out."""
    known, rows = published(), of_table(rows)
    out = [f"| {' | '.join(COLUMNS)} |", "|---|" + "--:|" * (len(COLUMNS) - 1)]
    for name, said in known.items():
        paces = [r for r in rows if (r["set"], r["kind"]) == (name, "signal")]
        epochs = ", ".join(f"{r['pace'].get('epochs', r['most'])} of {r['most']}" for r in paces)
        cells = [mean(rows, name, kind) for kind in KINDS]
        told = [*map(_shown, cells), f"{said['fcn']:.3f}", f"{said['resnet']:.3f}"]
        seconds = mean(rows, name, "signal", "seconds")
        size = f"{said['train']:.0f} | {len({r['seed'] for r in rows if r['set'] == name})}"
        out.append(f"| {name} | {size} | {' | '.join(told)} | {epochs} | {seconds:.0f} |")
    means = {kind: float(np.mean([mean(rows, name, kind) for name in known])) for kind in KINDS}
    figures = [*means.values(), *(float(np.mean([s[k] for s in known.values()])) for k in ("fcn", "resnet"))]
    out.append(f"| **mean** | | | {' | '.join(f'**{_shown(f)}**' for f in figures)} | | |")
    return [*out, "", *goals(rows, known, means)]


def goals(rows: Sequence[Row], known: Published, means: Mapping[str, float]) -> list[str]:
    """Each goal and whether it is met."""
    out = [f"- {_met(m := means[kind], m >= wanted)}: mean of the {_named(kind)} {_shown(m)}, wanted {wanted:.2f}."
           for kind, wanted in GOALS.items()]  # fmt: skip
    for kind, other in ((kind, other) for kind, others in OWN.items() for other in others):
        short = {n: mean(rows, n, kind) - mean(rows, n, other) for n in known}
        below = [f"{n} ({100 * d:+.1f} points)" for n, d in short.items() if d < -BELOW]
        out.append(f"- {_met(sum(short.values()), not below)}: no {_named(kind)} more than two points below its "
                   f"{_named(other)}: {', '.join(below) or 'none is'}.")  # fmt: skip
    largest = max(known, key=lambda n: known[n]["train"])
    seconds = mean(rows, largest, "signal", "seconds")
    out.append(f"- {_met(seconds, seconds <= MOST_SECONDS)}: {seconds:.0f} s for {largest}, the largest; "
               f"wanted: at most {MOST_SECONDS:.0f}.")  # fmt: skip
    return out


def explained(rows: Sequence[Row]) -> list[str]:
    """Of the sets on which a GAF teacher lies below scratch, what was published for these images and for the signal."""
    known = published()
    short = [n for n in known if mean(rows, n, "gaf") < mean(rows, n, "scratch") - BELOW]
    if not short:
        return []
    out = [GAF_HEAD, "| set | samples a pixel | GAF teacher | scratch, of the signal | GASF-GADF-MTF, 2015 | FCN |",
           "|---|--:|--:|--:|--:|--:|"]  # fmt: skip
    for name in short:
        pixel = max(1.0, opened(name).length / modality("gaf").params.size)
        own, alone = (f"{mean(rows, name, kind):.3f}" for kind in ("gaf", "scratch"))
        then = f"{GAF_THEN[name]:.3f}" if name in GAF_THEN else ""
        out.append(f"| {name} | {pixel:.1f} | {own} | {alone} | {then} | {known[name]['fcn']:.3f} |")
    return [*out, "", GAF_END, ""]


def more_seeds(rows: Sequence[Row], known: Published) -> list[str]:
    """Teachers beside scratch students where more seeds were measured than the table has."""
    out = []
    for name, (kind, (other, *_)) in ((n, each) for n in known for each in OWN.items()):
        by = {k: {r["seed"]: r["test"] for r in rows if (r["set"], r["kind"]) == (name, k)} for k in (kind, other)}
        both = sorted(by[kind].keys() & by[other].keys())
        if len(both) < LEAST:
            continue
        mine, theirs = ([by[k][seed] for seed in both] for k in (kind, other))
        paired = family({name: [a - b for a, b in zip(mine, theirs, strict=True)]})[name].mean
        out.append(
            f"| {name} | {_named(kind)} | {len(both)} | {np.mean(mine):.3f} | {np.mean(theirs):.3f} | "
            f"{100 * paired.value:+.1f} | [{100 * paired.low:+.1f}, {100 * paired.high:+.1f}] |"
        )
    return [SEEDS_HEAD, *out, ""] if out else []


SEEDS_HEAD = """
## More seeds

Three seeds say little of one set. Where more were measured, because the table has a goal missed, or for another reason,
all of them, those of the table included; `paired` is the mean difference of the same seed in points, with a 95 % t
interval over seeds.

| set | teacher | seeds | teacher's | scratch | paired | 95 % interval |
|---|---|--:|--:|--:|--:|--:|"""
GAF_HEAD = """
## Why a GAF teacher can know less than a student of the signal

What a student learns alone from the same images stands under `scratch, GAF`; one of the signal sees more: each pixel
of a default GAF is the mean of several samples of these series, which it sees one by one. Published figures on the
same sets, for such images from the paper that they come from (Wang & Oates 2015, arXiv 1506.00327, Table 1:
GASF-GADF-MTF) and for the signal (FCN, as above), lie apart as well on OSULeaf and Lightning7:
"""
GAF_END = """Larger images come nearer, as a fold of OSULeaf shows below (96 by 96 pixels), not near enough, and take
three times as long. So no default was found that keeps every GAF teacher within two points of such a student, and a
run says it instead: as soon as the control has learned, each teacher more than two points below it is named, by
validation series where teachers did not learn from them (`--quick`, `--set teacher.selection=best`), else by test
series, which then choose nothing."""


def _met(found: float, good: bool) -> str:
    return "not measured" if np.isnan(found) else "met" if good else "**missed**"


def _shown(found: float) -> str:
    return "-" if np.isnan(found) else f"{found:.3f}"


def _named(kind: str) -> str:
    names = {"scratch": "scratch student of the signal", "images": "scratch student of the same images"}
    return {**names, "signal": "signal teacher", "gaf": "GAF teacher", "student": "student"}[kind]


def document(rows: Sequence[Row]) -> str:
    """The whole page."""
    asked = of_table(rows)
    seeds = sorted({r["seed"] for r in asked})
    several = f"the seeds {', '.join(map(str, seeds))}, as many as the column says" if len(seeds) > 1 else "one seed"
    shapes = " and ".join(sorted({f"`{r['architecture']}`" for r in rows if r["kind"] in ("signal", "gaf")}))
    head = HEAD.format(architecture=shapes, seeds=several)
    more = more_seeds(rows, published())
    return "\n".join([head, *table(asked), *more, *explained(asked), *folds_told(lines(FOLDS)), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(published()))
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--kept", type=Path, default=KEPT, help="where the lines are kept")
    parser.add_argument("--networks", type=Path, default=Path("benchmark-networks"), help="where teachers are kept")
    parser.add_argument("--within", metavar="SETS", help="instead: several architectures on folds of training parts")
    parser.add_argument("--shapes", default="resnet-16,small,fcn-32", help="the architectures of --within")
    parser.add_argument("--folds", type=int, default=3, help="of --within: the first so many of three")
    parser.add_argument("--view", nargs="*", default=[], metavar="KEY=VALUE", help="of --within: size=96, kind=gasf")
    parser.add_argument("--markdown", type=Path, help="write the page of what is kept here, and measure nothing")
    given = parser.parse_args()
    if given.markdown:
        given.markdown.write_text(document(kept(given.kept)), encoding="utf-8")
        return
    torch.set_num_threads(1)
    if given.within:
        for name in given.within.split(","):
            view = dict(each.split("=", 1) for each in given.view)
            for row in within(name, given.kinds.split(","), given.shapes.split(","), view, given.folds, lines(FOLDS)):
                with FOLDS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
        print("\n".join(folds_told(lines(FOLDS))))
        return
    given.networks.mkdir(parents=True, exist_ok=True)
    seeds = [int(each) for each in given.seeds.split(",")]
    for row in measured(given.sets.split(","), seeds, given.kinds.split(","), given.networks):
        with given.kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)
    print("\n".join(table(kept(given.kept))))


if __name__ == "__main__":
    main()
