"""Frequency attention (FAM): a learned filter over a map's whole spectrum, beside a 1x1 convolution.

Source: Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.nets.base import CONV


class Frequency(nn.Module):
    """g1 * Re F^-1(mask * sum_i W_io * F(x)_i) + g2 * conv1x1(x), on maps (N, wide, S) or (N, wide, S, S).

    The mask zeroes shifted frequencies c - r .. c + r - 1 around the centre c = S // 2, r = int(cuton * c), at least
    `least`. The filter is not Hermitian: taking the real part projects, so no rfft. The filter's real and imaginary
    parts are kept in a last axis of two, so that every optimiser and file format can hold them.
    """

    def __init__(self, dims: int, wide: int, out: int, side: int, cuton: float = 0.1, least: int = 0) -> None:
        super().__init__()
        grid = (side,) * dims
        self.axes = tuple(range(2, 2 + dims))
        self.radius = radius(side, cuton, least)
        self.filter = nn.Parameter(torch.rand(wide, out, *grid, 2) / (wide * out))
        self.local = CONV[dims](wide, out, 1)
        self.rates = nn.Parameter(torch.full((2,), 0.5))
        self.register_buffer("mask", _mask(grid, self.radius), persistent=False)
        self.mask: Tensor

    @property
    def weights(self) -> Tensor:
        """The complex filter (wide, out, *grid), frequencies unshifted."""
        return torch.view_as_complex(self.filter)

    def spectrum(self, x: Tensor) -> Tensor:
        """The filtered and masked spectrum (N, out, *grid), unshifted, complex."""
        seen: Tensor = torch.fft.fftn(x, dim=self.axes, norm="ortho")
        filtered: Tensor = torch.einsum("ni...,io...->no...", seen, self.weights)
        return filtered * self.mask

    def spread(self, x: Tensor) -> Tensor:
        """The global branch (N, out, *grid), before its rate."""
        back: Tensor = torch.fft.ifftn(self.spectrum(x), dim=self.axes, norm="ortho")
        return back.real

    def forward(self, x: Tensor) -> Tensor:
        """Both branches, each at its learned rate."""
        both: Tensor = self.rates[0] * self.spread(x) + self.rates[1] * self.local(x)
        return both


def radius(side: int, cuton: float, least: int = 0) -> int:
    """Half the side of the block of low frequencies that the mask removes; 0 removes nothing."""
    return min(max(int(cuton * (side // 2)), least), side // 2)


def _mask(grid: tuple[int, ...], r: int) -> Tensor:
    keep = torch.ones(grid)
    keep[tuple(slice(side // 2 - r, side // 2 + r) for side in grid)] = 0
    mask: Tensor = torch.fft.ifftshift(keep)
    return mask


def shown(spectrum: Tensor, axes: int) -> Tensor:
    """A spectrum (N, K, *grid) as a picture (N, *grid): log(1 + mean magnitude), zero frequency in the centre."""
    centred: Tensor = torch.fft.fftshift(spectrum.abs().mean(1), dim=tuple(range(1, 1 + axes)))
    return centred.log1p()
