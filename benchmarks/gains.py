"""Where distillation gains: `python -m benchmarks.gains [SETUP ...] [--seeds 0-9] [--methods ...] [--minutes 7]`.

In each set-up a student may know less than its series hold: few labels, one sensor, or both; its teachers know as
little, or more. Its control is the same student from scratch under the same condition, with as many steps and the same
labels. Seeds draw the labels, the weights and the batches anew. What was trained is kept in `--keep FOLDER`, line by
line: a run that was broken off, or that `--minutes` ended, goes on with what is missing, and several share the work by
set-ups. `--markdown FILE` writes what is kept there and trains nothing. Methods have their default knobs (fam: planes
of 16 by 16), students are `tiny`, and nothing is chosen on the test sets. Differences are paired by seed: 95 % t
intervals, and the exact signed-rank test with Holm's correction for the methods of a set-up. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks import measured
from benchmarks.schooling import School, shared, there
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.metrics.hypothesis_tests import Paired, family, mean
from kdviz.runs.sweeps.plan import numbers
from kdviz.training.defaults import Choices
from kdviz.training.knowledge import Knowledge
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

KEEP, LINES = Path("/tmp/kdviz-gains"), Path("docs/gains-measured.jsonl")
MOTIONS, PLANTED = "sample:basic_motions", "sample:planted"
EPILEPSY, HAR = shared("Epilepsy_TRAIN.ts", "Epilepsy_TEST.ts"), shared("ucihar_train800.npz")


@dataclass(frozen=True)
class Setup:
    """Data, and what may be known of them; `shipped` is what everybody has who has kdviz."""

    title: str
    source: str | list[str]
    knows: Knowledge
    flags: str
    mapping: Mapping[str, object] = field(default_factory=dict)

    @property
    def shipped(self) -> bool:
        return isinstance(self.source, str)


Plan = Callable[[Dataset, Setup, str, int], Recipe]
"""A method's recipe in a set-up, by seed."""
AXIS, EXPERT = Knowledge(student_channels=("gyroscope x",)), Knowledge(teacher_labels="all")
SETUPS = {
    "gunpoint-expert": Setup(
        "GunPoint, 3 labels a class; teachers learned from all labels",
        "sample:gunpoint", replace(EXPERT, labels=3), "--labels 3 --teacher-labels all",
    ),
    "gunpoint-few": Setup("GunPoint, 3 labels a class", "sample:gunpoint", Knowledge(labels=3), "--labels 3"),
    "planted-expert": Setup(
        "Planted, 5 labels a class; teachers learned from all labels",
        PLANTED, replace(EXPERT, labels=5), "--labels 5 --teacher-labels all",
    ),
    "planted-few": Setup("Planted, 5 labels a class", PLANTED, Knowledge(labels=5), "--labels 5"),
    "epilepsy-expert": Setup(
        "Epilepsy, 3 labels a class; teachers learned from all labels",
        EPILEPSY, replace(EXPERT, labels=3), "--labels 3 --teacher-labels all",
    ),
    "epilepsy-few": Setup("Epilepsy, 3 labels a class", EPILEPSY, Knowledge(labels=3), "--labels 3"),
    "har-expert": Setup(
        "UCI HAR, 5 labels a class; teachers learned from all labels",
        HAR, replace(EXPERT, labels=5), "--labels 5 --teacher-labels all",
    ),
    "har-few": Setup("UCI HAR, 5 labels a class", HAR, Knowledge(labels=5), "--labels 5"),
    "planted-worn": Setup(
        "Planted, the student sees channel 1 alone, with noise 0.12 and a missing stretch of 0.30",
        PLANTED, Knowledge(student_channels=("channel 1",), noise=0.12, missing=0.3),
        "--student-channels 'channel 1' --noise 0.12 --missing 0.30",
    ),
    "motions-sensor": Setup(
        "BasicMotions, the student sees the gyroscope's x axis alone", MOTIONS, AXIS,
        "--student-channels 'gyroscope x'",
    ),
    "motions-one": Setup("BasicMotions, 1 label a class", MOTIONS, Knowledge(labels=1), "--labels 1"),
    "motions-worn": Setup(
        "BasicMotions, 1 label a class, the gyroscope's x axis alone, with noise 0.12 and a missing stretch of 0.30; "
        "teachers learned from all labels",
        MOTIONS, replace(EXPERT, labels=1, student_channels=("gyroscope x",), noise=0.12, missing=0.3),
        "--labels 1 --teacher-labels all --student-channels 'gyroscope x' --noise 0.12 --missing 0.30",
    ),
}  # fmt: skip
METHODS = {"kd": ("signal",), "eskd": ("signal",), "hidden": ("signal",), "at": ("signal",), "fam": ("signal",),
           "crd": ("signal",), "aver": ("signal", "gaf")}  # fmt: skip
