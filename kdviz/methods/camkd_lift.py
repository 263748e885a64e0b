"""CAMKD for a student that sees the signal alone: its evidence in time is lifted to the image's plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import map_distance
from kdviz.methods.needs import PLANES, TIMELESS
from kdviz.methods.terms import Warmed, asked_about, average, taught, warm
from kdviz.nets.maps import cam, on_plane


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 10000, None, "the maps' weight; none wants about 1000 times less")] = 100.0
    norm: Annotated[str, Choice(("none", "l2", "minmax"), "how maps are scaled before they are compared")] = "l2"
    lift: Annotated[str, Choice(("sum", "outer"), "evidence at pixel (i, j): a_i + a_j, or a_i a_j")] = "sum"


class CamKdLift(Method):
    """MSE of the teacher's map and the student's map in time, lifted."""

    id = "camkd_lift"
    title = "CAMKD, lifted (for a signal student)"
    family = "maps"
    about = About(
        idea="The student's class activation map in time, lifted to the plane of time by time, is trained to match the "
        "image teacher's.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\,\mathrm{MSE}\!\left(\mathrm{CAM}_t(i,j),"
        r"\,a_s(i) + a_s(j)\right)",
        hands=(
            ("GAF teacher", "CAM of the true class", "student, lifted"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("CAM: Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016",),
        elsewhere="This lift is kdviz's own, so that students of the signal can be taught by CAMKD.",
        cost="Hardly more than KD.",
        claims="When in time the image teacher finds the true class.",
    )
    needs = Needs(modalities=(PLANES,), student_kinds=("signal",))
    Params = _Params

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `cam`."""
        p = self.params
        term = average(map_distance(s, t, p.norm) for s, t in self._maps(step).values())
        return {**taught(step, p), "cam": p.weight * warm(step.clock, p.warmup) * term}

    def _maps(self, step: Step) -> dict[str, tuple[Tensor, Tensor]]:
        label = asked_about(step)
        mine = cam(step.student.head, step.student.stages[-1], label)[:, None]
        found = {}
        for name, teacher in step.teachers.items():
            if teacher.stages[-1].dim() == 4 and name not in TIMELESS:
                theirs = cam(teacher.head, teacher.stages[-1], label)
                found[name] = (on_plane(mine, theirs.shape[-1], self.params.lift)[:, 0], theirs)
        return found

    def maps(self, step: Step) -> dict[str, Tensor]:
        """What is compared: `student.<modality>` and `teacher.<modality>`, each (N, side, side)."""
        both = self._maps(step)
        return {f"{who}.{m}": pair[k] for m, pair in both.items() for k, who in enumerate(("student", "teacher"))}
