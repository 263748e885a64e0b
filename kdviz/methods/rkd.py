"""Relational distillation of Park et al.: distances and angles between samples are handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Range
from kdviz.methods.base import About, Method
from kdviz.methods.losses import relational
from kdviz.methods.terms import Warmed, average, pairs, taught, warm


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; plain RKD has none")] = 0.0
    distance: Annotated[float, Range(0, 1000, None, "the distances' weight; toolkits 25")] = 5.0
    angle: Annotated[float, Range(0, 1000, None, "the angles' weight; toolkits 50")] = 10.0


class Relational(Method):
    """Huber losses of relative distances and angles between hidden vectors."""

    id = "rkd"
    title = "RKD (relational)"
    family = "relations"
    about = About(
        idea="Distances between pairs and angles between triples of samples must be as the teacher sees them.",
        equation=r"L = \mathrm{CE} + \lambda_D\,\ell_\delta(\psi_D^t, \psi_D^s) + \lambda_A\,\ell_\delta(\psi_A^t,"
        r" \psi_A^s),\quad \psi_D = \|h_i - h_j\|/\mu,\ \psi_A = \cos\angle h_i h_j h_k",
        hands=(("teachers", "distances and angles of the batch", "student"), ("labels", "class", "student")),
        papers=("Park, Kim, Lu & Cho, Relational Knowledge Distillation, CVPR 2019, arXiv 1904.05068",),
        elsewhere="Weights 25 and 50, as in public toolkits, drown the labels in short trainings of small students.",
        cost="Grows with the cube of the batch; a batch of one has nothing to compare.",
        claims="How the teacher arranges samples, not where it looks.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `distance`, `angle` and, where logits have a share, `kd`."""
        p, grown = self.params, warm(step.clock, self.params.warmup)
        told = [relational(s.embedding, t.embedding) for _, s, t in pairs(step.student, step.teachers)]
        terms = {
            "distance": p.distance * grown * average(apart for apart, _ in told),
            "angle": p.angle * grown * average(angle for _, angle in told),
        }
        return {**taught(step, p), **terms}
