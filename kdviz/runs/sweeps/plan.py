"""A sweep is one object in a folder: methods x seeds x data x students, and the runs that they come to. No torch.

Its runs lie in the home like all others, so what is trained is not trained again; what has come of it is derived.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import fingerprint, private, write_json
from kdviz.core.json_types import made
from kdviz.core.params import Value
from kdviz.runs.index import run_facts
from kdviz.runs.store.home import RUN_ID, home, runs_home
from kdviz.runs.store.run import CANCEL, FINAL, Run, RunState, read_record
from kdviz.training.shell_command import knowledge_words, source_words

RECORD = "sweep.json"
MOST_RUNS = 20_000
TEACHERS = "signal,gaf,persistence"


@dataclass(frozen=True)
class Plan:
    """What is swept over, names and numbers only.

    students  KIND:ARCHITECTURE each, such as `signal:tiny`
    data      the data sets: sha256, name and source of each
    settings  as on the command line; `METHOD.NAME` concerns one method alone
    knows     what student and teachers may know, where that is not everything: kdviz.training.knowledge
    combinations   each of the teachers alone, in pairs and all together, rather than all of them once
    """

    methods: tuple[str, ...]
    seeds: tuple[int, ...]
    students: tuple[str, ...]
    data: tuple[dict[str, Any], ...]
    teachers: tuple[str, ...] = ("signal", "gaf", "persistence")
    epochs: int | None = None
    selection: str | None = None
    settings: dict[str, Value] = field(default_factory=dict)
    knows: dict[str, Any] = field(default_factory=dict)
    combinations: bool = False

    @property
    def teacher_sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of teachers that are offered to every method, the smallest first."""
        if not self.combinations:
            return (self.teachers,)
        sizes = sorted({min(size, len(self.teachers)) for size in (1, 2, len(self.teachers))})
        return tuple(each for size in sizes for each in combinations(self.teachers, size))

    @property
    def identity(self) -> str:
        """32 hexadecimal digits, equal for equal plans; what was added later is left out where it is not used."""
        said = {name: value for name, value in asdict(self).items() if value or name not in ("knows", "combinations")}
        return fingerprint(json.dumps(said, sort_keys=True).encode())[:32]


@dataclass(frozen=True)
class Cell:
    """One run of a sweep, the runs (teachers, control) that it stands on; its teachers where these are swept over."""

    id: str
    method: str
    seed: int
    data: str
    student: str
    stands_on: tuple[str, ...] = ()
    teachers: str = ""


@dataclass(frozen=True)
class Sweep:
    """A sweep's folder with what was laid out in it."""

    folder: Path
    plan: Plan
    cells: tuple[Cell, ...]
    left_out: tuple[dict[str, str], ...] = ()

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The networks that learn from labels alone and that several runs stand on, each once."""
        own = {cell.id for cell in self.cells}
        return tuple(dict.fromkeys(i for cell in self.cells for i in cell.stands_on if i not in own))

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / CANCEL).exists()

    @property
    def identities(self) -> tuple[str, ...]:
        """Of all its runs, those that others stand on first."""
        return (*self.ancestors, *(c.id for c in self.cells))

    def runs(self) -> dict[str, Run]:
        """All its runs by identity, those that others stand on first."""
        here = runs_home()
        return {i: Run(here / i) for i in self.identities}

    def revive(self) -> None:
        """Take a cancellation back: stopped runs go on from where they were."""
        (self.folder / CANCEL).unlink(missing_ok=True)
        states, here = run_facts.states(self.identities), runs_home()
        for identity, state in states.items():
            if state not in (RunState.FINISHED, RunState.FAILED):
                (here / identity / CANCEL).unlink(missing_ok=True)
            if state == RunState.STOPPED:
                (here / identity / FINAL).unlink(missing_ok=True)


def keep(sweep: Sweep) -> None:
    """Write a sweep's record."""
    private(sweep.folder)
    said = {"plan": asdict(sweep.plan), "cells": [asdict(c) for c in sweep.cells], "left_out": list(sweep.left_out)}
    write_json(sweep.folder / RECORD, said)


