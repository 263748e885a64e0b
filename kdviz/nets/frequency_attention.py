"""Frequency attention (FAM): a learned filter over a map's whole spectrum, and the review of levels with it.

Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894; the review after Chen et al.,
Distilling Knowledge via Knowledge Review, 2021.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.nets.adapters import BatchScale, Translate
from kdviz.nets.base import CONV

Matched = Iterable[tuple[str, Tensor, Tensor]]
"""(key, student's map, teacher's map): (N, K, *grid) on one grid."""


class Frequency(nn.Module):
    """g1 * Re F^-1(mask * sum_i W_io * F(x)_i) + g2 * conv1x1(x), on maps (N, wide, S) or (N, wide, S, S).

    The mask zeroes shifted frequencies c - r .. c + r - 1 around the centre c = S // 2, r = int(cuton * c), at least
    `least`. The filter is not Hermitian, so no rfft: the real part projects. It is kept as (*grid, wide, out, 2):
    frequencies first, since each is a small matrix product; real and imaginary parts last, for optimisers and files.
    """

    def __init__(self, dims: int, wide: int, out: int, side: int, cuton: float = 0.1, least: int = 0) -> None:
        super().__init__()
        grid = (side,) * dims
        self.axes = tuple(range(2, 2 + dims))
        self.radius = radius(side, cuton, least)
        self.filter = nn.Parameter(torch.rand(*grid, wide, out, 2) / (wide * out))
        self.local = CONV[dims](wide, out, 1)
        self.rates = nn.Parameter(torch.full((2,), 0.5))
        self.register_buffer("mask", _mask(grid, self.radius), persistent=False)
        self.mask: Tensor

    @property
    def weights(self) -> Tensor:
        """The complex filter (wide, out, *grid), frequencies unshifted."""
        return torch.view_as_complex(self.filter).movedim((-2, -1), (0, 1))

    def spectrum(self, x: Tensor) -> Tensor:
        """The filtered and masked spectrum (N, out, *grid), unshifted, complex."""
        seen: Tensor = torch.fft.fftn(x, dim=self.axes, norm="ortho")
        filtered: Tensor = torch.einsum("ni...,...io->no...", seen, torch.view_as_complex(self.filter))
        return filtered * self.mask

    def spread(self, x: Tensor) -> Tensor:
        """The global branch (N, out, *grid), before its rate."""
        back: Tensor = torch.fft.ifftn(self.spectrum(x), dim=self.axes, norm="ortho")
        return back.real

    def forward(self, x: Tensor) -> Tensor:
        """Both branches, each at its learned rate."""
        both: Tensor = self.rates[0] * self.spread(x) + self.rates[1] * self.local(x)
        return both

    def pictures(self, x: Tensor) -> dict[str, Tensor]:
        """What there is to draw, (N, *grid) each."""
        before: Tensor = torch.fft.fftn(x, dim=self.axes, norm="ortho")
        grid = x.shape[2:]
        return {
            "before": shown(before),
            "after": shown(self.spectrum(x)),
            "filter": shown(self.weights.flatten(0, 1)[None]).expand(len(x), *grid),
            "mask": torch.fft.fftshift(self.mask).expand(len(x), *grid),
            "global": self.spread(x).square().mean(1),
            "local": self.local(x).square().mean(1),
            "seen": x.mean(1),
            "passed": self(x).mean(1),
        }

    def words(self) -> str:
        """What the mask removes."""
        side = self.mask.shape[-1]
        if self.radius == 0:
            return f"warning: radius 0 on a map of side {side}, so no frequency is removed; raise min_radius or cuton."
        block = " x ".join(["2r"] * len(self.axes))
        return f"radius r = {self.radius} on a map of side {side}; the lowest {block} frequencies are removed."


MOST_BYTES = 16 << 20
"""All filters of a student; their gradient and the optimiser's two moments take three times as much again."""
Levels = Sequence[tuple[str, Tensor, Tensor]]


