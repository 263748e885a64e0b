"""Modules as the networks of an opened run, so that everything that looks at runs looks at them; nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.live import given_inputs as given
from kdviz.modalities.base import Array, Modality
from kdviz.nets.base import Branch
from kdviz.nets.foreign_network import ForeignNetwork, quiet
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.store.run import Run
from kdviz.training.recipe import RECORDED, Recipe

NAME = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,23}")
RESERVED = ("student", "control", "twin")
NOWHERE = Path("/nonexistent")
FEW = 8


@dataclass(frozen=True)
class Asked:
    """What was asked for beside modules and series: see kdviz.compare."""

    control: nn.Module | None = None
    inputs: Mapping[str, Any] | None = None
    views: Mapping[str, Any] | None = None
    time_axis: int | Mapping[str, int] | None = None
    layers: Mapping[str, Sequence[str]] | None = None
    classes: Sequence[str] | None = None
    channels: Sequence[str] | None = None
    rate: float | None = None
    groups: Any = None
    test: Any = None
    name: str = "your networks"


@dataclass(frozen=True)
class LiveRun:
    """An opened run whose networks are somebody's modules, which must be quiet while it is asked.

    modules   by role, as they were given
    fixed     whether a network has inputs of its own: it cannot be shown a changed series
    """

    opened: OpenedRun
    modules: Mapping[str, nn.Module]
    fixed: bool


def live_run(teacher: nn.Module | Mapping[str, nn.Module], student: nn.Module, X: Any, y: Any, asked: Asked) -> LiveRun:
    """The networks before their data; raises UserError for whatever does not fit together."""
    modules = _modules(teacher, student, asked.control)
    names = [name.removeprefix("teacher.") for name in modules]
    for what in ("inputs", "views", "layers"):
        by_name = getattr(asked, what)
        if not isinstance(by_name, Mapping | None):
            raise UserError(f"{what}= is a {type(by_name).__name__}; allowed is a dict by network: {', '.join(names)}.")
        given.refuse_unknown(what, by_name or {}, names)
    series = given.as_series(X)
    test = given.indices(asked.test, len(series))
    rest = asked.test.train if isinstance(asked.test, Dataset) else np.setdiff1d(np.arange(len(series)), test)
    fit_on = series[rest] if rest.size else series
    with quiet([*modules.values()]):
        networks, modalities = _networks(modules, series, fit_on, asked)
        widths = {role: _width(net, modalities, series) for role, net in networks.items()}
    if len(set(widths.values())) > 1:
        said = ", ".join(f"{role} {width}" for role, width in widths.items())
        raise UserError(f"The networks give different numbers of logits ({said}): all must know the same classes.")
    if 1 in widths.values():
        raise UserError(
            "The networks give one logit, and one for each class is needed. Where it is that of the second class of "
            "two, give a module that answers torch.cat([torch.zeros_like(z), z], 1)."
        )
    data = given.dataset(
        series, y, classes=asked.classes, channels=asked.channels, rate=asked.rate, groups=asked.groups,
        test=asked.test, name=asked.name, many=next(iter(widths.values())),
    )  # fmt: skip
    opened = OpenedRun(Run(NOWHERE), data)
    recipe = _recipe(networks, modules, modalities, data.sha256)
    seen = given.LiveInput(data, recipe, modalities)
    vars(opened).update(
        recipe=recipe, inputs=dict.fromkeys(networks, seen), networks=networks, own_maps=False, answer_epoch=None,
        reference=next((r.removeprefix("teacher.") for r in networks if r.startswith("teacher.")), ""),
    )  # fmt: skip
    fixed = any(isinstance(each, given.OwnInputs) for each in modalities.values())
    return LiveRun(opened, dict(zip(networks, modules.values(), strict=True)), fixed)


def _modules(
    teacher: nn.Module | Mapping[str, nn.Module], student: nn.Module, control: nn.Module | None
) -> dict[str, nn.Module]:
    """By name: teachers, student, control; one teacher alone is called `teacher`."""
    teachers = dict(teacher) if isinstance(teacher, Mapping) else {"teacher": teacher}
    if not teachers:
        raise UserError("No teacher was given: give a module, or a dict of them by name.")
    for name in teachers:
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
            raise UserError(
                f"A teacher cannot be called {str(name)[:40]!r}: a name has letters, digits, spaces, _ or -, begins "
                f"with a letter, has at most 24 characters, and is none of {', '.join(RESERVED)}."
            )
    found = {f"teacher.{name}": each for name, each in teachers.items()} | {"student": student}
    if control is not None:
        found["control"] = control
    for name, each in found.items():
        if not isinstance(each, nn.Module):
            raise UserError(
                f"{name.removeprefix('teacher.')} is a {type(each).__name__}; allowed is a torch.nn.Module. "
                "A model file is not opened here: load it in your own code and give the module."
            )
        waiting = [k for k, weight in each.named_parameters() if nn.parameter.is_lazy(weight)]
        if waiting:
            raise UserError(
                f"{name.removeprefix('teacher.')} has not seen anything yet: {waiting[0][:60]!r} takes its size from a "
                "first batch. Pass one through it, then give it."
            )
    return {name: _plain(each) for name, each in found.items()}


def _plain(module: nn.Module) -> nn.Module:
    """What torch.compile was given: hooks on compiled code would compile it anew and anew."""
    inner = getattr(module, "_orig_mod", None)
    return inner if isinstance(inner, nn.Module) else module


def _networks(
    modules: Mapping[str, nn.Module], series: Array, fit_on: Array, asked: Asked
) -> tuple[dict[str, Branch], dict[str, Modality]]:
    """By role, student and control first because what they see has names of its own; then in the order of pages."""
    made, held, roles = dict[str, Branch](), dict[str, Modality](), dict[str, str]()
    for name in sorted(modules, key=lambda each: (each.startswith("teacher."), each != "student")):
        module, plain = modules[name], name.removeprefix("teacher.")
        if isinstance(module, Branch):
            roles[name] = _role(name, module.modalities[0])
            made[roles[name]] = module
            _see_of_ours(module, plain, fit_on, asked, held)
            continue
        heir = (
            "student" if name == "control" and plain not in {**(asked.inputs or {}), **(asked.views or {})} else plain
        )
        axis = asked.time_axis.get(heir) if isinstance(asked.time_axis, Mapping) else asked.time_axis
        inputs, view = (asked.inputs or {}).get(heir), (asked.views or {}).get(heir)
        if name == "control" and heir == "student" and "student" in made and len(made["student"].modalities) == 1:
            called = made["student"].modalities[0]
        else:
            seen = given.sight(heir, series, inputs, view, axis, fit_on)
            called = _called(name, plain, seen, held)
            held.setdefault(called, seen)
        few = _few(held[called], series[:FEW])
        wanted = (asked.layers or {}).get(plain, ())
        roles[name] = _role(name, called)
        made[roles[name]] = _foreign(module, called, few, wanted, plain)
    return {roles[name]: made[roles[name]] for name in modules}, held


def _role(name: str, called: str) -> str:
    return f"teacher.{called}" if name.startswith("teacher.") else name


def _called(name: str, plain: str, seen: Modality, held: Mapping[str, Modality]) -> str:
    """How a network's view is called: of a teacher that has a name as it, of the student and one alone as it is."""
    called = plain if name.startswith("teacher.") and plain != "teacher" else given.kind_of(seen)
    if called not in held or given.alike(held[called], seen):
        return called
    if called == plain:
        raise UserError(
            f"The teacher {called!r} sees something else than the student, whose view is called so too: call the "
            "teacher otherwise."
        )
    return plain