def open_sweep(folder: Path) -> Sweep:
    """The sweep in a folder; raises UserError where there is none."""
    if not (folder / RECORD).is_file():
        raise UserError(f"{folder} holds no sweep: there is no {RECORD} in it. Make one with `python -m kdviz sweep`.")
    return _opened(folder, (folder / RECORD).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _opened(folder: Path, mark: int) -> Sweep:
    said = read_record(folder / RECORD)
    cells, left_out = said.get("cells", ()), said.get("left_out", ())
    found = tuple(made(Cell, each, RECORD) for each in cells)
    if not all(RUN_ID.fullmatch(i) for cell in found for i in (cell.id, *cell.stands_on)):
        raise UserError(f"{RECORD} of {folder.name} names runs that cannot be.")
    return Sweep(folder, made(Plan, said.get("plan", {}), RECORD), found, tuple(left_out))


def sweeps_home() -> Path:
    """The folder of the sweeps that were given no other."""
    return home() / "sweeps"


def by_identity(identity: str) -> Sweep:
    """The sweep of this identity in the home; raises UserError where there is none."""
    if not RUN_ID.fullmatch(identity):
        raise UserError(f"{identity[:40]!r} names no sweep: a sweep's identity is 32 hexadecimal digits.")
    return open_sweep(sweeps_home() / identity)


@dataclass(frozen=True)
class SweepForecast:
    """What a plan comes to, and what it will take; the last five are those of kdviz.runs.sweeps.estimate.Foreseen.

    teachers_and_controls   how many networks the runs stand on; `left_out` (method, student, why) cannot run
    proves                  how many seeds it takes before any of its methods could be shown better than scratch
    """

    identity: str
    runs: int
    teachers_and_controls: int
    left_out: tuple[dict[str, str], ...]
    proves: int
    seconds: float | None
    to_do: int
    known: int
    tried: int
    guessed: int


def all_sweeps() -> list[Sweep]:
    """Every readable sweep in the home, newest first."""
    found = []
    for path in sorted(sweeps_home().glob(f"*/{RECORD}"), key=lambda p: p.stat().st_mtime, reverse=True):
        try:
            found.append(open_sweep(path.parent))
        except UserError:
            continue
    return found


def parts(words: str) -> tuple[str, ...]:
    """`a,b` as names, each once."""
    return tuple(dict.fromkeys(filter(None, (w.strip() for w in words.split(",")))))


def numbers(words: str) -> tuple[int, ...]:
    """`0-4` or `0,1,7` as whole numbers; raises UserError."""
    found: list[int] = []
    try:
        for part in parts(words):
            low, _, high = part.partition("-")
            found += range(int(low), min(int(high or low), int(low) + MOST_RUNS) + 1)
    except ValueError:
        found = []
    if not found or len(found) > MOST_RUNS:
        raise UserError(f"The seeds were {words[:40]!r}; write them as 0-4 or 0,1,2.")
    return tuple(dict.fromkeys(found))


def line(plan: Plan) -> str | None:
    """`python -m kdviz sweep ...`; None where its files were read in different ways, which no one line says."""
    read = [source_words(each["source"]) for each in plan.data]
    ways = [(mapping, rest) for files, mapping, rest in read if not files[0].startswith("sample:")]
    if any(way != ways[0] for way in ways):
        return None
    mapping, rest = ways[0] if ways else ([], {})
    words: list[list[str]] = [["python", "-m", "kdviz", "sweep", *(file for files, _, _ in read for file in files)]]
    words.append(["--methods", ",".join(plan.methods), "--seeds", seeds(plan.seeds)])
    words.append(["--students", ",".join(plan.students)])
    if ",".join(plan.teachers) != TEACHERS:
        words[-1] += ["--teachers", ",".join(plan.teachers)]
    words[-1] += ["--teacher-combinations"] * plan.combinations
    words += [["--epochs", str(plan.epochs)]] if plan.epochs is not None else []
    words += [["--selection", plan.selection]] if plan.selection is not None else []
    words += knowledge_words(plan.knows, plan.data[0]["source"] if plan.data else {})
    words += [mapping] if mapping else []
    pairs = [f"{name}={value}" for name, value in {**rest, **plan.settings}.items()]
    words += [["--set", *pairs]] if pairs else []
    return " \\\n  ".join(shlex.join(each) for each in words)


def seeds(given: Sequence[int]) -> str:
    """Whole numbers as stretches: `0-5,9`."""
    runs = groupby(enumerate(given), lambda each: each[1] - each[0])
    found = [[number for _, number in stretch] for _, stretch in runs]
    return ",".join(str(f[0]) if len(f) == 1 else f"{f[0]}-{f[-1]}" for f in found)
