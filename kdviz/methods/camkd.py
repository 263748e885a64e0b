"""CAMKD as kdviz defines it: the class activation maps of teacher and student agree, image by image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range, Switch
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import map_distance
from kdviz.methods.needs import IMAGES
from kdviz.methods.terms import Warmed, asked_about, average, taught, warm
from kdviz.nets.maps import cam, together


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 10000, None, "the maps' weight; l2 wants about 1000 times more")] = 0.1
    norm: Annotated[str, Choice(("none", "l2", "minmax"), "none: maps follow the scale of the logits")] = "none"
    signal_too: Annotated[bool, Switch("match the signal's maps as well as the images'")] = False


class CamKd(Method):
    """MSE of the true class's activation maps on every image branch."""

    id = "camkd"
    title = "CAMKD (class activation maps)"
    family = "maps"
    about = About(
        idea="On each image, the student's class activation map for the true class is trained to match the teacher's.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\,\mathrm{MSE}\!\left(\mathrm{CAM}(F_t, W_t),"
        r"\,\mathrm{CAM}(F_s, W_s)\right),\quad \mathrm{CAM}_{ij} = \sum_c W_{y,c} F_{c,ij}",
        hands=(
            ("image teachers", "CAM of the true class", "student's image branches"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("CAM: Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016",),
        elsewhere="CA-MKD (camkd_confidence) is Confidence-Aware Multi-teacher KD; matching CAMs is also known as "
        "CAT-KD (cat_kd) and e2KD (e2kd).",
        cost="A fusion student; the maps come from features that are there anyway.",
        claims="Where in the image each teacher finds the true class.",
    )
    needs = Needs(modalities=(IMAGES,), student_kinds=("fusion",))
    Params = _Params

    def build(self, scene: Scene) -> None:
        """Refuse a scene in which no image is seen by both."""
        if not self._seen_by_both(scene.student, scene.teachers):
            raise UserError("CAMKD needs an image that both a teacher and the student see: add that teacher.")

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `cam`; gradient reaches the student's features and its classifier's row y."""
        p, both, label = self.params, self._seen_by_both(step.student, step.teachers), asked_about(step)
        maps = [together(*(cam(t.head, t.stages[-1], label)[:, None] for t in pair)) for pair in both]
        term = average(map_distance(s, t, p.norm) for s, t in maps)
        return {**taught(step, p), "cam": p.weight * warm(step.clock, p.warmup) * term}

    def _seen_by_both(self, student: Trace, teachers: Mapping[str, Trace]) -> list[tuple[Trace, Trace]]:
        axes = 1 if self.params.signal_too else 2
        both = [(student.parts[m], t) for m, t in teachers.items() if m in student.parts]
        return [(s, t) for s, t in both if t.stages[-1].dim() - 2 >= axes]

    def maps(self, step: Step) -> dict[str, Tensor]:
        """What is compared: `student.<modality>` and `teacher.<modality>`, each (N, *grid)."""
        shown, label = {}, asked_about(step)
        for name, teacher in step.teachers.items():
            if name in step.student.parts:
                for who, trace in (("student", step.student.parts[name]), ("teacher", teacher)):
                    shown[f"{who}.{name}"] = cam(trace.head, trace.stages[-1], label)
        return shown
