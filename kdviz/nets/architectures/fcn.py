"""The fully convolutional network of Wang et al. 2017: three convolutions and an average over time."""

from __future__ import annotations

from typing import ClassVar

from torch import nn

from kdviz.nets.base import Architecture, block

PAPER = "Wang, Yan & Oates, Time series classification from scratch, IJCNN 2017, arXiv 1611.06455"


class _Fcn(Architecture):
    widths: ClassVar[tuple[int, int, int]]
    kernels: ClassVar[dict[int, tuple[int, int, int]]] = {1: (8, 5, 3), 2: (5, 3, 3)}
    strides: ClassVar[dict[int, tuple[int, int, int]]] = {1: (1, 1, 1), 2: (2, 2, 1)}

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Three blocks; a series keeps its length as published, a plane is halved twice."""
        wide = (channels, *self.widths)
        shapes = zip(wide[:-1], wide[1:], self.kernels[dims], self.strides[dims], strict=True)
        return [block(dims, *shape) for shape in shapes]


class Fcn(_Fcn):
    """As published."""

    id = "fcn"
    title = "FCN"
    idea = "Three convolutions, 128-256-128 wide, kernels 8, 5 and 3: as published."
    paper = PAPER
    widths = (128, 256, 128)


class FcnNarrow(_Fcn):
    """A quarter of the widths, a tenth of the time."""

    id = "fcn-32"
    title = "FCN, narrow"
    idea = "FCN with a quarter of its channels, 32-64-32, and a sixteenth of its weights."
    paper = PAPER
    widths = (32, 64, 32)
