"""A plan becomes runs: every cell's recipe, made once; what cannot run is left out with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.params import Value, knobs
from kdviz.data.dataset import Dataset
from kdviz.methods.base import Method, method
from kdviz.modalities.base import modalities, modality
from kdviz.runs.store.home import runs_home
from kdviz.runs.store.lineage import parents, teachers_from
from kdviz.runs.store.run import make
from kdviz.runs.sweeps.plan import MOST_RUNS, Cell, Plan, Sweep, keep, sweeps_home
from kdviz.training.defaults import ARCHITECTURES, Choices, StudentSettings
from kdviz.training.knowledge import knowledge_from
from kdviz.training.recipe import Recipe
from kdviz.training.recipe_builder import recipe_for

KINDS = ("signal", "fusion")
Recipes = dict[str, tuple[Recipe, Dataset]]


def create(plan: Plan, data: Sequence[Dataset], folder: Path | None = None, made: str = "for a sweep") -> Sweep:
    """Make the sweep's folder and every run's; nothing is started. Raises UserError where nothing can run."""
    found, recipes = expand(plan, data, folder)
    home, visitor = runs_home(), f"sweep {plan.identity[:8]}"
    for identity in found.identities:
        recipe, one = recipes[identity]
        make(recipe, one.name, dict(one.source), home / identity, made, visitor, durable=False)
    os.sync()  # thousands of requests, flushed at once before the record that names them
    keep(found)
    return found


def expand(plan: Plan, data: Sequence[Dataset], folder: Path | None = None) -> tuple[Sweep, Recipes]:
    """What a plan comes to, and the recipe and data of every run; nothing is written."""
    _refuse(plan)
    cells: dict[str, Cell] = {}
    left_out: dict[tuple[str, str], str] = {}
    recipes: Recipes = {}
    for one, name, student, offered in product(data, plan.methods, plan.students, plan.teacher_sets):
        teachers = method(name).needs.usual(offered)
        why = _refusal(plan, name, student, one, teachers)
        if why:
            left_out[(_titled(plan, name, offered), student)] = why
            continue
        for seed, recipe in _recipes(plan, one, name, student, teachers):
            stands_on, identity = parents(recipe), recipe.identity
            recipes |= {p.identity: (p.recipe, one) for p in stands_on}
            recipes[identity] = recipe, one
            on = tuple(p.identity for p in stands_on)
            swept = " + ".join(recipe.teacher_names) if plan.combinations else ""
            cells.setdefault(identity, Cell(identity, name, seed, one.sha256, student, on, swept))
    if not cells:
        raise UserError(next(iter(left_out.values()), "There is nothing to run: name a method, a seed and a student."))
    without = tuple({"method": m, "student": s, "why": why} for (m, s), why in left_out.items())
    return Sweep(folder or sweeps_home() / plan.identity, plan, tuple(cells.values()), without), recipes


def plan_for(data: Sequence[Dataset], **asked: object) -> Plan:
    """A plan over these data sets."""
    named = tuple({"sha256": d.sha256, "name": d.name, "source": dict(d.source)} for d in data)
    return Plan(data=named, **asked)  # type: ignore[arg-type]


def _refuse(plan: Plan) -> None:
    """Raise UserError where a name is none, or a setting concerns nobody."""
    for student in plan.students:
        kind, _, architecture = student.partition(":")
        if kind not in KINDS or architecture not in ARCHITECTURES:
            raise UserError(
                f"A student was {student[:40]!r}; write it as KIND:SIZE, with {' or '.join(KINDS)} "
                f"and one of {', '.join(ARCHITECTURES)}, for example signal:tiny."
            )
    for teacher in plan.teachers:
        modality(teacher)
    kinds = [method(name) for name in plan.methods]
    for key in plan.settings:
        if all(_for(kind, {key: plan.settings[key]}) == {} for kind in kinds):
            raise UserError(f"The setting {key[:60]!r} concerns none of these methods.")
    count = len(plan.methods) * len(plan.seeds) * len(plan.students) * len(plan.data) * len(plan.teacher_sets)
    if count > MOST_RUNS:
        raise UserError(f"This would be {count:,} runs; one sweep has at most {MOST_RUNS:,}.")


def _titled(plan: Plan, name: str, offered: tuple[str, ...]) -> str:
    """A method as it is named among those left out: with the teachers that were offered, where these are swept over."""
    return f"{name} of {' + '.join(offered)}" if plan.combinations and method(name).needs.teachers[1] != 0 else name


def _refusal(plan: Plan, name: str, student: str, data: Dataset, teachers: tuple[str, ...]) -> str | None:
    needs, hides = method(name).needs, knowledge_from(plan.knows).labels or data.unlabelled is not None
    why = needs.refusal(teachers, student.partition(":")[0])
    return why or (needs.refusal_of_hidden() if hides else None)


def _recipes(
    plan: Plan, data: Dataset, name: str, student: str, teachers: tuple[str, ...]
) -> Iterator[tuple[int, Recipe]]:
    """One of each seed; but for teachers from elsewhere nothing but the seed differs, and one is asked for."""
    if knowledge_from(plan.knows).teacher_runs:
        yield from ((seed, _recipe(plan, data, name, student, seed, teachers)) for seed in plan.seeds)
        return
    one = _recipe(plan, data, name, student, plan.seeds[0], teachers)
    for seed in plan.seeds:
        yield seed, replace(one, seed=seed, teachers=tuple(replace(t, seed=seed) for t in one.teachers))


def _recipe(plan: Plan, data: Dataset, name: str, student: str, seed: int, teachers: tuple[str, ...]) -> Recipe:
    kind, _, architecture = student.partition(":")
    named, knows = method(name), knowledge_from(plan.knows)
    wish = Choices(name, teachers, kind, plan.epochs, seed, plan.selection, knows)
    lent = {m: run for m, run in teachers_from(knows.teacher_runs, data).items() if m in teachers}
    return recipe_for(data, wish, {**_for(named, plan.settings), "student.architecture": architecture}, lent)


def _for(kind: type[Method], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The settings that concern a method: all but those that name another one or that only another one knows."""
    return dict(_own(kind, settings))


def _own(kind: type[Method], settings: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    mine = {k.name for k in knobs(kind.Params)}
    training = {k.name for k in knobs(StudentSettings)}
    for key, value in settings.items():
        whom, _, name = key.rpartition(".")
        if whom == kind.id:
            yield f"method.{name}", value
        elif whom in ("", "method"):
            if name in mine or (not whom and name in training):
                yield key, value
        elif whom in ("teacher", "student") or whom in modalities():
            yield key, value
