"""EBKD as kdviz defines it: the teachers' evidence, fused, is what the student should attend to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.needs import IMAGES, TIMELESS
from kdviz.methods.terms import Warmed, asked_about, average, taught, warm
from kdviz.nets.maps import activity, cam, lift, mass, on_line, resized


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 100, None, "the evidence's weight")] = 1.0
    fuse: Annotated[str, Choice(("plane", "time"), "where signal and image evidence meet")] = "plane"
    omega: Annotated[float, Range(0, 1, 0.05, "the signal's share of the evidence")] = 0.5


class Ebkd(Method):
    """MSE of the fusion student's cross-attention and the teachers' fused evidence."""

    id = "ebkd"
    title = "EBKD (evidence)"
    family = "maps"
    about = About(
        idea="The student's cross-attention over an image is trained to lie where the signal teacher is active and the "
        "image teacher finds the true class.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\,\mathrm{MSE}\!\left(\bar A_s,\; \omega\,a_i a_j"
        r" + (1-\omega)\,\mathrm{ReLU}\,\mathrm{CAM}_{ij}\right),\quad \text{maps of mean one}",
        hands=(
            ("signal teacher", "attention in time", "fused evidence"),
            ("image teachers", "CAM of the true class", "fused evidence"),
            ("fused evidence", "where to attend", "student's cross-attention"),
            ("teachers", "mean logits", "student"),
        ),
        elsewhere="Kwon et al. 2020 weigh teachers by entropy (ebkd_entropy). How evidence is fused is kdviz's own "
        "choice, not the literature's. Where an image has no axis of time (persistence), its teacher gives its "
        "CAM alone: the signal's activity has no place on it.",
        cost="A fusion student; the maps come from features that are there anyway.",
        claims="Where in the image signal and image teachers together find the evidence.",
    )
    needs = Needs(teachers=(2, None), modalities=(("signal",), IMAGES), student_kinds=("fusion",))
    Params = _Params

    def build(self, scene: Scene) -> None:
        """Refuse a scene in which the student attends to no image that a teacher sees."""
        if not set(scene.student.attention) & set(scene.teachers):
            raise UserError("EBKD needs an image teacher for an image that the student sees: add that teacher.")

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `evidence`."""
        p = self.params
        term = average(F.mse_loss(s, t) for s, t in self._both(step).values())
        return {**taught(step, p), "evidence": p.weight * warm(step.clock, p.warmup) * term}

    def _both(self, step: Step) -> dict[str, tuple[Tensor, Tensor]]:
        """(student, target) of each image, maps of mean one."""
        signal, label = activity(step.teachers["signal"].stages[-1]), asked_about(step)
        found = {}
        for name, attention in step.student.attention.items():
            if name in step.teachers:
                side = round(attention.shape[2] ** 0.5)
                mine = attention.mean(1).view(-1, side, side)
                found[name] = self._pair(name, mine, signal, _seen(step.teachers[name], label, side))
        return found

    def _pair(self, name: str, mine: Tensor, signal: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        side, omega = mine.shape[-1], self.params.omega
        if name in TIMELESS:
            return mine * side**2, image * side**2
        active = resized(signal[:, None], (side,))[:, 0]
        if self.params.fuse == "time":
            return on_line(mine) * side**2, side * (omega * mass(active) + (1 - omega) * mass(on_line(image)))
        return mine * side**2, side**2 * (omega * mass(lift(active, "outer")) + (1 - omega) * image)

    def maps(self, step: Step) -> dict[str, Tensor]:
        """`student.<image>` where it attends and `teachers.<image>` where it should, each of mean one."""
        both = self._both(step)
        return {f"{who}.{m}": pair[k] for m, pair in both.items() for k, who in enumerate(("student", "teachers"))}


def _seen(teacher: Trace, label: Tensor, side: int) -> Tensor:
    """ReLU CAM (N, side, side) of the true class, of sum one."""
    found = cam(teacher.head, teacher.stages[-1], label).relu()
    return mass(resized(found[:, None], (side, side))[:, 0])
