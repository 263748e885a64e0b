"""Every method against the same student trained from scratch: `python -m benchmarks.methods [--seeds 5] [--data ...]`.

Default knobs throughout; `--set KEY=VALUE` tries others. One thread. What was trained is kept in `--keep FOLDER`, line
by line, so that a broken-off run goes on, and two can share the work (`--data gunpoint`, `--data epilepsy`);
`--again METHOD ...` trains methods anew whose code has changed. `--markdown FILE` writes the table of all that is kept
there. Presets are tried with `--held-out`: the test set is dropped, and a third of the training set stands in for it,
another one for every seed. Five seeds cannot show small differences: read the interval.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks import measured
from benchmarks.schooling import School, folds, official_training, shared, there
from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.prepare.splits import validation_from
from kdviz.data.sources.open_data import open_data
from kdviz.methods.base import method, methods
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

SOURCES: dict[str, str | list[str]] = {
    "gunpoint": "sample:gunpoint",
    "basic_motions": "sample:basic_motions",
    "epilepsy": shared("Epilepsy_TRAIN.ts", "Epilepsy_TEST.ts"),
}
TEACHERS = ("signal", "gaf", "persistence")
KEEP = Path(tempfile.gettempdir()) / "kdviz-benchmarks"


def student_for(name: str) -> str:
    return "fusion" if method(name).needs.student_kinds == ("fusion",) else "signal"


def recipe(data: Dataset, name: str, seed: int, settings: dict[str, object]) -> Recipe:
    teachers = method(name).needs.usual(TEACHERS)
    return recipe_for(data, Choices(name, teachers, student_for(name), seed=seed, budget="quick"), settings)


def held_out(data: Dataset, seed: int) -> Dataset:
    """The training set alone; a third of it stands in for the test set, and validation is cut from the rest."""
    whole = official_training(data)
    rest, held = folds(whole.y, 3, seed)[0]
    kept, validation = validation_from(rest, whole.y, seed)
    return replace(whole, train=kept, validation=validation, test=held)


def lesson(school: School, name: str, seed: int, settings: dict[str, object]) -> dict[str, object]:
    """One method with one seed, beside its scratch student."""
    wanted = recipe(school.data, name, seed, settings)
    scratch = school.learned(replace(wanted.scratch(), selection="last"))
    mine = school.learned(wanted)
    return {
        "method": name, "student": student_for(name), "seed": seed, "recipe": wanted.identity,
        "test": mine.accuracy["test"], "scratch": scratch.accuracy["test"], "seconds": mine.seconds,
        "scratch seconds": scratch.seconds, "epochs": wanted.epochs,
        "teachers": {t.student: school.learned(t).accuracy["test"] for t in wanted.teachers},
    }  # fmt: skip


def teach(name: str, given: argparse.Namespace, settings: dict[str, object], kept: Path) -> None:
    """All methods on one data set; seeds outside, so that what is broken off is whole."""
    data = open_data(SOURCES[name])
    known = {(row["method"], row["recipe"]) for row in measured.rows(kept) if row["method"] not in given.again}
    school = School(data, given.keep)
    for seed in range(given.seeds):
        if given.held_out:
            school = School(held_out(data, seed), given.keep)
        for each in given.methods:
            try:
                if (each, recipe(school.data, each, seed, settings).identity) not in known:
                    write(kept, {"data": name, **lesson(school, each, seed, settings)})
            except UserError as reason:
                write(kept, {"data": name, "method": each, "seed": seed, "recipe": "", "failed": str(reason)})
        school.forget()


def write(kept: Path, row: dict[str, object]) -> None:
    with kept.open("a") as file:
        file.write(json.dumps(row) + "\n")


def shown(names: Iterable[str], kept: Path) -> None:
    for name in names:
        print("\n" + "\n".join(measured.lines(name, measured.latest(kept, name))), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", nargs="*", default=list(SOURCES), choices=list(SOURCES))
    parser.add_argument("--methods", nargs="*", default=[n for n in sorted(methods()) if n != "supervised"])
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    parser.add_argument("--keep", type=Path, default=KEEP, metavar="FOLDER")
    parser.add_argument("--again", nargs="*", default=[], metavar="METHOD")
    parser.add_argument("--held-out", action="store_true", help="within the training sets alone, to choose presets")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table of what is kept, train nothing")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.keep.mkdir(parents=True, exist_ok=True)
    settings: dict[str, object] = dict(s.split("=", 1) for s in given.set)
    kind = "held-out" if given.held_out else "measured"
    kept = given.keep / ("-".join([kind, *map(str, given.set)]).replace("/", "_") + ".jsonl")
    if given.markdown:
        given.markdown.write_text(measured.markdown({n: measured.latest(kept, n) for n in given.data}))
        return
    for name in given.data:
        if there(SOURCES[name]):
            teach(name, given, settings, kept)
    shown(given.data, kept)


if __name__ == "__main__":
    main()
