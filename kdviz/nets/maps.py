"""Maps over a grid, of time or of a plane: how they are read out of features, and how they change grid."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

LIFTS = ("repeat", "outer", "sum")


def cam(head: Tensor, maps: Tensor, label: Tensor) -> Tensor:
    """Class activation map (N, *grid) of classes label (N,): sum_k head[y, k] maps[:, k]; Zhou et al. 2016, no bias."""
    return torch.einsum("nk,nk...->n...", head[label], maps)


def cams(head: Tensor, maps: Tensor) -> Tensor:
    """The maps (N, C, *grid) of all classes: what a 1x1 convolution with the head's weight (C, K) gives."""
    return torch.einsum("ck,nk...->nc...", head, maps)


def activity(maps: Tensor, power: int = 2) -> Tensor:
    """Mean over the channels of maps (N, K, *grid) to a power: where a network is active (N, *grid)."""
    return maps.pow(power).mean(1)


def unit(maps: Tensor, first: int = 1) -> Tensor:
    """Maps flattened from axis `first` on, at length one: (N, ..., positions). A map of zeros stays zero."""
    return F.normalize(maps.flatten(first), dim=-1)


def spanned(maps: Tensor) -> Tensor:
    """Maps (N, *grid) shifted and scaled to 0..1 each; a constant map becomes zero."""
    flat = maps.flatten(1)
    low, high = flat.min(1, keepdim=True).values, flat.max(1, keepdim=True).values
    return (flat - low) / (high - low).clamp_min(torch.finfo(maps.dtype).eps)


def mass(maps: Tensor) -> Tensor:
    """Non-negative maps (N, *grid) scaled to sum one each; a map of zeros becomes even."""
    total = maps.flatten(1).sum(1).view(-1, *[1] * (maps.dim() - 1))
    even = torch.full_like(maps, 1 / maps[0].numel())
    return torch.where(total > 0, maps / total.clamp_min(torch.finfo(maps.dtype).tiny), even)


def resized(maps: Tensor, grid: tuple[int, ...]) -> Tensor:
    """Maps (N, K, *any) on another grid of as many axes: shrinking axes are averaged, growing ones interpolated."""
    if maps.shape[2:] == grid:
        return maps
    one = maps.dim() == 3
    small = tuple(min(a, b) for a, b in zip(maps.shape[2:], grid, strict=True))
    if small != maps.shape[2:]:
        maps = F.adaptive_avg_pool1d(maps, small[0]) if one else F.adaptive_avg_pool2d(maps, (small[0], small[1]))
    if small != grid:
        maps = F.interpolate(maps, size=grid, mode="linear" if one else "bilinear", align_corners=False)
    return maps


def lift(maps: Tensor, how: str) -> Tensor:
    """Series (..., W) as planes (..., W, W): rows repeated, products x_i x_j (outer) or sums x_i + x_j.

    All three commute with `resized`, so a long series is shrunk before it is lifted.
    """
    across, down = maps.unsqueeze(-2), maps.unsqueeze(-1)
    if how == "outer":
        return down * across
    if how == "sum":
        return down + across
    return across.expand(*maps.shape, maps.shape[-1])


def on_line(maps: Tensor) -> Tensor:
    """Planes of time by time (..., W, W) as lines (..., W): half of a pixel (i, j) goes to i, half to j."""
    return (maps.mean(-1) + maps.mean(-2)) / 2


def on_plane(maps: Tensor, side: int, how: str) -> Tensor:
    """Maps (N, K, *grid) of one or two axes as planes (N, K, side, side)."""
    if maps.dim() == 3:
        return lift(resized(maps, (side,)), how)
    return resized(maps, (side, side))


def together(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Both maps (N, K, *grid) on the smaller of their grids; a plane meets a line on the line."""
    if student.dim() < teacher.dim():
        teacher = on_line(teacher)
    elif student.dim() > teacher.dim():
        student = on_line(student)
    grid = tuple(min(a, b) for a, b in zip(student.shape[2:], teacher.shape[2:], strict=True))
    return resized(student, grid), resized(teacher, grid)


def onto(maps: Tensor, goal: Tensor) -> Tensor:
    """Maps (N, K, *grid) on the grid of `goal`: a line becomes a plane of equal rows, a plane a line."""
    if maps.dim() == 3 and goal.dim() == 4:
        row = resized(maps, (goal.shape[3],)).unsqueeze(2)
        return row.expand(-1, -1, goal.shape[2], -1)
    return resized(on_line(maps) if maps.dim() > goal.dim() else maps, tuple(goal.shape[2:]))
