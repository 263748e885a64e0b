"""Distilling from teachers whose own training was stopped early."""

from __future__ import annotations

from typing import ClassVar

from kdviz.core.flow import Losses, Step
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Softened, taught


class EarlyTeacher(Method):
    """KD from teachers that stopped half-way."""

    id = "es_teacher"
    title = "Early-stopped teachers"
    family = "stages"
    about = About(
        idea="Teachers stop learning half-way, when a small student can still follow them; then distil as usual.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,T^2\,\mathrm{KL}(\bar p_{t,\,e=E_t/2}\,\|\,p_s)",
        hands=(("half-trained teachers", "mean logits", "student"), ("labels", "class", "student")),
        papers=(
            "Cho & Hariharan, On the Efficacy of Knowledge Distillation, ICCV 2019, arXiv 1910.01348",
            "Jeon et al., Role of Data Augmentation Strategies in Knowledge Distillation, arXiv 2201.00111",
        ),
        elsewhere="Jeon et al. call this ESKD; in kdviz, ESKD is a choice of checkpoint (eskd). `teacher.stop` sets "
        "the share of the quick budget's epochs that they take.",
        cost="Cheaper teachers; they are not shared with methods that want whole ones.",
        claims="Nothing beyond KD.",
    )
    teaching: ClassVar = {"stop": 0.5}
    Params = Softened

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        return taught(step, self.params)
