"""AVER as kdviz defines it: the student learns the average of the teachers' logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Choice
from kdviz.methods.base import About, Method
from kdviz.methods.losses import disagreement, standardised
from kdviz.methods.terms import Softened, all_logits, mean_logits, taught


@dataclass(frozen=True)
class _Params(Softened):
    logit_norm: Annotated[
        str, Choice(("none", "std"), "std divides each teacher's logits by their spread, so that none shouts")
    ] = "none"


class Aver(Method):
    """KL to the mean of the teachers' logits."""

    id = "aver"
    title = "AVER (mean of the logits)"
    family = "answers"
    about = About(
        idea="The teachers' logits are averaged, and the student matches the softened average.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,T^2\,\mathrm{KL}\!\left("
        r"\mathrm{softmax}(\bar z/T)\,\|\,p_s^T\right),\quad \bar z = \tfrac1K\sum_k z_k",
        hands=(("teachers", "mean logits", "student"), ("labels", "class", "student")),
        elsewhere="You et al. 2017 average softened outputs (aver_prob); the CA-MKD code averages losses (aver_loss).",
        cost="Each teacher runs once per sample.",
        claims="A consensus of the teachers; one with larger logits weighs more unless logit_norm is std.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        if self.params.logit_norm == "none":
            return taught(step, self.params, mean_logits(step.teachers))
        spread = [standardised(t.logits) for t in step.teachers.values()]
        return taught(step, self.params, torch.stack(spread).mean(0))

    def readouts(self, step: Step) -> dict[str, float]:
        """How far apart the teachers are, in nats times T^2."""
        return {"teacher disagreement": float(disagreement(all_logits(step.teachers), self.params.temperature))}
