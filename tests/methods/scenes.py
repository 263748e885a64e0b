"""Small worlds for methods: networks, traces and steps of any shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from kdviz.core.flow import Batch, Clock, Scene, Step, Trace, Views
from kdviz.core.params import fill
from kdviz.methods.base import Method, method
from kdviz.nets.base import Branch, build

TEACHERS = ("signal", "gaf", "persistence")


def shapes_of(views: Views) -> Mapping[str, tuple[int, ...]]:
    """The shape (C, *grid) of each view, without the batch axis."""
    return {name: tuple(view.shape[1:]) for name, view in views.items()}


@dataclass
class World:
    """A training set seen by a student and its frozen teachers."""

    views: dict[str, Tensor]
    labels: Tensor
    classes: int
    student: Branch
    teachers: dict[str, Branch]

    def scene(self) -> Scene:
        with torch.no_grad():
            student = self.student.eval()(self._at(self.student, slice(0, 2)))
        told = {m: self.told(m, torch.arange(min(2, len(self.labels)))) for m in self.teachers}
        kind = "fusion" if len(self.student.modalities) > 1 else "signal"
        return Scene(student, told, self.labels, self.classes, kind, shapes_of(self.views))

    def told(self, teacher: str, index: Tensor) -> Trace:
        net = self.teachers[teacher]
        with torch.no_grad():
            return net(self._at(net, index))

    def step(self, index: Tensor, clock: Clock | None = None) -> Step:
        views = self._at(self.student, index)
        batch = Batch(views, self.labels[index], index)
        told = {m: self.told(m, index) for m in self.teachers}
        return Step(batch, self.student.train()(views), told, clock or Clock(1, 10))

    def _at(self, net: Branch, index: Any) -> dict[str, Tensor]:
        return {m: self.views[m][index] for m in net.modalities}


def world(
    student: str = "signal", teachers: tuple[str, ...] = TEACHERS, *, channels: int = 1, classes: int = 3,
    length: int = 24, size: int = 12, side: int = 16, seed: int = 0,
) -> World:  # fmt: skip
    """A world with tiny networks and random series."""
    torch.manual_seed(seed)
    views = {"signal": torch.randn(size, channels, length)}
    views |= {m: torch.randn(size, channels, side, side) for m in ("gaf", "persistence")}
    shapes = shapes_of(views)
    images = tuple(t for t in teachers if t != "signal") or ("gaf",)
    sees = ("signal", *images) if student == "fusion" else (student,)
    made = build(student, "tiny", sees, shapes, classes)
    taught = {t: build(t, "tiny", (t,), shapes, classes).eval().requires_grad_(False) for t in teachers}
    for net in taught.values():
        settle(net, views)
    return World(views, torch.arange(size) % classes, classes, made, taught)


def settle(net: Branch, views: Mapping[str, Tensor]) -> None:
    """Give a random teacher's batch norms statistics of the data."""
    net.train()
    with torch.no_grad():
        for _ in range(3):
            net({m: views[m] for m in net.modalities})
    net.eval()


def built(name: str, where: World, **knobs: Any) -> Method:
    kind = method(name)
    how = kind(fill(kind.Params, knobs))
    how.build(where.scene())
    return how


def usual(name: str) -> tuple[str, tuple[str, ...]]:
    """A student and teachers with which the method can run."""
    needs = method(name).needs
    student = "fusion" if needs.student_kinds == ("fusion",) else "signal"
    return student, needs.usual(TEACHERS)


def doubled(trace: Trace) -> Trace:
    """A trace in double precision, cut loose."""

    def wide(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value.double() if value.is_floating_point() else value
        if isinstance(value, tuple):
            return tuple(wide(v) for v in value)
        if isinstance(value, Mapping):
            return {k: doubled(v) if isinstance(v, Trace) else wide(v) for k, v in value.items()}
        return value

    return replace(trace, **{f.name: wide(getattr(trace, f.name)) for f in fields(trace)})


def bare(logits: Tensor, last: Tensor | None = None, head: Tensor | None = None, bias: Tensor | None = None) -> Trace:
    """A trace of which only some things matter."""
    last = torch.zeros(len(logits), 1, 2, dtype=logits.dtype) if last is None else last
    head = torch.zeros(logits.shape[1], last.shape[1], dtype=logits.dtype) if head is None else head
    return Trace((last,), last.flatten(2).mean(2), logits, head, bias=bias)


def step_of(student: Trace, teachers: Mapping[str, Trace], label: Tensor, clock: Clock | None = None) -> Step:
    return Step(Batch({}, label, torch.arange(len(label))), student, teachers, clock or Clock(10, 10, "distil"))


def scene_of(step: Step) -> Scene:
    return Scene(step.student, step.teachers, step.batch.label, step.student.logits.shape[1])