SET = {"fam": {"side": 16}}
"""Planes of 16 by 16: as wide as the window, which is the default, each lesson would take minutes."""

LEAST = 6
OF_SEED = ("aver", "eskd", "camkd", "ebkd", "hidden", "progressive", "fam", "crd")
"""The methods that the notes name which kdviz grew from; `kd` and `at` are there for comparison."""


def recipe(data: Dataset, setup: Setup, name: str, seed: int) -> Recipe:
    return recipe_for(data, Choices(name, METHODS[name], seed=seed, knows=setup.knows, budget="quick"), SET.get(name))


def lesson(school: School, wanted: Recipe) -> dict[str, Any]:
    scratch, mine = school.learned(wanted.scratch()), school.learned(wanted)
    teachers = {t.student: school.learned(t).accuracy["test"] for t in wanted.teachers}
    return {"method": wanted.method, "seed": wanted.seed, "recipe": wanted.identity, "test": mine.accuracy["test"],
            "scratch": scratch.accuracy["test"], "teachers": teachers, "seconds": mine.seconds,
            "scratch seconds": scratch.seconds}  # fmt: skip


def teach(name: str, rounds: Iterable[Sequence[tuple[str, int]]], plan: Plan, kept: Path, folder: Path,
          until: float) -> None:  # fmt: skip
    """What is missing of a set-up by rounds of (method, seed), after each of which networks are let go; ends where the
    time does. One line a lesson, the same in whatever order."""
    setup = SETUPS[name]
    data = open_data(setup.source, setup.mapping or None)
    known = {(row["data"], row["recipe"]) for row in measured.rows(kept)}
    school = School(data, folder)
    for each in rounds:
        for method, seed in each:
            wanted = plan(data, setup, method, seed)
            if (name, wanted.identity) in known:
                continue
            if time.monotonic() > until:
                return
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"data": name, **lesson(school, wanted)}) + "\n")
        school.forget()


def gains(lessons: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Paired]:
    """By method: the paired differences to scratch, corrected for all methods of the set-up."""
    return family({name: [row["test"] - row["scratch"] for row in rows] for name, rows in lessons.items()})


def shown(found: Paired) -> bool:
    """Whether a gain is shown: the interval above zero, and p below 5 % with all methods of the set-up counted."""
    return bool(found.mean.low > 0 and found.conclusive)


HEAD = """# Gains, measured

Written by `python -m benchmarks.gains --markdown docs/gains-measured.md` from the lines that program keeps in
`docs/gains-measured.jsonl`; no figure is typed by hand. In each set-up the student may know less than its series hold,
as the Distill page and `python -m kdviz distill` let one ask (flags below). `scratch` is the control: the same `tiny`
student and seed, under the same condition, with the same labels and as many steps, without a teacher. Methods have
their default knobs (`fam`: `side=16`, for time's sake) and the teachers named, and the quick budget. No knob was
chosen on these test sets, but set-ups were: candidates ran with two seeds first, and two at the ceiling were dropped
(BasicMotions with 2 labels a class, with and without one axis). Figures are accuracies on the test set.

`paired` is the mean difference to scratch of the same seed, with a 95 % t interval over seeds, which draw the labels,
the weights and the batches anew; all seeds share one split, so they say nothing about other subjects. `p` is the exact
signed-rank test, corrected (Holm) for the methods of the set-up. A gain is *shown* where the interval lies above zero
and p below 0.05. Ten seeds with seven methods can show large and steady gains only; a method or set-up with fewer
seeds was not measured further for want of time, and fewer than six can show nothing. Where teachers learned from all
labels, a gain is what those labels are worth when they are handed on; it is none over a student that has them itself.
"""


