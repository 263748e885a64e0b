"""Small layers that bring a student's features to a teacher's; trained with the student, thrown away after."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.nets.base import CONV


class BatchScale(nn.BatchNorm1d):
    """Batch norm of maps (N, K, *grid) by the batch's own statistics: it remembers nothing, so using it is pure."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, track_running_stats=False)

    def forward(self, input: Tensor) -> Tensor:
        """The scaled maps; one value per channel has no spread and passes as it is."""
        if input.numel() == input.shape[1]:
            return input
        return F.batch_norm(input, None, None, self.weight, self.bias, True, 0.0, self.eps)


class Translate(nn.Sequential):
    """1x1 convolution, batch scale, ReLU: maps (N, wide, *grid) to (N, out, *grid)."""

    def __init__(self, dims: int, wide: int, out: int, bias: bool = True) -> None:
        super().__init__(CONV[dims](wide, out, 1, bias=bias), BatchScale(out), nn.ReLU())


class Embed(nn.Linear):
    """A linear layer whose output has length one: vectors (N, wide) to the unit sphere (N, out)."""

    def forward(self, input: Tensor) -> Tensor:
        """Unit vectors."""
        return F.normalize(super().forward(input), dim=1)


def projector(wide: int, out: int) -> nn.Module:
    """A linear layer without bias; nothing at all where the widths agree."""
    return nn.Identity() if wide == out else nn.Linear(wide, out, bias=False)
