"""Plain convolutional nets of three stages: `tiny` for students that fit a watch, `small` for a first look."""

from __future__ import annotations

from typing import ClassVar

from torch import nn

from kdviz.nets.base import Architecture, block


class _Plain(Architecture):
    widths: ClassVar[tuple[int, int, int]]
    kernels: ClassVar[dict[int, tuple[int, int, int]]] = {1: (7, 5, 3), 2: (3, 3, 3)}
    strides: ClassVar[dict[int, tuple[int, int, int]]] = {1: (1, 1, 1), 2: (2, 2, 1)}

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Three blocks; images are halved twice, series keep their length so that evidence stays sharp."""
        wide, made = channels, []
        for out, kernel, stride in zip(self.widths, self.kernels[dims], self.strides[dims], strict=True):
            made.append(block(dims, wide, out, kernel, stride))
            wide = out
        return list(made)


class Tiny(_Plain):
    """About a thousand weights on a univariate series."""

    id = "tiny"
    title = "Tiny"
    idea = "Three convolutions, 8-12-16 wide: a student that fits a watch."
    widths = (8, 12, 16)


class Small(_Plain):
    """Three wider convolutions: the teacher of the quick budget."""

    id = "small"
    title = "Small"
    idea = "Three convolutions, 16-32-32 wide: quick to teach."
    widths = (16, 32, 32)
