"""Reverse distillation (Deng & Li, CVPR 2022): a decoder that sees a narrow code of the teacher alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Trace
from kdviz.core.params import Choice
from kdviz.methods.base import About
from kdviz.methods.imitation import Imitation, Maps, Sized, by_place, on_first, parted
from kdviz.methods.losses import reverse_distillation
from kdviz.nets.base import CONV, NORM
from kdviz.nets.maps import resized

BRIDGE, CODE = 48, 64


@dataclass(frozen=True)
class _Params:
    maps: Annotated[str, Choice(("sum", "deepest"), "which stages part: all, added; or the deepest (Park & Jang)")] = (
        "sum"
    )


def _block(dims: int, wide: int, out: int) -> nn.Module:
    return nn.Sequential(CONV[dims](wide, out, 3, padding=1, bias=False), NORM[dims](out), nn.ReLU())


class Rd(Imitation):
    """All stages through a bottleneck and back: what the code cannot carry, the decoder cannot give back."""

    id = "rd"
    title = "Reverse distillation"
    about = About(
        idea="A decoder must give back the teacher's stages from a narrow code of them; it learned normal ones only.",
        equation=r"L = \sum_l 1 - \cos(\mathrm{vec}\,T_l, \mathrm{vec}\,S_l)",
        hands=(("frozen teacher", "a narrow code of its features", "decoder"),),
        papers=(
            "Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022",
            "Park & Jang, Enhancing Time Series Anomaly Detection, Sensors 24(24):8169, 2024",
        ),
        elsewhere="The loss flattens each map, the score goes by place, as in the paper's code; no Gaussian here, "
        "overlapping windows smooth.",
        cost="A small decoder; the teacher runs at every window, which is the cost.",
        claims="Where inside the window; needs a teacher that knows images.",
    )
    watches = ("gaf", "signal", "persistence")
    Params = _Params

    def build(self, scene: Sized) -> None:
        """Bridges of 48 channels, a code of 64 at half of the smallest grid, and a block up for each stage."""
        dims, stages = scene.dims, scene.teacher.stages
        self.bridges = nn.ModuleList([_block(dims, t.shape[1], BRIDGE) for t in stages])
        self.narrow = nn.Sequential(
            CONV[dims](BRIDGE * len(stages), CODE, 3, stride=2, padding=1, bias=False), NORM[dims](CODE), nn.ReLU()
        )
        self.up = nn.ModuleList([_block(dims, CODE, CODE) for _ in stages])
        self.out = nn.ModuleList([CONV[dims](CODE, t.shape[1], 1) for t in reversed(stages)])

    def both(self, view: Tensor, teacher: Trace) -> tuple[Maps, Maps]:
        """The teacher's stages and what the decoder gives back of them, shallow to deep."""
        grid = tuple(teacher.stages[-1].shape[2:])
        pooled = [resized(f(t), grid) for f, t in zip(self.bridges, teacher.stages, strict=True)]
        x, back = self.narrow(torch.cat(pooled, 1)), list[Tensor]()
        mode = "linear" if x.dim() == 3 else "bilinear"
        for up, out, goal in zip(self.up, self.out, reversed(teacher.stages), strict=True):
            x = up(F.interpolate(x, size=tuple(goal.shape[2:]), mode=mode, align_corners=False))
            back.append(out(x))
        return teacher.stages, tuple(reversed(back))

    def loss(self, view: Tensor, teacher: Trace) -> Losses:
        """Term `reverse`: 1 - cosine of each sample's whole map, summed over stages."""
        return {"reverse": reverse_distillation(*reversed(self.both(view, teacher)))}

    def apart(self, view: Tensor, teacher: Trace) -> Tensor:
        """1 - cosine by place, all stages added on the finest grid, or the deepest stage alone."""
        theirs, mine = self.both(view, teacher)
        if self.params.maps == "sum":
            return parted(theirs, mine, "sum")
        blank = by_place(theirs[0], theirs[0]) * 0
        return on_first([blank, by_place(theirs[-1], mine[-1])], "sum")
