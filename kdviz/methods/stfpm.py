"""Student-teacher feature pyramid matching (Wang et al., BMVC 2021), as equations: its code is GPL-3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor, nn

from kdviz.core.flow import Losses, Trace
from kdviz.core.params import Choice
from kdviz.methods.base import About
from kdviz.methods.imitation import Imitation, Maps, Sized, parted, place_loss
from kdviz.nets.base import CONV
from kdviz.nets.maps import resized
from kdviz.nets.pretrained.encoder import Encoder


@dataclass(frozen=True)
class _Params:
    maps: Annotated[str, Choice(("sum", "product"), "how stages' maps become one; the paper multiplies")] = "sum"


class Stfpm(Imitation):
    """A fresh student must have the teacher's direction over the channels at every place of every stage."""

    id = "stfpm"
    title = "STFPM"
    about = About(
        idea="At every place of every stage the student's features must point where the teacher's point.",
        equation=r"L = \sum_l \mathrm{mean}_p \tfrac12 \|\hat T_l(p) - \hat S_l(p)\|^2",
        hands=(("frozen teacher", "features of three stages", "student, 1x1 translated"),),
        papers=("Wang, Han, Ding & Huang, Student-Teacher Feature Pyramid Matching, BMVC 2021",),
        elsewhere="The paper's code has no 1/2, and anomalib sums over the batch, so its loss grows with it.",
        cost="One encoder as large as scan.",
        claims="Where inside the window; blind to magnitude, which a cosine forgets.",
    )
    watches = ("signal", "persistence", "gaf")
    length: ClassVar[int] = 64
    Params = _Params

    def build(self, scene: Sized) -> None:
        """An untrained encoder and a 1x1 translator for each stage."""
        self.student = Encoder("view", scene.dims, scene.shape[0])
        wide = [layer.shape[1] for layer in self.student({"view": scene_probe(scene)}).stages]
        conv = CONV[scene.dims]
        self.translate = nn.ModuleList(
            [conv(w, t.shape[1], 1) for w, t in zip(wide, scene.teacher.stages, strict=True)]
        )

    def both(self, view: Tensor, teacher: Trace) -> tuple[Maps, Maps]:
        """All stages; the student's on the teacher's grids."""
        stages = self.student({"view": view}).stages
        mine = tuple(f(s) for f, s in zip(self.translate, stages, strict=True))
        return teacher.stages, tuple(resized(m, tuple(t.shape[2:])) for m, t in zip(mine, teacher.stages, strict=True))

    def loss(self, view: Tensor, teacher: Trace) -> Losses:
        """Term `matching`."""
        return {"matching": place_loss(*self.both(view, teacher))}

    def apart(self, view: Tensor, teacher: Trace) -> Tensor:
        """1 - cosine of all stages on the finest grid."""
        return parted(*self.both(view, teacher), self.params.maps)


def scene_probe(scene: Sized) -> Tensor:
    """Two blank views of the scene's shape."""
    return scene.teacher.stages[0].new_zeros(2, *scene.shape)
