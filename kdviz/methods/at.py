"""Attention transfer of Zagoruyko & Komodakis: the student is active where the teacher is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Scene, Step
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import attention_transfer
from kdviz.methods.terms import Warmed, average, in_time, levels, refuse_empty, taught, warm


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; plain AT has none (0)")] = 0.7
    weight: Annotated[float, Range(0, 100000, None, "the attention maps' weight; published 1000")] = 30.0
    depth: Annotated[str, Choice(("all", "last"), "which stages are matched")] = "all"
    mode: Annotated[
        str, Choice(("code", "paper"), "code: mean squared difference; paper: L2 distance, with a weight near 1")
    ] = "code"


class AttentionTransfer(Method):
    """Distance of normalised activation maps at matched stages."""

    id = "at"
    title = "AT (attention transfer)"
    family = "maps"
    about = About(
        idea="At each stage, the student must be active where the teacher is; beside that it hears the teacher's "
        "answers.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + \beta \sum_l \mathrm{MSE}\!\left("
        r"\frac{a_s^l}{\|a_s^l\|}, \frac{a_t^l}{\|a_t^l\|}\right),\quad a = \tfrac1C\sum_c F_c^2",
        hands=(
            ("teachers", "activation maps", "student"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Zagoruyko & Komodakis, Paying More Attention to Attention, ICLR 2017, arXiv 1612.03928",),
        elsewhere="Plain AT hands over no answers (kd_share=0). Published code squares the distance and averages it "
        "over positions; the paper does neither.",
        cost="Hardly more than KD.",
        claims="Where the teacher is active, whatever the class.",
    )
    needs = Needs(shared_axis=True)
    Params = _Params

    def build(self, scene: Scene) -> None:
        """Refuse a scene whose maps have no axis in common."""
        refuse_empty(in_time(scene.student, scene.teachers), self.title)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `attention` (summed over stages) and, where logits have a share, `kd`."""
        p, each = self.params, []
        for _, student, teacher in in_time(step.student, step.teachers):
            matched = levels(student, teacher, p.depth)
            each.append(len(matched) * average(attention_transfer(s, t, p.mode) for s, t in matched))
        return {**taught(step, p), "attention": p.weight * warm(step.clock, p.warmup) * average(each)}
