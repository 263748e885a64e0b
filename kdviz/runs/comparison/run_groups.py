"""Finished runs as comparisons see them: those that a person means, grouped by their recipe but the seed and split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.runs.index.index_rows import variant
from kdviz.runs.index.run_facts import distilled
from kdviz.runs.store.home import runs_home
from kdviz.runs.store.measures import Measures, kept
from kdviz.runs.store.run import Run, RunState, find_run
from kdviz.runs.store.run_table import records
from kdviz.runs.sweeps import plan
from kdviz.training.knowledge import condition

Place = tuple[str, str]
EVERY = "all"


@dataclass(frozen=True)
class Entry:
    """One finished run as comparisons see it.

    student   what it is, and what it may know where that is not everything: runs that know other things are apart
    source    which data, whatever the split; `split` is the fingerprint with it
    variant   all of the recipe but seeds
    """

    id: str
    method: str
    student: str
    data: str
    source: str
    split: str
    seed: int
    variant: str
    accuracy: float
    control: float
    seconds: float
    measures: Measures | None

    @property
    def unit(self) -> tuple[str, int]:
        """What pairs it with a run of another method."""
        return self.split, self.seed

    @property
    def place(self) -> Place:
        """Where methods are compared: on the same data, with the same student."""
        return self.source, self.student

    @property
    def teacher(self) -> str:
        """The teacher whose numbers stand for the run; empty where it was not measured."""
        return "" if self.measures is None else self.measures.teacher

    @property
    def teachers(self) -> tuple[str, ...]:
        """The views of its teachers, the signal first; none where it was not measured."""
        found = () if self.measures is None else self.measures.fidelity
        return tuple(sorted(found, key=lambda view: (view != "signal", view)))

    def score(self, group: str, name: str, teacher: str = "") -> float:
        """A measure beside one teacher, the reference unless another is named; NaN where it was not taken."""
        if self.measures is None:
            return math.nan
        found = getattr(self.measures, group).get(teacher or self.teacher, {}).get(name)
        return math.nan if found is None else float(found)

    def cost(self, name: str) -> float:
        """What the student costs; NaN where it was not measured."""
        return math.nan if self.measures is None else self.measures.cost.get(name, math.nan)


@dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but seed and split."""

    label: str
    entries: tuple[Entry, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Its seeds, each once."""
        return tuple(sorted({e.seed for e in self.entries}))

    @property
    def splits(self) -> tuple[str, ...]:
        """Its splits, each once."""
        return tuple(sorted({e.split for e in self.entries}))


def entry(run: Run) -> Entry | None:
    """What comparisons need of a run; None where it has no test accuracy."""
    said = records(run)
    recipe, request, final = said.recipe, said.request, said.final
    accuracy = final.get("accuracy", {}).get("test")
    if said.state != RunState.FINISHED or accuracy is None:
        return None
    known = condition(recipe, request.get("source", {}))
    student = f"{recipe.student}:{recipe.architecture}" + (f", {known}" if known else "")
    source = request.get("source", {})
    control = final.get("teachers", {}).get("control", {}).get("accuracy", {}).get("test", math.nan)
    return Entry(
        run.folder.name, recipe.method, student, str(request.get("data", "")),
        str(source.get("sample") or source.get("file") or recipe.data), recipe.data, recipe.seed, variant(recipe),
        float(accuracy), float(control), float(final.get("seconds", math.nan)), kept(run),
    )  # fmt: skip


def groups(entries: Sequence[Entry]) -> dict[Place, list[Group]]:
    """By data and student: the groups there, each with a label of its own; one run per seed and split."""
    found: dict[Place, dict[str, dict[tuple[str, int], Entry]]] = {}
    for e in entries:
        found.setdefault(e.place, {}).setdefault(e.variant, {})[e.unit] = e
    names = _labels(entries)
    return {
        place: [Group(names[v], tuple(units[u] for u in sorted(units))) for v, units in variants.items()]
        for place, variants in found.items()
    }


def _labels(entries: Sequence[Entry]) -> dict[str, str]:
    """A method's name, numbered where several variants of it are compared with the same student."""
    by_name: dict[tuple[str, str], list[str]] = {}
    for e in entries:
        kinds = by_name.setdefault((e.method, e.student), [])
        if e.variant not in kinds:
            kinds.append(e.variant)
    return {
        v: name if len(kinds) == 1 else f"{name} #{k + 1}"
        for (name, _), kinds in by_name.items()
        for k, v in enumerate(kinds)
    }


def sweep_of(word: str) -> plan.Sweep | None:
    """The sweep in a folder or of an identity, if the word names one."""
    for place in (Path(word), plan.sweeps_home() / word):
        if word and (place / plan.RECORD).is_file():
            return plan.open_sweep(place)
    return None


def cells(found: plan.Sweep) -> list[Run]:
    """The runs of a sweep that are here, without those that they stand on."""
    here = runs_home()
    runs = [Run(here / cell.id) for cell in found.cells]
    return [run for run in runs if run.folder.is_dir()]


def runs_of(word: str) -> list[Run]:
    """The runs that a word names: a sweep, a run, or `all` that were distilled here; raises UserError."""
    found = sweep_of(word)
    if word == EVERY:
        return [each.run for each in distilled()]
    if found is not None:
        return cells(found)
    try:
        return [find_run(word)]
    except UserError:
        raise UserError(f"{word[:80]} is no folder and no identity of a sweep or a run.") from None
