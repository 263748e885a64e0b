"""One network of InceptionTime (Fawaz et al. 2020): six modules that look through three windows at once."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from kdviz.nets.base import CONV, NORM, Architecture, convolution

PAPER = "Ismail Fawaz et al., InceptionTime, Data Mining and Knowledge Discovery 2020, arXiv 1909.04939"
POOL: dict[int, type[nn.Module]] = {1: nn.MaxPool1d, 2: nn.MaxPool2d}


class _Module(nn.Module):
    """A bottleneck, three kernels side by side, a pooled fourth; batch norm, ReLU: (N, K, *grid) to (N, 4 F, *grid)."""

    def __init__(self, dims: int, wide: int, filters: int, kernels: tuple[int, ...], stride: int = 1) -> None:
        super().__init__()
        inner = filters if wide > 1 else wide
        self.narrow = CONV[dims](wide, inner, 1, bias=False) if wide > 1 else nn.Identity()
        self.looks = nn.ModuleList([convolution(dims, inner, filters, k, stride) for k in kernels])
        self.pool = nn.Sequential(
            POOL[dims](3, stride=stride, padding=1), CONV[dims](wide, filters, 1, bias=False)
        )  # fmt: skip
        self.norm = NORM[dims](4 * filters)

    def forward(self, x: Tensor) -> Tensor:
        """All four, one after the other in channels."""
        inner = self.narrow(x)
        return torch.relu(self.norm(torch.cat([*(look(inner) for look in self.looks), self.pool(x)], 1)))


class _Group(nn.Module):
    """Some modules beside a shortcut; ReLU."""

    def __init__(self, dims: int, wide: int, filters: int, kernels: tuple[int, ...], depth: int, stride: int) -> None:
        super().__init__()
        widths = (wide, *(4 * filters for _ in range(depth - 1)))
        steps = (stride, *(1 for _ in range(depth - 1)))
        self.body = nn.Sequential(*(_Module(dims, w, filters, kernels, s) for w, s in zip(widths, steps, strict=True)))
        self.short = nn.Sequential(
            CONV[dims](wide, 4 * filters, 1, stride=stride, bias=False), NORM[dims](4 * filters)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, K, *grid) to (N, 4 F, *grid')."""
        return torch.relu(self.body(x) + self.short(x))


class _Inception(Architecture):
    filters: ClassVar[int]
    kernels: ClassVar[dict[int, tuple[int, ...]]] = {1: (40, 20, 10), 2: (9, 5, 3)}

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Two residual groups of three modules, each a stage; a plane has shorter kernels, and each group halves it."""
        stride = {1: 1, 2: 2}[dims]
        widths = (channels, 4 * self.filters)
        return [_Group(dims, wide, self.filters, self.kernels[dims], 3, stride) for wide in widths]


class InceptionTime(_Inception):
    """One of the five that InceptionTime averages."""

    id = "inception"
    title = "InceptionTime"
    idea = (
        "Six inception modules with kernels 40, 20 and 10, 32 filters each: one of the five networks of the ensemble."
    )
    paper = PAPER
    filters = 32


class InceptionTimeNarrow(_Inception):
    """A quarter of the filters."""

    id = "inception-8"
    title = "InceptionTime, narrow"
    idea = "The same with a quarter of its filters, 8 a kernel, and a sixteenth of its weights."
    paper = PAPER
    filters = 8
