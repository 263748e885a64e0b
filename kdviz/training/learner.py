"""A student with its method and optimiser, somewhere on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kdviz.flow import Clock, Scene
from kdviz.methods.base import Method, Stage, method
from kdviz.nets.base import Branch
from kdviz.nets.build import build
from kdviz.params import fill
from kdviz.selection import Best
from kdviz.training.frozen import Frozen
from kdviz.training.material import Material
from kdviz.training.recipe import Recipe


@dataclass
class Learner:
    """A student with its method and optimiser, somewhere on its way."""

    recipe: Recipe
    net: Branch
    method: Method
    optimiser: torch.optim.Optimizer
    plan: tuple[tuple[str, int, bool], ...]
    best: Best = field(default_factory=Best)
    answers: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    layers: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    moments: dict[str, dict[str, Any]] = field(default_factory=dict)
    epoch: int = 0
    seconds: float = 0.0

    def answer(self, name: str) -> None:
        """The weights of now are the answer of this name; beside them the method's own layers, where it shows them."""
        self.answers[name] = copied(self.net)
        if type(self.method).maps is not Method.maps:
            self.layers[name] = copied(self.method)

    @property
    def last_epoch(self) -> int:
        """The epoch after which this recipe stops."""
        return max(1, round(self.recipe.epochs * self.recipe.stop))

    def clock(self, epoch: int) -> Clock:
        """The clock of an epoch (from 1), with the stage it falls into."""
        return Clock(epoch, self.recipe.epochs, self.stage(epoch)[0])

    def stage(self, epoch: int) -> tuple[str, bool]:
        """The name of an epoch's stage, and whether its weights may become the answer."""
        for name, end, judged in self.plan:
            if epoch <= end:
                return name, judged
        return self.plan[-1][0], self.plan[-1][2]


def plan(stages: tuple[Stage, ...], epochs: int) -> tuple[tuple[str, int, bool], ...]:
    """(name, last epoch, judged) of each stage; every epoch is in one, and the last stage has at least one."""
    ends, share, total = [], 0.0, sum(s.share for s in stages)
    for place, stage in enumerate(stages):
        share += stage.share / total
        room = epochs - 1 if place < len(stages) - 1 else epochs
        ends.append((stage.name, min(round(share * epochs), room), stage.judged))
    return tuple(ends)


def student_of(recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], classes: int) -> Branch:
    """The recipe's network, freshly initialised from its seed alone."""
    torch.manual_seed(recipe.seed)
    return build(recipe.student, recipe.architecture, recipe.sees, shapes, classes)


def learner(recipe: Recipe, material: Material, teachers: Mapping[str, Frozen]) -> Learner:
    """A student at epoch 0, its method sized by one dry run."""
    net = student_of(recipe, material.shapes, material.classes)
    kind = method(recipe.method)
    how = kind(fill(kind.Params, recipe.knobs))
    views, labels = material.part("train")
    index = torch.arange(min(2, labels.numel()))
    with torch.no_grad():
        trace = net.eval()({m: views[m][index] for m in net.modalities})
    torch.manual_seed(recipe.seed + 1)
    traces = {m: t.at(index) for m, t in teachers.items()}
    how.build(Scene(trace, traces, labels, material.classes, recipe.student_kind, material.shapes))
    weights = [*net.parameters(), *(p for p in how.parameters() if p.requires_grad)]
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay, fused=True)
    return Learner(recipe, net, how, optimiser, plan(how.stages(), recipe.epochs), how.best())


def copied(net: nn.Module) -> dict[str, Tensor]:
    """The weights of a network, detached and cloned."""
    return {name: value.detach().clone() for name, value in net.state_dict().items()}
