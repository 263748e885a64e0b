"""Hidden-feature distillation as kdviz defines it: the vector before the classifier is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import explanation
from kdviz.methods.terms import Warmed, average, pairs, taught, warm
from kdviz.nets.adapters import projector


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share")] = 0.0
    weight: Annotated[float, Range(0, 1000, None, "the hidden vectors' weight")] = 1.0
    whose: Annotated[
        str,
        Choice(("signal", "all"), "whose hidden vector: the signal teacher's, or every teacher's"),
    ] = "signal"
    projector: Annotated[str, Choice(("linear", "none"), "linear bridges vectors of different widths")] = "linear"
    distance: Annotated[str, Choice(("mse", "cosine"), "cosine is what reverse distillation uses")] = "mse"


class Hidden(Method):
    """MSE of hidden vectors, the student's projected where widths differ."""

    id = "hidden"
    title = "Hidden-feature KD"
    family = "features"
    about = About(
        idea="The student's hidden vector is trained to match the teacher's, up to a learned linear map where "
        "widths differ.",
        equation=r"L = \mathrm{CE} + w\,\mathrm{MSE}(P h_s, h_t),\quad h = \mathrm{GAP}(F)",
        hands=(("signal teacher", "hidden vector", "student, projected"), ("labels", "class", "student")),
        papers=("Park & Jang, Enhancing Time Series Anomaly Detection, Sensors 24(24):8169, 2024",),
        elsewhere="The paper detects anomalies without labels, by reverse distillation and EfficientAD on GAF images; "
        "this is kdviz's form of it for a classifier.",
        cost="At most one linear layer per teacher, thrown away after training.",
        claims="What the teacher has seen, not where.",
    )
    needs = Needs(modalities=(("signal",),), enough=True)
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A projector per teacher; raises UserError where widths differ and none is wanted."""
        self.bridge = nn.ModuleDict()
        for name, student, teacher in self._pairs(scene.student, scene.teachers):
            mine, theirs = student.embedding.shape[1], teacher.embedding.shape[1]
            if mine != theirs and self.params.projector == "none":
                raise UserError(
                    f"The student's hidden vector has {mine} values and the {name} teacher's {theirs}: "
                    "set projector to linear, or choose networks of equal width."
                )
            self.bridge[name] = projector(mine, theirs)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `hidden` and, where logits have a share, `kd`."""
        p = self.params
        both = self._pairs(step.student, step.teachers)
        term = average(self._apart(self.bridge[name](s.embedding), t.embedding) for name, s, t in both)
        return {**taught(step, p), "hidden": p.weight * warm(step.clock, p.warmup) * term}

    def _pairs(self, student: Trace, teachers: Mapping[str, Trace]) -> list[tuple[str, Trace, Trace]]:
        whose = self.params.whose
        return [pair for pair in pairs(student, teachers) if whose in ("all", pair[0])]

    def _apart(self, student: Tensor, teacher: Tensor) -> Tensor:
        if self.params.distance == "cosine":
            return explanation(student, teacher).mean()
        return F.mse_loss(student, teacher)
