"""CA-MKD of Zhang, Chen & Wang: each teacher weighs as much as it is right about the sample at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Range, Switch
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import confidence, cross_entropy, kl_each, softened
from kdviz.methods.terms import all_logits, pairs
from kdviz.nets.adapters import Translate
from kdviz.nets.maps import onto


@dataclass(frozen=True)
class _Params:
    temperature: Annotated[float, Range(1, 20, 0.5, "T: how soft the teachers' probabilities are")] = 4.0
    ce_weight: Annotated[float, Range(0, 10, None, "gamma, the labels' weight")] = 1.0
    kd_weight: Annotated[float, Range(0, 100, None, "alpha, the logits' weight")] = 1.0
    weight: Annotated[float, Range(0, 1000, None, "beta, the features' weight; published 50")] = 2.0
    renormalise: Annotated[bool, Switch("let the teachers' weights sum to one; the code divides by K once more")] = True
    parity: Annotated[bool, Switch("as the published code: 1/K, resizing in a cascade, no features in epoch 1")] = False


class Confidence(Method):
    """Logits and last features of several teachers, weighed per sample by their cross-entropy."""

    id = "camkd_confidence"
    title = "CA-MKD (confidence-aware)"
    family = "answers"
    about = About(
        idea="For each sample, a teacher weighs the more the closer its answer is to the label; features are weighed "
        "by how well the teacher's own classifier reads the student's translated map.",
        equation=r"L = \gamma\,\mathrm{CE} + \alpha\,\tfrac1B\sum_{kb} w_{kb}\,T^2\mathrm{KL}_{kb} + \beta\,\tfrac1B"
        r"\sum_{kb} v_{kb}\,\mathrm{MSE}(F_s^k, F_t^k)_b,\quad w_{kb} = \frac{1-\mathrm{softmax}_k(\mathrm{CE}_{kb})}"
        r"{K-1}",
        hands=(
            ("teachers", "logits, weighed per sample", "student"),
            ("teachers", "last feature map, weighed per sample", "student, translated"),
            ("labels", "class, and whom to trust", "student"),
        ),
        papers=("Zhang, Chen & Wang, Confidence-Aware Multi-Teacher KD, ICASSP 2022, arXiv 2201.00007",),
        elsewhere="CA-MKD, its short name, is easily taken for kdviz's CAMKD (camkd), which matches class maps.",
        cost="One 1x1 convolution per teacher, thrown away after training.",
        claims="Whom to believe about each sample, and that teacher's last features.",
    )
    needs = Needs(teachers=(2, None), labels=True)
    Params = _Params

    def build(self, scene: Scene) -> None:
        """One translator per teacher, from the student's last channels to the teacher's."""
        self.translate = nn.ModuleDict()
        for name, student, teacher in pairs(scene.student, scene.teachers):
            theirs = teacher.stages[-1]
            self.translate[name] = Translate(theirs.dim() - 2, student.stages[-1].shape[1], theirs.shape[1])

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `features`."""
        p, label = self.params, step.batch.label
        scale = 1 / len(step.teachers) if p.parity or not p.renormalise else 1.0
        terms = {"ce": p.ce_weight * cross_entropy(step.student.logits, label)}
        apart = [kl_each(softened(step.student.logits, p.temperature), softened(t.logits, p.temperature))
                 for t in step.teachers.values()]  # fmt: skip
        weighed = (self._trust(all_logits(step.teachers), label) * torch.stack(apart)).sum(0).mean()
        terms["kd"] = p.kd_weight * scale * p.temperature**2 * weighed
        if not (p.parity and step.clock.epoch == 1):
            terms["features"] = p.weight * scale * self._features(step)
        return terms

    def _trust(self, logits: Tensor, label: Tensor) -> Tensor:
        return confidence(torch.stack([F.cross_entropy(z, label, reduction="none") for z in logits]))

    def _features(self, step: Step) -> Tensor:
        read, apart, mine = [], [], None
        for name, student, teacher in pairs(step.student, step.teachers):
            theirs = teacher.stages[-1]
            before = student.stages[-1] if mine is None or not self.params.parity else mine
            mine = _onto(before, student.stages[-1], theirs)
            told = self.translate[name](mine)
            read.append(_logits(teacher, told))
            apart.append((told - theirs).square().flatten(1).mean(1))
        return (self._trust(torch.stack(read), step.batch.label) * torch.stack(apart)).sum(0).mean()

    def readouts(self, step: Step) -> dict[str, float]:
        """Each teacher's mean weight over the batch."""
        trust = self._trust(all_logits(step.teachers), step.batch.label).mean(1)
        return {f"weight of {name}": float(w) for name, w in zip(step.teachers, trust, strict=True)}


def _onto(maps: Tensor, first: Tensor, theirs: Tensor) -> Tensor:
    """The student's maps on the teacher's grid; the way is chosen by the first grid, as in the published code."""
    if maps.dim() == 4 and theirs.dim() == 4 and first.shape[2] >= theirs.shape[2]:
        return F.adaptive_avg_pool2d(maps, (theirs.shape[2], theirs.shape[3]))
    return onto(maps, theirs)


def _logits(teacher: Trace, maps: Tensor) -> Tensor:
    return F.linear(maps.flatten(2).mean(2), teacher.head, teacher.bias)
