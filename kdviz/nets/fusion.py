"""The student of several modalities: a signal branch asks image branches by cross-attention.

A = softmax(Q_signal K_image^T / sqrt(d)) weighs the image's own features, so one linear head reads everything:
    logit = mean over time of head_signal . F_signal  +  sum over pixels of s . (head_image . F_image)  +  bias,
where s is the mean of A over time. The decision is thus a sum of class activation maps, and each branch alone,
with its slice of the head, is an ordinary network.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.flow import Trace, Views
from kdviz.nets.base import Branch, architecture_named
from kdviz.nets.maps import resized

QUERIES = 128
KEYS = 8
INNER = 16


class Fusion(Branch):
    """A signal branch and one image branch or several; `shapes` are (C, *grid) by modality.

    Attention by image modality: (N, at most 128 steps of time, at most 8x8 pixels, row by row).
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], architecture: str, classes: int) -> None:
        super().__init__()
        lines = [m for m, shape in shapes.items() if len(shape) == 2]
        self.images = tuple(m for m, shape in shapes.items() if len(shape) == 3)
        if len(lines) != 1 or not self.images:
            raise UserError(
                f"A fusion student sees one signal and at least one image, and {', '.join(shapes) or 'nothing'} "
                "was given: choose signal and gaf, persistence or both."
            )
        self.line = lines[0]
        self.modalities = (self.line, *self.images)
        family = architecture_named(architecture)
        self.bodies = nn.ModuleDict(
            {m: nn.ModuleList(family.stages(len(shapes[m]) - 1, shapes[m][0])) for m in self.modalities}
        )
        self.widths = {m: _width(self.bodies[m], shapes[m]) for m in self.modalities}
        self.query = nn.ModuleDict({m: nn.Linear(self.widths[self.line], INNER, bias=False) for m in self.images})
        self.key = nn.ModuleDict({m: nn.Linear(self.widths[m], INNER, bias=False) for m in self.images})
        self.head = nn.Linear(sum(self.widths.values()), classes)

    @property
    def depth(self) -> int:
        """How many stages every branch has."""
        return min(len(body) for body in self.bodies.values())  # type: ignore[arg-type]

    def layers(self, stage: int) -> Mapping[str, nn.Module]:
        """This stage of every branch."""
        return {m: self.bodies[m][stage] for m in self.modalities}  # type: ignore[index]

    def forward(self, views: Views) -> Trace:
        """Trace of all branches; the last stage is the signal's map with what it attended to beside it."""
        parts = {m: self._branch(m, views[m]) for m in self.modalities}
        steps = _steps(parts[self.line].stages[-1])
        attention, fused = {}, [steps]
        for m in self.images:
            pixels = _pixels(parts[m].stages[-1])
            asked, offered = self.query[m](steps.mT), self.key[m](pixels.mT)
            attention[m] = torch.softmax(asked @ offered.mT / INNER**0.5, 2)
            fused.append((attention[m] @ pixels.mT).mT)
        last = torch.cat(fused, 1)
        embedding = last.mean(2)
        stages = (*parts[self.line].stages[:-1], last)
        return Trace(stages, embedding, self.head(embedding), self.head.weight, parts, attention, bias=self.head.bias)

    def _branch(self, modality: str, view: Tensor) -> Trace:
        maps: list[Tensor] = []
        for stage in self.bodies[modality]:  # type: ignore[attr-defined]
            view = stage(view)
            maps.append(view)
        embedding = view.flatten(2).mean(2)
        place = self.modalities.index(modality)
        before = sum(self.widths[m] for m in self.modalities[:place])
        head = self.head.weight[:, before : before + self.widths[modality]]
        return Trace(tuple(maps), embedding, F.linear(embedding, head, self.head.bias), head, bias=self.head.bias)


def _width(body: nn.Module, shape: tuple[int, ...]) -> int:
    with torch.no_grad():
        probe = torch.zeros(2, shape[0], *([32] * (len(shape) - 1)))
        for stage in body.eval().children():
            probe = stage(probe)
    body.train()
    return int(probe.shape[1])


def _steps(maps: Tensor) -> Tensor:
    """Maps over time (N, K, T) with at most QUERIES steps: means of equal stretches, the last perhaps shorter."""
    stretch = -(-maps.shape[2] // QUERIES)
    if stretch == 1:
        return maps
    return F.avg_pool1d(maps, stretch, ceil_mode=True, count_include_pad=False)


def _pixels(maps: Tensor) -> Tensor:
    """Maps over a plane (N, K, H, W) as at most KEYS x KEYS pixels, row by row: (N, K, pixels)."""
    return resized(maps, (min(KEYS, maps.shape[2]), min(KEYS, maps.shape[3]))).flatten(2)
