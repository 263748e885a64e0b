"""A headless encoder: stages of feature maps, each half as fine as the one before; teacher or student of anomalies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from kdviz.core.flow import Trace, Views
from kdviz.nets.base import CONV, NORM, Branch

WIDTHS = {1: (32, 64, 96), 2: (24, 48, 64)}
KERNELS = {1: (7, 5, 5), 2: (5, 3, 3)}
SECOND = {1: 5, 2: 3}


def stage(dims: int, wide: int, out: int, kernel: int) -> nn.Module:
    """Two convolutions, the first of stride 2, each with batch norm and ReLU: (N, wide, *grid) to half the grid."""
    conv, norm, second = CONV[dims], NORM[dims], SECOND[dims]
    return nn.Sequential(
        conv(wide, out, kernel, stride=2, padding=kernel // 2, bias=False), norm(out), nn.ReLU(),
        conv(out, out, second, padding=second // 2, bias=False), norm(out), nn.ReLU(),
    )  # fmt: skip


class Encoder(Branch):
    """Stages alone, without classes: its trace has logits (N, 0) and a head (0, K)."""

    def __init__(self, view: str, dims: int, channels: int, widths: Sequence[int] = ()) -> None:
        super().__init__()
        self.modalities = (view,)
        each = (channels, *(widths or WIDTHS[dims]))
        both = zip(pairwise(each), KERNELS[dims], strict=True)
        self.body = nn.ModuleList([stage(dims, wide, out, kernel) for (wide, out), kernel in both])

    @property
    def depth(self) -> int:
        """How many stages its trace has."""
        return len(self.body)

    def forward(self, views: Views) -> Trace:
        """Trace of one view (N, C, *grid)."""
        return traced(self.body, views[self.modalities[0]])


def traced(stages: nn.ModuleList, view: Tensor) -> Trace:
    """The trace of a view through stages, without classes."""
    maps, x = list[Tensor](), view
    for each in stages:
        x = each(x)
        maps.append(x)
    return headless(tuple(maps))


def headless(maps: tuple[Tensor, ...]) -> Trace:
    """Feature maps as the trace of a network without classes."""
    embedding = maps[-1].flatten(2).mean(2)
    return Trace(maps, embedding, embedding.new_zeros(len(embedding), 0), embedding.new_zeros(0, embedding.shape[1]))


def fresh(seed: int, view: str, dims: int, channels: int, widths: Sequence[int] = ()) -> Encoder:
    """An untrained encoder, the same for the same seed."""
    torch.manual_seed(seed)
    return Encoder(view, dims, channels, widths)


PATCH_WIDE = 40


def patch_net(channels: int, out: int) -> nn.Sequential:
    """Images (N, channels, S, S) to maps (N, out, S / 4, S / 4)."""
    return nn.Sequential(
        nn.Conv2d(channels, 24, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2),
        nn.Conv2d(24, 48, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2),
        nn.Conv2d(48, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, out, 1),
    )  # fmt: skip


class PatchTeacher(Branch):
    """The patch network as a frozen teacher of GAFs; its maps stand at mean 0 and spread 1 on what it learned from."""

    modalities = ("gaf",)

    def __init__(self) -> None:
        super().__init__()
        self.body = patch_net(2, PATCH_WIDE)

    @property
    def depth(self) -> int:
        """One map."""
        return 1

    def forward(self, views: Views) -> Trace:
        """Trace of GAFs (N, 2, S, S)."""
        return headless((self.body(views["gaf"]),))
