"""LITE (Ismail-Fawaz et al. 2023): one inception layer with hand-made filters, then two separable convolutions."""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.nets.base import CONV, NORM, Architecture, convolution

PAPER = "Ismail-Fawaz et al., LITE: Light Inception with boosTing tEchniques, DSAA 2023, arXiv 2409.02869"
SIDES = (2, 4, 8, 16, 32, 64)


def filters() -> Tensor:
    """The hand-made filters (17, 96): rising and falling edges of six lengths, peaks of five, each in the middle."""
    rising = [torch.tensor([-1.0, 1.0]).repeat(n // 2) for n in SIDES]
    each = [*rising, *(-edge for edge in rising), *(_peak(n) for n in SIDES[1:])]
    longest = max(one.numel() for one in each)
    starts = [(longest - 1) // 2 - (one.numel() - 1) // 2 for one in each]
    return torch.stack([F.pad(one, (at, longest - at - one.numel())) for one, at in zip(each, starts, strict=True)])


def _peak(side: int) -> Tensor:
    up = torch.linspace(0, 1, side // 4 + 1)[1:].square()
    hill = torch.cat([up, up.flip(0)])
    return torch.cat([-hill, 2 * hill, -hill])


class _Mixed(nn.Module):
    """Three kernels side by side and, of a series, the hand-made filters summed over channels; batch norm, ReLU."""

    made: Tensor

    def __init__(self, dims: int, wide: int, out: int, kernels: tuple[int, ...], stride: int) -> None:
        super().__init__()
        self.looks = nn.ModuleList([convolution(dims, wide, out, k, stride) for k in kernels])
        made = filters()[:, None].repeat(1, wide, 1) if dims == 1 else torch.zeros(0)
        self.register_buffer("made", made, persistent=False)
        self.norm = NORM[dims](len(kernels) * out + len(made))

    def forward(self, x: Tensor) -> Tensor:
        """All of them, one after the other in channels."""
        found = [look(x) for look in self.looks]
        if len(self.made):
            longest = self.made.shape[2]
            around = F.pad(x, ((longest - 1) // 2, longest // 2))
            found.append(torch.relu(F.conv1d(around, self.made)))
        return torch.relu(self.norm(torch.cat(found, 1)))


class _Separable(nn.Sequential):
    """Each channel by itself, widened by holes; then a 1x1 convolution, batch norm, ReLU."""

    def __init__(self, dims: int, wide: int, out: int, kernel: int, holes: int) -> None:
        alone = CONV[dims](wide, wide, kernel, padding="same", dilation=holes, groups=wide, bias=False)
        super().__init__(alone, CONV[dims](wide, out, 1, bias=False), NORM[dims](out), nn.ReLU())


class Lite(Architecture):
    """As published: about ten thousand weights; one of the five networks that LITETime averages."""

    id = "lite"
    title = "LITE"
    idea = "One inception layer with 17 hand-made filters beside the learned ones, then two separable convolutions."
    paper = PAPER
    wide: ClassVar[int] = 32

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Three stages; a plane has shorter kernels, no hand-made filters, and is halved once."""
        kernels, (second, third) = {1: ((40, 20, 10), (20, 10)), 2: ((9, 5, 3), (5, 3))}[dims]
        first = _Mixed(dims, channels, self.wide, kernels, {1: 1, 2: 2}[dims])
        width = int(first.norm.num_features)  # type: ignore[arg-type]
        return [first, _Separable(dims, width, self.wide, second, 2), _Separable(dims, self.wide, self.wide, third, 4)]
