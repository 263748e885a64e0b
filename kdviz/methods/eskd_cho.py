"""Early-stopped distillation as Cho & Hariharan defined it: the teacher falls silent part-way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Range
from kdviz.methods.base import About, Method, Stage
from kdviz.methods.losses import cross_entropy
from kdviz.methods.terms import Softened, taught


@dataclass(frozen=True)
class _Params(Softened):
    until: Annotated[float, Range(0.05, 0.95, 0.05, "share of the epochs in which the teachers are heard")] = 0.5


class EskdCho(Method):
    """Distillation first, labels alone afterwards."""

    id = "eskd_cho"
    title = "ESKD of Cho & Hariharan (KD dropped part-way)"
    family = "stages"
    about = About(
        idea="The student listens to the teachers for the first part of training and to the labels alone afterwards.",
        equation=r"L = (1-\lambda_e)\,\mathrm{CE} + \lambda_e\,T^2\,\mathrm{KL}(\bar p_t\,\|\,p_s),\quad"
        r" \lambda_e = \lambda\,[e \le E_{stop}]",
        hands=(("teachers", "mean logits, at first", "student"), ("labels", "class", "student")),
        papers=("Cho & Hariharan, On the Efficacy of Knowledge Distillation, ICCV 2019, arXiv 1910.01348",),
        elsewhere="In kdviz, ESKD is a choice of checkpoint (eskd).",
        cost="Less than KD: the teachers are read in the first part only.",
        claims="Nothing beyond KD; a small student need not follow a large teacher to the end.",
    )
    Params = _Params

    def stages(self) -> tuple[Stage, ...]:
        """The teachers are heard, then the labels alone; both may give the answer."""
        return (Stage("distil", self.params.until), Stage("labels", 1 - self.params.until))

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`, or `ce` with its whole weight in the stage `labels`."""
        if step.clock.stage == "labels":
            return {"ce": cross_entropy(step.student.logits, step.batch.label)}
        return taught(step, self.params)
