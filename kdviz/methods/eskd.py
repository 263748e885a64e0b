"""ESKD as kdviz defines it: distil, and take the model from its best moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from kdviz.core.checkpoint_rules import Best
from kdviz.core.flow import Losses, Step
from kdviz.core.params import Choice
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Softened, taught


@dataclass(frozen=True)
class _Params(Softened):
    ties: Annotated[
        str,
        Choice(("first", "loss"), "of equally accurate epochs: the first, as defined, which with few validation series "
               "is so by luck; or the one of the smallest validation loss"),
    ] = "first"  # fmt: skip


class Eskd(Method):
    """Distillation whose answer is the first epoch with the best validation accuracy."""

    id = "eskd"
    title = "ESKD (the best moment)"
    family = "stages"
    about = About(
        idea="Distil, keep the weights whenever validation accuracy rises, and answer with the best ones: the first, "
        "where several epochs are equally good.",
        equation=r"\theta^* = \theta_{\min\arg\max_e \mathrm{acc}_{\mathrm{val}}(e)},\quad L = (1-\lambda)\,\mathrm{CE}"
        r" + \lambda\,T^2\,\mathrm{KL}(\bar p_t \,\|\, p_s)",
        hands=(("teachers", "mean logits", "student"), ("validation accuracy", "which epoch", "answer")),
        elsewhere="Cho & Hariharan 2019 drop the distillation term part-way (eskd_cho) and stop teachers early "
        "(es_teacher), which Jeon et al. 2022, arXiv 2201.00111, call ESKD; published code often chooses on test data.",
        cost="As KD; both checkpoints are kept in any run, so the comparison with full_kd is free. Test data is "
        "looked at in every epoch, only to tell what choosing by it would have claimed.",
        claims="Nothing beyond KD: it guards against overfitting late in training.",
    )
    selection = "best"
    learning: ClassVar = {"optimism": True}
    Params = _Params

    def best(self) -> Best:
        """The highest validation accuracy; ties as chosen."""
        return Best(self.params.ties)

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        return taught(step, self.params)
