"""CAT-KD of Guo et al.: coarse class activation maps of all classes are handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Range, Switch
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import class_attention
from kdviz.methods.terms import Warmed, average, in_time, refuse_empty, taught, warm
from kdviz.nets.maps import cams, together


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; the paper has none")] = 0.0
    weight: Annotated[float, Range(0, 1000, None, "the maps' weight; published configurations have 0.5 to 600")] = 10.0
    cells: Annotated[int, Range(1, 16, 1, "cells per axis that a plane is pooled to; a line has their square")] = 2
    normalise: Annotated[bool, Switch("compare maps at length one")] = True


class CatKd(Method):
    """MSE of the pooled, normalised activation maps of every class."""

    id = "cat_kd"
    title = "CAT-KD (class attention transfer)"
    family = "maps"
    about = About(
        idea="The class activation maps of all classes, pooled to a few cells, must have the teacher's shape.",
        equation=r"L = \mathrm{CE} + \beta\,\mathrm{MSE}\!\left(\frac{A(M_s)}{\|A(M_s)\|}, \frac{A(M_t)}{\|A(M_t)\|}"
        r"\right),\quad M = \mathrm{conv}_{1\times1}(F; W, b)",
        hands=(("teachers", "coarse CAMs of all classes", "student"), ("labels", "class", "student")),
        papers=("Guo et al., Class Attention Transfer Based Knowledge Distillation, CVPR 2023, arXiv 2304.12777",),
        elsewhere="In kdviz, CAMKD (camkd) matches the true class's map alone, at full resolution.",
        cost="Hardly more than KD.",
        claims="Roughly where each class would be found, the wrong ones included.",
    )
    needs = Needs(shared_axis=True)
    Params = _Params

    def build(self, scene: Scene) -> None:
        """Refuse a scene whose maps have no axis in common."""
        refuse_empty(in_time(scene.student, scene.teachers), self.title)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `cat` and, where logits have a share, `kd`."""
        p = self.params
        both = [(_maps(s), _maps(t)) for _, s, t in in_time(step.student, step.teachers)]
        term = average(self._apart(s, t) for s, t in both)
        return {**taught(step, p), "cat": p.weight * warm(step.clock, p.warmup) * term}

    def _apart(self, student: Tensor, teacher: Tensor) -> Tensor:
        if student.dim() != teacher.dim():
            student, teacher = together(student, teacher)
        cells = self.params.cells ** (5 - student.dim())
        return class_attention(student, teacher, cells, self.params.normalise)


def _maps(trace: Trace) -> Tensor:
    """All classes' maps (N, C, *grid), bias included: their means are the logits."""
    maps = cams(trace.head, trace.stages[-1])
    return maps if trace.bias is None else maps + trace.bias.view(1, -1, *[1] * (maps.dim() - 2))
