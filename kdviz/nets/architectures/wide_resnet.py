"""Wide residual networks with pre-activation blocks (Zagoruyko & Komodakis 2016), as 1-D and 2-D twins."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from kdviz.nets.base import CONV, NORM, Architecture

PAPER = "Zagoruyko & Komodakis, Wide residual networks, BMVC 2016, arXiv 1605.07146"


class _Block(nn.Module):
    def __init__(self, dims: int, wide: int, out: int, stride: int) -> None:
        super().__init__()
        conv, norm = CONV[dims], NORM[dims]
        self.norm1, self.norm2 = norm(wide), norm(out)
        self.conv1 = conv(wide, out, 3, stride=stride, padding=1, bias=False)
        self.conv2 = conv(out, out, 3, padding=1, bias=False)
        self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()
        same = wide == out and stride == 1
        self.short = None if same else conv(wide, out, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Pre-activation residual block; a changed shape takes the activated input through a 1x1 shortcut."""
        active = self.relu1(self.norm1(x))
        short: Tensor = x if self.short is None else self.short(active)
        y: Tensor = self.conv2(self.relu2(self.norm2(self.conv1(active))))
        return y + short


class _Wide(Architecture):
    factor: ClassVar[int] = 1
    depth: ClassVar[int] = 16

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """Stem of 16 and three groups, strides 1, 2, 2; the last stage ends in batch norm and ReLU."""
        each, wide = (self.depth - 4) // 6, 16
        groups: list[nn.Module] = []
        for number, out in enumerate(16 * self.factor * k for k in (1, 2, 4)):
            parts: list[nn.Module] = []
            if number == 0:
                parts.append(CONV[dims](channels, 16, 3, padding=1, bias=False))
            for place in range(each):
                stride = 2 if number and place == 0 else 1
                parts.append(_Block(dims, wide, out, stride))
                wide = out
            if number == 2:
                parts += [NORM[dims](out), nn.ReLU()]
            groups.append(nn.Sequential(*parts))
        return groups


class Wrn16x1(_Wide):
    """WRN16-1: the literature's student."""

    id = "wrn16-1"
    title = "WRN16-1"
    idea = "Wide residual net of depth 16, one time as wide: the literature's student."
    paper = PAPER


class Wrn16x3(_Wide):
    """WRN16-3: the literature's teacher."""

    id = "wrn16-3"
    title = "WRN16-3"
    idea = "Wide residual net of depth 16, three times as wide: the literature's teacher."
    paper = PAPER
    factor = 3
