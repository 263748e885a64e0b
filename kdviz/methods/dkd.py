"""Decoupled distillation of Zhao et al.: the target class and the others are handed over apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Range
from kdviz.methods.base import About, Method
from kdviz.methods.losses import cross_entropy, decoupled
from kdviz.methods.terms import asked_about, mean_logits, warm


@dataclass(frozen=True)
class _Params:
    temperature: Annotated[float, Range(1, 20, 0.5, "T: how soft the teachers' probabilities are")] = 4.0
    ce_weight: Annotated[float, Range(0, 10, None, "the labels' weight")] = 1.0
    alpha: Annotated[float, Range(0, 100, None, "the weight of the target class against the rest")] = 1.0
    beta: Annotated[float, Range(0, 100, None, "the weight of the rest among itself")] = 8.0
    warmup: Annotated[float, Range(0, 1, 0.05, "share of the epochs over which both grow; published 20 epochs")] = 0.1


class Decoupled(Method):
    """Two KL terms with weights of their own."""

    id = "dkd"
    title = "DKD (decoupled)"
    family = "answers"
    about = About(
        idea="How sure the teacher is of the label, and how it ranks the other classes, are matched with separate "
        "weights.",
        equation=r"L = \mathrm{CE} + \alpha\,T^2\,\mathrm{KL}(b_t\,\|\,b_s) + \beta\,T^2\,\mathrm{KL}(\hat p_t\,\|\,"
        r"\hat p_s),\quad b = (p_y, 1 - p_y),\ \hat p = p_{c \ne y} / (1 - p_y)",
        hands=(("teachers", "certainty of the label", "student"), ("teachers", "ranking of the rest", "student")),
        papers=("Zhao et al., Decoupled Knowledge Distillation, CVPR 2022, arXiv 2203.08679",),
        elsewhere="Several teachers teach by the mean of their logits. With two classes there is no rest to rank.",
        cost="As KD.",
        claims="Which wrong classes the teacher finds alike; nothing about where it looks.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `target` and, with three classes or more, `rest`."""
        p, student = self.params, step.student.logits
        target, rest = decoupled(student, mean_logits(step.teachers), asked_about(step), p.temperature)
        grown = warm(step.clock, p.warmup)
        terms = {"ce": p.ce_weight * cross_entropy(student, step.batch.label), "target": p.alpha * grown * target}
        return terms if student.shape[1] < 3 else {**terms, "rest": p.beta * grown * rest}