def _see_of_ours(net: Branch, plain: str, fit_on: Array, asked: Asked, held: dict[str, Modality]) -> None:
    """The views of a network of kdviz: those that were given ready, by their names, or made by their usual settings."""
    ready = (asked.views or {}).get(plain, {})
    for m in net.modalities:
        if m not in held:
            view = ready.get(m, m) if isinstance(ready, Mapping) else ready
            held[m] = given.sight(plain, fit_on, None, view, None, fit_on)


def _foreign(module: nn.Module, called: str, view: Tensor, layers: Sequence[str], plain: str) -> ForeignNetwork:
    try:
        return ForeignNetwork(module, called, view, layers)
    except UserError:
        raise
    except Exception as why:  # it is somebody else's code
        raise UserError(
            f"The network {plain!r} cannot read {tuple(view.shape)}: {type(why).__name__}: {str(why)[:200]}. "
            "Give it inputs of its own with inputs=, or a view of kdviz with views=."
        ) from why


def _width(net: Branch, modalities: Mapping[str, Modality], series: Array) -> int:
    with torch.no_grad():
        return int(net({m: _few(modalities[m], series[:2]) for m in net.modalities}).logits.shape[1])


def _few(seen: Modality, series: Array) -> Tensor:
    """What a network sees of the first series."""
    return torch.from_numpy(seen.inputs[: len(series)] if isinstance(seen, given.OwnInputs) else seen.see(series))


def _recipe(
    networks: Mapping[str, Branch], modules: Mapping[str, nn.Module], modalities: Mapping[str, Modality], data: str
) -> Recipe:
    """Names only: whose identity it is, the record's own content says later."""
    kinds = dict(zip(networks, (type(each).__name__[:40] for each in modules.values()), strict=True))
    views: dict[str, dict[str, Any]] = {m: {} for m in modalities}
    student = networks["student"].modalities
    teachers = tuple(
        Recipe(
            data, "supervised", net.modalities[0], net.modalities, kinds[role],
            {m: {} for m in net.modalities}, epochs=1, control=False,
        )
        for role, net in networks.items()
        if role.startswith("teacher.")
    )  # fmt: skip
    return Recipe(
        data, RECORDED, student[0] if len(student) == 1 else "fusion", student, kinds["student"], views,
        teachers=teachers, epochs=1, control="control" in networks,
    )  # fmt: skip
