"""ESKD as the seed defines it: distil, and take the model from its best moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from kdviz.flow import Losses, Step
from kdviz.methods.base import About, Method, Stage
from kdviz.params import Range
from kdviz.terms import Softened, taught


@dataclass(frozen=True)
class _Params(Softened):
    after: Annotated[
        float,
        Range(0, 0.9, 0.05, "share of the epochs that may not be the best: with few validation series an early one is "
              "so by luck; 0 is the seed's"),
    ] = 0.75  # fmt: skip


class Eskd(Method):
    """Distillation whose answer is the epoch with the best validation accuracy."""

    id = "eskd"
    title = "ESKD (the best moment)"
    about = About(
        idea="Distil, keep the weights whenever validation accuracy rises, and answer with the best ones.",
        equation=r"\theta^* = \theta_{\arg\max_e \mathrm{acc}_{\mathrm{val}}(e)},\quad L = (1-\lambda)\,\mathrm{CE}"
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

    def stages(self) -> tuple[Stage, ...]:
        """Epochs that are too early to be the answer, then those among which the best is chosen."""
        after = self.params.after
        judged = Stage("the best from here", 1 - after)
        return (Stage("too early to judge", after, judged=False), judged) if after else (Stage("distil"),)

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        return taught(step, self.params)
