"""Learning from labels alone: how teachers are made, and the control that every method is held against."""

from __future__ import annotations

from kdviz.core.flow import Losses, Step
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import cross_entropy


class Supervised(Method):
    """Cross-entropy with the labels, nothing else."""

    id = "supervised"
    title = "Supervised (no teacher)"
    family = "labels"
    about = About(
        idea="The network learns from the labels alone.",
        equation=r"L = \mathrm{CE}(z_s, y)",
        hands=(("labels", "class", "student"),),
        elsewhere="Papers call it the scratch or vanilla student.",
        cost="One network.",
        claims="None: it is the control that shows what distillation adds.",
    )
    needs = Needs(teachers=(0, 0))

    def loss(self, step: Step) -> Losses:
        """One term, `ce`."""
        return {"ce": cross_entropy(step.student.logits, step.batch.label)}
