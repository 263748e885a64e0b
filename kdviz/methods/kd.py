"""Knowledge distillation as Hinton, Vinyals & Dean defined it: one teacher's softened outputs."""

from __future__ import annotations

from kdviz.core.flow import Losses, Step
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.terms import Softened, taught


class Hinton(Method):
    """The student matches one teacher's softened class probabilities."""

    id = "kd"
    title = "KD (Hinton)"
    family = "answers"
    about = About(
        idea="The student matches the softened class probabilities of one teacher, wrong answers' odds included.",
        equation=r"L = (1-\lambda)\,\mathrm{CE}(z_s, y) + \lambda\,T^2\,\mathrm{KL}(p_t^T \,\|\, p_s^T)",
        hands=(("teacher", "logits", "student"), ("labels", "class", "student")),
        papers=("Hinton, Vinyals & Dean 2015, arXiv 1503.02531",),
        elsewhere="`element_mean` is how Jeon et al. reduce the same term: smaller by the number of classes.",
        cost="One teacher, run once per sample.",
        claims="Which classes the teacher finds alike; nothing about where it looks.",
    )
    needs = Needs(teachers=(1, 1))
    Params = Softened

    def loss(self, step: Step) -> Losses:
        """Terms `ce` and `kd`."""
        return taught(step, self.params)