def lines(name: str, lessons: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """A set-up's section."""
    setup, told = SETUPS[name], gains(lessons)
    source = setup.source if isinstance(setup.source, str) else " ".join(Path(each).name for each in setup.source)
    seen = {(row["seed"], m): a for rows in lessons.values() for row in rows for m, a in row["teachers"].items()}
    views = dict.fromkeys(m for _, m in seen)
    teachers = ", ".join(f"{m} {np.mean([a for (_, of), a in seen.items() if of == m]):.3f}" for m in views)
    line = f"`python -m kdviz distill {source} {setup.flags} --method METHOD --teachers ...`"
    out = [f"## {setup.title}", "", line,
           "", f"Teachers, mean test accuracy: {teachers}.", "",
           "| method | teachers | seeds | student | scratch | paired | 95 % interval | p | |",
           "|---" * 9 + "|"]  # fmt: skip
    for each, found in told.items():
        rows = lessons[each]
        student, scratch = (mean([row[key] for row in rows]).value for key in ("test", "scratch"))
        verdict = "**gain shown**" if shown(found) else "not shown"
        verdict = "harm shown" if found.mean.high < 0 and found.conclusive else verdict
        out.append(
            f"| `{each}` | {', '.join(METHODS[each])} | {len(rows)} | {student:.3f} | {scratch:.3f} | "
            f"{100 * found.mean.value:+.1f} | [{100 * found.mean.low:+.1f}, {100 * found.mean.high:+.1f}] | "
            f"{found.adjusted:.3f} | {verdict} |"
        )
    return [*out, ""]


def summary(found: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> list[str]:
    """What is shown where, and what is not."""
    by = {name: [each for each, p in gains(lessons).items() if shown(p)] for name, lessons in found.items()}
    out = ["## What is shown, and what is not", ""]
    for name, methods in by.items():
        mine = [f"`{each}`" for each in methods if each in OF_SEED]
        rest = [f"`{each}`" for each in methods if each not in OF_SEED]
        also = f" (and {', '.join(rest)})" if rest else ""
        told = f"{', '.join(mine)} gain{also}." if mine else f"no gain of kdviz' first eight methods is shown{also}."
        seeds = max(len(rows) for rows in found[name].values())
        told = told if seeds >= LEAST else f"{seeds} seeds show nothing."
        out.append(f"- {SETUPS[name].title}: {told}")
    enough = [name for name, methods in by.items() if len([m for m in methods if m in OF_SEED]) >= 3]
    own, other = ([SETUPS[n].title for n in enough if SETUPS[n].shipped is here] for here in (True, False))
    out += ["", f"Set-ups where three or more of kdviz' first eight methods gain: {len(own)} on data that kdviz ships"
            + (f" ({'; '.join(own)})" if own else "") + f", and {len(other)} on Epilepsy or UCI HAR"
            + (f" ({'; '.join(other)})." if other else ".")]  # fmt: skip
    return [*out, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("setups", nargs="*", metavar="SETUP", help=", ".join(SETUPS))
    parser.add_argument("--seeds", default="0-9")
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--minutes", type=float, default=1e6, help="begin nothing more after so long")
    parser.add_argument("--lines", type=Path, default=LINES, metavar="FILE")
    parser.add_argument("--keep", type=Path, default=KEEP, metavar="FOLDER")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write what is kept, train nothing")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.keep.mkdir(parents=True, exist_ok=True)
    kept, wanted = given.lines, given.setups or list(SETUPS)
    until = time.monotonic() + 60 * given.minutes
    for name in () if given.markdown else [name for name in wanted if there(SETUPS[name].source)]:
        rounds = [[(each, seed) for each in given.methods] for seed in numbers(given.seeds)]
        teach(name, rounds, recipe, kept, given.keep, until)
    found = {name: lessons for name in wanted if (lessons := measured.latest(kept, name))}
    told = ["\n".join(lines(name, lessons)) for name, lessons in found.items()]
    if given.markdown:
        given.markdown.write_text("\n".join([HEAD, "\n".join(summary(found)), *told]))
    else:
        print("\n".join(told))


if __name__ == "__main__":
    main()
