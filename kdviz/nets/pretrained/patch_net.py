"""A small patch network: every place of its one map has seen 33 x 33 pixels and nothing else (EfficientAD's idea)."""

from __future__ import annotations

from torch import nn

from kdviz.core.flow import Trace, Views
from kdviz.nets.base import Branch
from kdviz.nets.pretrained.encoder import headless

WIDE = 40


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
        self.body = patch_net(2, WIDE)

    @property
    def depth(self) -> int:
        """One map."""
        return 1

    def forward(self, views: Views) -> Trace:
        """Trace of GAFs (N, 2, S, S)."""
        return headless((self.body(views["gaf"]),))
