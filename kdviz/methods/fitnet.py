"""FitNets' hints (Romero et al.): a middle stage of the student must be translatable into the teacher's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Warmed, average, levels, pairs, taught, warm
from kdviz.nets.adapters import Translate
from kdviz.nets.maps import onto


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share")] = 0.0
    weight: Annotated[float, Range(0, 10000, None, "the hint's weight; toolkits 100")] = 10.0
    stage: Annotated[str, Choice(("middle", "last"), "which stage is the hint")] = "middle"


class FitNet(Method):
    """MSE of the teacher's hint and the student's translated stage."""

    id = "fitnet"
    title = "FitNet (hints)"
    family = "features"
    about = About(
        idea="A middle stage of the student, translated by a small layer, is trained to match the teacher's "
        "middle stage.",
        equation=r"L = \mathrm{CE} + \beta\,\mathrm{MSE}\!\left(r(F_s), F_t\right),\quad r = \mathrm{ReLU}\,\mathrm{BN}"
        r"\,\mathrm{conv}_{1\times1}",
        hands=(("teachers", "middle feature map", "student, translated"), ("labels", "class", "student")),
        papers=("Romero et al., FitNets: Hints for Thin Deep Nets, ICLR 2015, arXiv 1412.6550",),
        elsewhere="The paper trains on hints first and distils afterwards; toolkits, and this, do it at once.",
        cost="One 1x1 convolution per teacher, thrown away after training.",
        claims="The teacher's features half-way.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A translator per teacher."""
        self.translate = nn.ModuleDict()
        for name, mine, theirs in self._hints(scene.student, scene.teachers):
            self.translate[name] = Translate(theirs.dim() - 2, mine.shape[1], theirs.shape[1])

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `hint` and, where logits have a share, `kd`."""
        p, hints = self.params, self._hints(step.student, step.teachers)
        term = average(F.mse_loss(self.translate[name](mine), theirs) for name, mine, theirs in hints)
        return {**taught(step, p), "hint": p.weight * warm(step.clock, p.warmup) * term}

    def _hints(self, student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Tensor, Tensor]]:
        place = 1 if self.params.stage == "middle" else 0
        for name, one, other in pairs(student, teachers):
            found = levels(one, other, "all")
            mine, theirs = found[min(place, len(found) - 1)]
            yield name, onto(mine, theirs), theirs
