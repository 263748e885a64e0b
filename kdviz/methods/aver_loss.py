"""Averaging as the CA-MKD code does it: the mean of one distillation loss per teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Switch
from kdviz.methods.base import About, Method
from kdviz.methods.losses import cross_entropy, disagreement, hinton
from kdviz.methods.terms import Softened, all_logits, average, blend


@dataclass(frozen=True)
class _Params(Softened):
    parity: Annotated[bool, Switch("as the CA-MKD code: labels and teachers both weigh 1")] = False


class AverLoss(Method):
    """The mean of the KL losses to each teacher."""

    id = "aver_loss"
    title = "AVER-loss (mean of the losses)"
    family = "answers"
    about = About(
        idea="The student is held against each teacher, and the losses are averaged.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,\tfrac1K\sum_k T^2\,\mathrm{KL}(p_k^T\,\|\,p_s^T)",
        hands=(("each teacher", "logits", "student"), ("labels", "class", "student")),
        papers=("The AVER-MKD baseline in Zhang, Chen & Wang, ICASSP 2022, arXiv 2201.00007",),
        elsewhere="In kdviz, AVER averages logits (aver). The gradient equals that of aver_prob; the value is larger "
        "by the teachers' disagreement.",
        cost="Each teacher runs once per sample.",
        claims="The same as aver_prob: a mixture of the teachers' opinions.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        p, student = self.params, step.student.logits
        kd = average(hinton(student, t.logits, p.temperature, p.reduction) for t in step.teachers.values())
        if p.parity:
            return {"ce": cross_entropy(student, step.batch.label), "kd": kd}
        return blend(step, p, kd)

    def readouts(self, step: Step) -> dict[str, float]:
        """How far apart the teachers are: the part of the loss that no student can remove."""
        return {"teacher disagreement": float(disagreement(all_logits(step.teachers), self.params.temperature))}
