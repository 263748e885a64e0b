"""Averaging as You et al. defined it: the student learns the mean of the teachers' softened outputs."""

from __future__ import annotations

from kdviz.core.flow import Losses, Step
from kdviz.methods.base import About, Method
from kdviz.methods.losses import disagreement, hinton_to, mean_of_softened
from kdviz.methods.terms import Softened, all_logits, blend


class AverProb(Method):
    """KL to the mean of the teachers' softened probabilities."""

    id = "aver_prob"
    title = "AVER-prob (mean of the softened outputs)"
    family = "answers"
    about = About(
        idea="The teachers' softened probabilities are averaged, and the student matches the mean.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,T^2\,\mathrm{KL}\!\left("
        r"\tfrac1K\sum_k p_k^T\,\|\,p_s^T\right)",
        hands=(("teachers", "mean probabilities", "student"), ("labels", "class", "student")),
        papers=("You, Xu, Xu & Tao, Learning from Multiple Teacher Networks, KDD 2017, doi 10.1145/3097983.3098135",),
        elsewhere="In kdviz, AVER averages logits (aver). The paper's triplet loss between layers is not part of it.",
        cost="Each teacher runs once per sample.",
        claims="A mixture of the teachers' opinions; the student learns as from aver_loss, whose gradient is the same.",
    )
    Params = Softened

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        p = self.params
        target = mean_of_softened(all_logits(step.teachers), p.temperature)
        return blend(step, p, hinton_to(step.student.logits, target, p.temperature, p.reduction))

    def readouts(self, step: Step) -> dict[str, float]:
        """How far apart the teachers are: by so much is the value of aver_loss larger."""
        return {"teacher disagreement": float(disagreement(all_logits(step.teachers), self.params.temperature))}
