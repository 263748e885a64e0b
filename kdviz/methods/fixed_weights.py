"""The wearables papers' base: several teachers with fixed shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Choice
from kdviz.methods.base import About, Method
from kdviz.methods.losses import cross_entropy, hinton, standardised
from kdviz.methods.terms import Shared, shares


@dataclass(frozen=True)
class _Params(Shared):
    logits: Annotated[
        str,
        Choice(
            ("softened", "standardised"),
            "standardised (TDA_KD): 2 z / std(z) in place of z / T, and z / std(z) for labels",
        ),
    ] = "softened"


class Base(Method):
    """A weighted sum of KL losses with weights that never change."""

    id = "base"
    title = "Base (fixed teacher shares)"
    family = "answers"
    about = About(
        idea="The student is held against each teacher, and the losses are added with fixed shares.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda \sum_k \alpha_k\,T^2\,\mathrm{KL}(p_k^T\,\|\,p_s^T),\quad"
        r" \sum_k \alpha_k = 1",
        hands=(("each teacher", "logits, by its share", "student"), ("labels", "class", "student")),
        papers=("The baseline of Jeon et al., arXiv 2407.05315",),
        elsewhere="Reported shares (GAF, PI, signal): GENEActiv 0.2, 0.3, 0.5 or 0.2, 0.2, 0.6; PAMAP2 0.4, 0.3, 0.3.",
        cost="Each teacher runs once per sample.",
        claims="A mixture of the teachers' opinions, in proportions chosen beforehand.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        p, student = self.params, step.student.logits
        ready, temperature, scale = _as_they_are, p.temperature, 1.0
        if p.logits == "standardised":
            ready, temperature, scale = standardised, 0.5, (p.temperature / 0.5) ** 2
        part = shares(p, step.teachers)
        each = [
            part[name] * hinton(ready(student), ready(t.logits), temperature, p.reduction)
            for name, t in step.teachers.items()
        ]
        ce = cross_entropy(ready(student), step.batch.label)
        return {"ce": (1 - p.kd_share) * ce, "kd": p.kd_share * scale * torch.stack(each).sum()}


def _as_they_are(logits: Tensor) -> Tensor:
    return logits
