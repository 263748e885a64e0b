"""Every method beside its scratch student and beside KD alone: `python -m benchmarks.methods [SETUP ...]`.

Set-ups are those of `benchmarks.gains` in which teachers know more than the student, so that there is room. A method
has its default knobs (`fam`, `fam1d`: planes of 16, for time's sake), a `tiny` student and the teachers that it cannot
do without: the signal's, and the GAF's where its idea is several. One that has a term of its own also stands beside
the same student that hears the teacher's answers alone: the method itself with own term 0, where it hears them too.
What was measured is kept line by line in `--kept FILE`, and what is there is not measured again; `--minutes` ends a
piece; `--markdown FILE` writes the page of all that is kept and trains nothing. One thread.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import time
from dataclasses import fields
from pathlib import Path

import torch

from benchmarks import measured, method_defaults
from benchmarks.gains import KEEP, SETUPS, Setup, teach
from benchmarks.schooling import there
from kdviz.data.dataset import Dataset
from kdviz.methods.base import method, methods
from kdviz.runs.sweeps.plan import numbers
from kdviz.training.defaults import Choices
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

KEPT = Path("docs/methods-measured.jsonl")
WITH_ROOM = ("gunpoint-expert", "planted-expert", "epilepsy-expert")
SEVERAL = ("aver", "aver_loss", "aver_prob", "base", "camkd_confidence", "ebkd_entropy", "camkd", "camkd_lift",
           "ebkd", "progressive", "tgd")  # fmt: skip
SET: dict[str, dict[str, object]] = {"fam": {"side": 16}, "fam1d": {"side": 16}}
SAME_STEPS = ("es_teacher", "tgd", "progressive")
"""Whose own term cannot be switched off alone: their teachers or their start differ too."""


def recipe(data: Dataset, setup: Setup, name: str, seed: int) -> Recipe:
    """A method's recipe in a set-up; identities are those of `benchmarks.gains`."""
    student = "fusion" if method(name).needs.student_kinds == ("fusion",) else "signal"
    teachers = method(name).needs.usual(("signal", "gaf") if name in SEVERAL else ("signal",))
    return recipe_for(
        data, Choices(name, teachers, student, seed=seed, knows=setup.knows, budget="quick"), SET.get(name)
    )


def kd_alone(name: str) -> str | None:
    """What hears the same teacher's answers and nothing else; None where a method has no own term to do without."""
    knobs = {f.name: f.default for f in fields(method(name).Params)}
    usual = {f.name: f.default for f in fields(method("kd").Params)}
    own = {"weight", "angle"} & knobs.keys() and "kd_share" in knobs
    if not own or name in (*SAME_STEPS, *SEVERAL):
        return None
    alike = all(knobs[key] == usual[key] for key in ("kd_share", "temperature", "reduction"))
    return "kd" if alike or knobs["kd_share"] == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("setups", nargs="*", default=list(WITH_ROOM), metavar="SETUP", help=", ".join(WITH_ROOM))
    parser.add_argument("--seeds", default="0-9")
    parser.add_argument("--methods", nargs="*", default=[n for n in sorted(methods()) if n != "supervised"])
    parser.add_argument("--minutes", type=float, default=1e6, help="begin nothing more after so long")
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FILE")
    parser.add_argument("--networks", type=Path, default=KEEP, metavar="FOLDER", help="where teachers are kept")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page of what is kept, train nothing")
    given = parser.parse_args()
    torch.set_num_threads(1)
    until = time.monotonic() + 60 * given.minutes
    if not given.markdown:
        given.networks.mkdir(parents=True, exist_ok=True)
        for name in [name for name in given.setups if there(SETUPS[name].source)]:
            rounds = [[(each, seed)] for each in given.methods for seed in numbers(given.seeds)]
            teach(name, rounds, recipe, given.kept, given.networks, until)
    found = {name: measured.latest(given.kept, name) for name in given.setups}
    page = measured.markdown({SETUPS[n].title: each for n, each in found.items()}, kd_alone)
    page += "\n".join(["", *method_defaults.section(measured.rows(method_defaults.KEPT))])
    if given.markdown:
        given.markdown.write_text(page, encoding="utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main()
