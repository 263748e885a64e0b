"""Progressive cross-modal distillation as kdviz defines it: signal to image, image to signal, then shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Scene, Step
from kdviz.core.params import Range
from kdviz.methods.base import About, Method, Needs, Stage
from kdviz.methods.losses import cross_entropy
from kdviz.methods.needs import IMAGES
from kdviz.methods.terms import Softened, average, taught
from kdviz.nets.adapters import Embed, projector


@dataclass(frozen=True)
class _Params(Softened):
    weight: Annotated[float, Range(0, 1000, None, "the hidden vectors' weight")] = 1.0
    first: Annotated[float, Range(0.05, 0.45, 0.05, "share of the epochs from signal to image")] = 0.3
    second: Annotated[float, Range(0.05, 0.45, 0.05, "share of the epochs from image to signal")] = 0.3
    shared_weight: Annotated[float, Range(0, 100, None, "the weight of meeting in a shared space, last stage")] = 0.1
    width: Annotated[int, Range(8, 512, 8, "the width of the shared space")] = 128


class Progressive(Method):
    """Hidden vectors across modalities, one direction after the other, labels throughout."""

    id = "progressive"
    title = "Progressive cross-modal KD"
    family = "stages"
    about = About(
        idea="First the signal teacher teaches the student's image branches, then the image teachers its signal "
        "branch, at last everything at once towards a shared representation; labels throughout.",
        equation=r"L_1 = \mathrm{CE} + w\,\mathrm{MSE}(P h_s^{img}, h_t^{sig}),\; L_2 = \mathrm{CE} + w\,\mathrm{MSE}"
        r"(P h_s^{sig}, h_t^{img}),\; L_3 = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w(\cdot_1 + \cdot_2) + u\,"
        r"\|Q h_s^{sig} - Q' h_s^{img}\|^2",
        hands=(
            ("signal teacher", "hidden vector", "student's image branches"),
            ("image teachers", "hidden vector", "student's signal branch"),
            ("teachers", "mean logits, at last", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Inspired by Ni, Ngu & Yan, ACM MM 2022, arXiv 2208.08090",),
        elsewhere="kdviz's definition, not the paper's: PSKD teaches one way, from skeletons to a sensor, with an "
        "adaptive-confidence semantic loss.",
        cost="A fusion student and a few linear layers, thrown away after training.",
        claims="What the other modality's teacher has seen, not where.",
    )
    needs = Needs(teachers=(2, None), modalities=(("signal",), IMAGES), student_kinds=("fusion",))
    Params = _Params

    def stages(self) -> tuple[Stage, ...]:
        """The first two never give the answer: there the student has heard half of its lesson."""
        first, second = self.params.first, self.params.second
        return (
            Stage("signal to image", first, judged=False),
            Stage("image to signal", second, judged=False),
            Stage("shared", 1 - first - second),
        )

    def build(self, scene: Scene) -> None:
        """Projectors to each teacher's width, and into the shared space."""
        parts, teachers = scene.student.parts, scene.teachers
        self.images = [m for m in parts if m != "signal" and m in teachers]
        if not self.images:
            raise UserError("Progressive KD needs an image teacher for an image that the student sees: add it.")
        wide = {m: part.embedding.shape[1] for m, part in parts.items()}
        taught_by = {m: teachers[m].embedding.shape[1] for m in ("signal", *self.images)}
        self.to_signal = nn.ModuleDict({m: projector(wide[m], taught_by["signal"]) for m in self.images})
        self.to_image = nn.ModuleDict({m: projector(wide["signal"], taught_by[m]) for m in self.images})
        self.meet = nn.ModuleDict({m: Embed(wide[m], self.params.width) for m in ("signal", *self.images)})

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, then by stage `to_image`, `to_signal`, or both with `kd` and `shared`."""
        p, stage = self.params, step.clock.stage
        labels = {"ce": cross_entropy(step.student.logits, step.batch.label)}
        if stage == "signal to image":
            return {**labels, "to_image": p.weight * self._to_image(step)}
        if stage == "image to signal":
            return {**labels, "to_signal": p.weight * self._to_signal(step)}
        across = {"to_image": p.weight * self._to_image(step), "to_signal": p.weight * self._to_signal(step)}
        return {**taught(step, p), **across, "shared": p.shared_weight * self._shared(step)}

    def _to_image(self, step: Step) -> Tensor:
        goal, parts = step.teachers["signal"].embedding, step.student.parts
        return average(F.mse_loss(self.to_signal[m](parts[m].embedding), goal) for m in self.images)

    def _to_signal(self, step: Step) -> Tensor:
        mine, teachers = step.student.parts["signal"].embedding, step.teachers
        return average(F.mse_loss(self.to_image[m](mine), teachers[m].embedding) for m in self.images)

    def _shared(self, step: Step) -> Tensor:
        parts = step.student.parts
        here = self.meet["signal"](parts["signal"].embedding)
        return average((here - self.meet[m](parts[m].embedding)).square().sum(1).mean() for m in self.images)
