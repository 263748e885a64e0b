"""Full KD as kdviz defines it: distil to the end, and take the last model."""

from __future__ import annotations

from typing import ClassVar

from kdviz.core.flow import Losses, Step
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Softened, taught


class FullKd(Method):
    """Distillation whose answer is the last epoch."""

    id = "full_kd"
    title = "Full KD (the last epoch)"
    family = "stages"
    about = About(
        idea="Distil to the last epoch and answer with what is there, overfitted or not.",
        equation=r"\theta^* = \theta_E,\quad L = (1-\lambda)\,\mathrm{CE} + \lambda\,T^2\,\mathrm{KL}"
        r"(\bar p_t \,\|\, p_s)",
        hands=(("teachers", "mean logits", "student"), ("last epoch", "which epoch", "answer")),
        elsewhere="In Jeon et al. 2022, arXiv 2201.00111, Full KD means a fully trained teacher.",
        cost="As KD; both checkpoints are kept in any run, so the comparison with eskd is free. Test data is "
        "looked at in every epoch, only to tell what choosing by it would have claimed.",
        claims="Nothing beyond KD.",
    )
    selection = "last"
    learning: ClassVar = {"optimism": True}
    Params = Softened

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        return taught(step, self.params)
