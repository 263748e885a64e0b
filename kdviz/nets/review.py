"""Knowledge review with frequency attention: levels from deep to shallow, each looking back at the deeper one.

Source: Pham et al., WACV 2024, arXiv 2403.05894, after Chen et al., Distilling Knowledge via Knowledge Review, 2021.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.nets.adapters import BatchScale, Translate
from kdviz.nets.frequency import Frequency


class Neighbours(nn.Module):
    """Attention over the 3x3 neighbourhood, channel by channel: queries from y, keys and values from x (N, K, H, W).

    Half of the key channels carry a learned offset by row, the other half by column; K is even.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Conv2d(channels, channels, 1, bias=False) for _ in range(3))
        for conv in (self.query, self.key, self.value):
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        self.rows = nn.Parameter(torch.randn(channels // 2, 3))
        self.columns = nn.Parameter(torch.randn(channels // 2, 3))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The attended values (N, K, H, W)."""
        by_row = self.rows[:, :, None].expand(-1, 3, 3)
        by_column = self.columns[:, None, :].expand(-1, 3, 3)
        offset = torch.cat([by_row, by_column]).flatten(1)[:, :, None, None]
        weights = (self.query(y)[:, :, None] * (_around(self.key(x)) + offset)).softmax(2)
        seen: Tensor = (weights * _around(self.value(x))).sum(2)
        return seen


def _around(x: Tensor) -> Tensor:
    """The 3x3 neighbours of each place, zeros beyond the border: (N, K, 9, H, W)."""
    h, w = x.shape[2:]
    wide = F.pad(x, (1, 1, 1, 1))
    return torch.stack([wide[:, :, i : i + h, j : j + w] for i in range(3) for j in range(3)], 2)


class Level(nn.Module):
    """One level: translate, look back at the deeper level where there is one, filter the frequencies."""

    def __init__(
        self, wide: int, deeper: int | None, inner: int, out: int, side: int, cuton: float, least: int
    ) -> None:
        super().__init__()
        self.mine = nn.Identity() if wide == inner else Translate(2, wide, inner, bias=False)
        self.theirs = nn.Identity() if deeper in (inner, None) else Translate(2, deeper or inner, inner, bias=False)
        self.look = None if deeper is None else Neighbours(inner)
        self.side = side
        self.filter = Frequency(2, inner, out, side, cuton, least)
        self.after = nn.Sequential(BatchScale(out), nn.ReLU())

    def forward(self, x: Tensor, deeper: Tensor | None) -> tuple[Tensor, Tensor]:
        """(what is held against the teacher (N, out, side, side), what the shallower level looks back at)."""
        x = self.mine(x)
        if self.look is not None and deeper is not None:
            back = F.interpolate(self.theirs(deeper), x.shape[2:], mode="nearest")
            x = self.look(x, back)
        if x.shape[-1] != self.side:
            x = F.interpolate(x, (self.side, self.side), mode="nearest")
        return self.after(self.filter(x)), x
