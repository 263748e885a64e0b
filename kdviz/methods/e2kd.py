"""e2KD of Parchami-Araghi et al.: the student explains the teacher's answer as the teacher does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Range
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import explanation
from kdviz.methods.terms import Warmed, average, in_time, refuse_empty, taught, warm
from kdviz.nets.maps import cam, together


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 100, None, "the explanations' weight")] = 1.0


class E2Kd(Method):
    """KD plus the cosine of Grad-CAM explanations of the teacher's own answer."""

    id = "e2kd"
    title = "e2KD (explanation-enhanced)"
    family = "maps"
    about = About(
        idea="The student's Grad-CAM for the class that the teacher answers must point the same way as the teacher's.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\left(1 - \cos(E_s^{\hat y_t},"
        r" E_t^{\hat y_t})\right),\quad E = \mathrm{ReLU}(\mathrm{CAM})",
        hands=(
            ("teachers", "Grad-CAM of their own answer", "student"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Parchami-Araghi et al., Good Teachers Explain, arXiv 2402.03119",),
        elsewhere="Before pooling and one linear layer, Grad-CAM is CAM up to a factor that the cosine ignores. The "
        "authors resize both maps up to the input; here the finer one is pooled to the grid of the coarser.",
        cost="Hardly more than KD.",
        claims="Where the teacher finds the class that it answers, right or wrong.",
    )
    needs = Needs(shared_axis=True)
    Params = _Params

    def build(self, scene: Scene) -> None:
        """Refuse a scene whose maps have no axis in common."""
        refuse_empty(in_time(scene.student, scene.teachers), self.title)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `explanation`."""
        p = self.params
        term = average(_apart(s, t) for _, s, t in in_time(step.student, step.teachers))
        return {**taught(step, p), "explanation": p.weight * warm(step.clock, p.warmup) * term}


def _apart(student: Trace, teacher: Trace) -> Tensor:
    answer = teacher.logits.argmax(1)
    pair = (cam(t.head, t.stages[-1], answer).relu()[:, None] for t in (student, teacher))
    return explanation(*together(*pair)).mean()
