"""How an encoder learns without labels: what was hidden is filled in, and synthetic kinds are told."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.nets.base import CONV
from kdviz.nets.pretrained.encoder import Encoder

HIDDEN = 3
"""A third of each window is hidden, in one piece (a block of the plane, likewise)."""


class Fill(nn.Module):
    """From the last stage back to the view: a 1x1 convolution to C channels, grown to the view's grid in two steps."""

    def __init__(self, dims: int, wide: int, channels: int) -> None:
        super().__init__()
        conv = CONV[dims]
        self.mode = "linear" if dims == 1 else "bilinear"
        self.inner, self.outer = conv(wide, 32, 3, padding=1), conv(32, channels, 3, padding=1)

    def forward(self, deep: Tensor, grid: tuple[int, ...]) -> Tensor:
        """(N, C, *grid) from the deepest maps."""
        half = tuple(max(1, size // 2) for size in grid)
        x = F.interpolate(F.relu(self.inner(deep)), size=half, mode=self.mode, align_corners=False)
        found: Tensor = F.interpolate(self.outer(x), size=grid, mode=self.mode, align_corners=False)
        return found


def hidden_third(view: Tensor, draw: torch.Generator) -> Tensor:
    """1 where a batch (N, C, *grid) is hidden: one stretch, or one block, of each: (N, 1, *grid)."""
    mask = torch.ones(len(view), 1, *view.shape[2:])
    share = (1 / HIDDEN) ** (1 / (view.dim() - 2))
    for axis, size in enumerate(view.shape[2:]):
        reach = max(1, round(size * share))
        start = torch.randint(0, size - reach + 1, (len(view), 1), generator=draw)
        place = torch.arange(size)[None]
        inside = ((place >= start) & (place < start + reach)).float()
        mask = mask * inside.view(len(view), 1, *[size if a == axis else 1 for a in range(view.dim() - 2)])
    return mask


def self_taught(net: Encoder, views: Tensor, kinds: Tensor | None, steps: int, batch: int, seed: int) -> list[float]:
    """Train an encoder in place on views (N, C, *grid); the loss of every step. The same for the same seed and inputs.

    kinds   (N, K) 0 or 1: which kinds made each; None: only what is hidden is filled in
    """
    torch.manual_seed(seed)
    draw = torch.Generator().manual_seed(seed)
    wide = net({net.modalities[0]: views[:2]}).embedding.shape[1]
    fill = Fill(views.dim() - 2, wide, views.shape[1])
    tell = None if kinds is None else nn.Linear(wide, kinds.shape[1])
    parts = [*net.parameters(), *fill.parameters(), *(tell.parameters() if tell is not None else ())]
    optimiser = torch.optim.AdamW(parts, lr=3e-3, weight_decay=1e-4)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    said = []
    net.train()
    for _ in range(steps):
        index = torch.randint(0, len(views), (min(batch, len(views)),), generator=draw)
        view = views[index]
        mask = hidden_third(view, draw)
        trace = net({net.modalities[0]: view * (1 - mask)})
        missed = (fill(trace.stages[-1], tuple(view.shape[2:])) - view).square() * mask
        loss = missed.sum() / (mask.sum() * view.shape[1])
        if tell is not None and kinds is not None:
            loss = loss + F.binary_cross_entropy_with_logits(tell(trace.embedding), kinds[index])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rates.step()
        said.append(float(loss.detach()))
    net.eval().requires_grad_(False)
    return said
