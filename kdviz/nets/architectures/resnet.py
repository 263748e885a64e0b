"""The residual network of Wang et al. 2017: three blocks of three convolutions, each beside a shortcut."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from kdviz.nets.base import CONV, NORM, Architecture, block, convolution

PAPER = "Wang, Yan & Oates, Time series classification from scratch, IJCNN 2017, arXiv 1611.06455"


class _Block(nn.Module):
    """Two blocks and a convolution with batch norm, added to the input's own 1x1 convolution or batch norm; ReLU."""

    def __init__(self, dims: int, wide: int, out: int, kernels: tuple[int, int, int], stride: int) -> None:
        super().__init__()
        first, second, third = kernels
        self.body = nn.Sequential(
            block(dims, wide, out, first, stride), block(dims, out, out, second),
            convolution(dims, out, out, third), NORM[dims](out),
        )  # fmt: skip
        same = wide == out and stride == 1
        self.short = NORM[dims](out) if same else nn.Sequential(
            CONV[dims](wide, out, 1, stride=stride, bias=False), NORM[dims](out)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, K, *grid) to (N, K', *grid')."""
        return torch.relu(self.body(x) + self.short(x))


class _Residual(Architecture):
    widths: ClassVar[tuple[int, int, int]]
    kernels: ClassVar[dict[int, tuple[int, int, int]]] = {1: (8, 5, 3), 2: (3, 3, 3)}
    strides: ClassVar[dict[int, tuple[int, int, int]]] = {1: (1, 1, 1), 2: (2, 2, 1)}

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Three residual blocks; a series keeps its length as published, a plane is halved twice."""
        wide = (channels, *self.widths)
        shapes = zip(wide[:-1], wide[1:], self.strides[dims], strict=True)
        return [_Block(dims, before, after, self.kernels[dims], stride) for before, after, stride in shapes]


class ResNet(_Residual):
    """As published."""

    id = "resnet"
    title = "ResNet"
    idea = "Three residual blocks of three convolutions, 64-128-128 wide: as published."
    paper = PAPER
    widths = (64, 128, 128)


class ResNetNarrow(_Residual):
    """A quarter of the widths."""

    id = "resnet-16"
    title = "ResNet, narrow"
    idea = "ResNet with a quarter of its channels, 16-32-32, and a sixteenth of its weights."
    paper = PAPER
    widths = (16, 32, 32)