def windows(found: Levels, dims: int) -> tuple[dict[str, int], tuple[str, ...]]:
    """The side of each pair's grid and what to say of them: the window, as far as the filters' memory allows.

    The window is the student's number of steps, or the side of the teacher's map where the student has a plane.
    """
    sides, said = dict[str, int](), list[str]()
    for key, mine, theirs in found:
        window = mine.shape[-1] if mine.dim() == 3 else theirs.shape[-1]
        cell = 8 * mine.shape[1] * theirs.shape[1] * len(found)
        sides[key] = max(1, min(window, int((MOST_BYTES / cell) ** (1 / dims))))
        if sides[key] < window:
            grid, whole = (" x ".join([str(n)] * dims) for n in (sides[key], window))
            words = f"{grid} where the window is {whole}: filters take at most {MOST_BYTES >> 20} MB"
            said.append(f"Frequency filter {key}: the grid is {words}, so the highest frequencies are averaged away.")
    return sides, tuple(said)


def radius(side: int, cuton: float, least: int = 0) -> int:
    """Half the side of the block of low frequencies that the mask removes; 0 removes nothing."""
    return min(max(int(cuton * (side // 2)), least), side // 2)


def _mask(grid: tuple[int, ...], r: int) -> Tensor:
    keep = torch.ones(grid)
    keep[tuple(slice(side // 2 - r, side // 2 + r) for side in grid)] = 0
    mask: Tensor = torch.fft.ifftshift(keep)
    return mask


def shown(spectrum: Tensor) -> Tensor:
    """A spectrum (N, K, *grid) as a picture (N, *grid): log(1 + mean magnitude), zero frequency in the centre."""
    magnitude = spectrum.abs().mean(1)
    centred: Tensor = torch.fft.fftshift(magnitude, dim=tuple(range(1, magnitude.dim())))
    return centred.log1p()


def wanted(theirs: Tensor) -> dict[str, Tensor]:
    """The teacher's map (N, K, *grid) to draw beside them: its spectrum and its mean over channels, (N, *grid) each."""
    spectrum: Tensor = torch.fft.fftn(theirs, dim=tuple(range(2, theirs.dim())), norm="ortho")
    return {"teacher": shown(spectrum), "wanted": theirs.mean(1)}


class Filters(nn.ModuleDict):
    """One filter for each matched pair of maps; `post` is `bn_relu`, as the published code has it, or `none`."""

    def __init__(self, matched: Matched, cuton: float, least: int, post: str) -> None:
        super().__init__()
        for key, mine, theirs in matched:
            fam = Frequency(mine.dim() - 2, mine.shape[1], theirs.shape[1], theirs.shape[-1], cuton, least)
            after = [BatchScale(theirs.shape[1]), nn.ReLU()] if post == "bn_relu" else []
            self[key] = nn.Sequential(fam, *after)

    def apart(self, matched: Matched) -> Tensor:
        """Mean squared difference of filtered student maps and teacher maps, averaged over the pairs."""
        return torch.stack([F.mse_loss(self[key](mine), theirs) for key, mine, theirs in matched]).mean()

    def pictures(self, matched: Matched) -> dict[str, Tensor]:
        """By pair, (N, *grid) each: the filter and the spectra, zero frequency in the centre; the two branches."""
        found: dict[str, Tensor] = {}
        for key, mine, theirs in matched:
            drawn = {**self._of(key).pictures(mine), **wanted(theirs)}
            drawn["rebuilt"] = self[key](mine).mean(1)
            found |= {f"{what}.{key}": picture for what, picture in drawn.items()}
        return found

    def rates(self) -> dict[str, float]:
        """The learned rates of the global and the local branch, by pair."""
        each = {key: self._of(key).rates.tolist() for key in self}
        return {f"{which} rate {key}": r[k] for key, r in each.items() for k, which in enumerate(("global", "local"))}

    def remarks(self) -> tuple[str, ...]:
        """The radius of each mask, with a warning where it removes nothing."""
        return tuple(f"Frequency filter {key}: {self._of(key).words()}" for key in self)

    def _of(self, key: str) -> Frequency:
        return cast(Frequency, cast(nn.Sequential, self[key])[0])


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
