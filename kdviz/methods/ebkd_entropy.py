"""Entropy-based multi-teacher distillation (Kwon et al.): certain teachers weigh more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Range, Switch
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import certainty, cross_entropy, entropy, kl_each, softened


@dataclass(frozen=True)
class _Params:
    temperature: Annotated[float, Range(1, 20, 0.5, "T: how soft the teachers' probabilities are")] = 4.0
    ce_weight: Annotated[float, Range(0, 10, None, "gamma, the labels' weight")] = 1.0
    kd_weight: Annotated[float, Range(0, 100, None, "alpha, the logits' weight")] = 1.0
    renormalise: Annotated[bool, Switch("let the teachers' weights sum to one")] = True
    parity: Annotated[bool, Switch("as the published code: weights sum to K - 1, then divided by K")] = False


class Entropy(Method):
    """KL to each teacher, weighed per sample by one minus its share of the entropy."""

    id = "ebkd_entropy"
    title = "EBKD-entropy (certain teachers first)"
    family = "answers"
    about = About(
        idea="For each sample, a teacher weighs the more the lower the entropy of its answer is.",
        equation=r"L = \gamma\,\mathrm{CE} + \alpha\,\tfrac1B\sum_{kb}\tfrac{w_{kb}}{K-1}\,T^2\,\mathrm{KL}_{kb},\quad"
        r" w_{kb} = 1 - \frac{H_{kb}}{\sum_j H_{jb}}",
        hands=(("teachers", "logits, weighed by certainty", "student"), ("labels", "class", "student")),
        papers=(
            "Kwon, Na, Lee & Kim, Adaptive Knowledge Distillation Based on Entropy, ICASSP 2020, "
            "doi 10.1109/ICASSP40776.2020.9054698",
        ),
        elsewhere="In kdviz, EBKD (ebkd) hands over evidence maps. The equation is that of the CA-MKD code.",
        cost="Each teacher runs once per sample.",
        claims="Whom to believe about each sample; certain is not right, and an overconfident teacher wins.",
    )
    needs = Needs(teachers=(2, None))
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        p, count = self.params, len(step.teachers)
        scale = 1 / count if p.parity or not p.renormalise else 1 / (count - 1)
        student = softened(step.student.logits, p.temperature)
        apart = torch.stack([kl_each(student, softened(t.logits, p.temperature)) for t in step.teachers.values()])
        weighed = (self._weights(step) * apart).sum(0).mean()
        return {
            "ce": p.ce_weight * cross_entropy(step.student.logits, step.batch.label),
            "kd": p.kd_weight * scale * p.temperature**2 * weighed,
        }

    def _weights(self, step: Step) -> Tensor:
        return certainty(torch.stack([entropy(t.logits) for t in step.teachers.values()]))

    def readouts(self, step: Step) -> dict[str, float]:
        """Each teacher's mean weight over the batch; they sum to K - 1."""
        weights = self._weights(step).mean(1)
        return {f"weight of {name}": float(w) for name, w in zip(step.teachers, weights, strict=True)}
