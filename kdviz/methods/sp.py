"""Similarity-preserving distillation of Tung & Mori: samples alike for the teacher are alike for the student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method
from kdviz.methods.losses import similarity, similarity_preserving
from kdviz.methods.terms import Warmed, average, levels, pairs, taught, warm


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; plain SP has none")] = 0.0
    weight: Annotated[float, Range(0, 100000, None, "the similarities' weight; published 3000")] = 30.0
    depth: Annotated[str, Choice(("last", "all"), "which stages are matched")] = "last"


class SimilarityPreserving(Method):
    """Distance of the batch's row-normalised Gram matrices."""

    id = "sp"
    title = "SP (similarity-preserving)"
    family = "relations"
    about = About(
        idea="Samples of a batch that are alike for the teacher must be alike for the student.",
        equation=r"L = \mathrm{CE} + \gamma\,\tfrac1{B^2}\left\|\tilde G_s - \tilde G_t\right\|_F^2,\quad G = F F^\top"
        r",\ \tilde G_i = G_i / \|G_i\|",
        hands=(("teachers", "similarities of the batch", "student"), ("labels", "class", "student")),
        papers=("Tung & Mori, Similarity-Preserving Knowledge Distillation, ICCV 2019, arXiv 1907.09682",),
        elsewhere="Jeon et al. apply it to three stages and merge two teachers' matrices first (tgd).",
        cost="Hardly more than KD; a batch of one has nothing to compare.",
        claims="How the teacher arranges samples, not where it looks.",
    )
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `similarity` and, where logits have a share, `kd`."""
        p = self.params
        matched = [pair for _, s, t in pairs(step.student, step.teachers) for pair in levels(s, t, p.depth)]
        term = average(similarity_preserving(similarity(s), similarity(t)) for s, t in matched)
        return {**taught(step, p), "similarity": p.weight * warm(step.clock, p.warmup) * term}
