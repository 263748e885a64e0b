"""What a method of the second task is: a student follows a frozen teacher on normal data, and is asked where it cannot.

No label is ever read. The distances are pure functions; a method makes its student in `build`, sized by one trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Trace
from kdviz.core.params import NoParams
from kdviz.core.plugins import discover
from kdviz.methods.base import About

Maps = tuple[Tensor, ...]


@dataclass(frozen=True)
class Sized:
    """What a student is made for: the view's shape (C, *grid), and the teacher's trace of a few windows."""

    shape: tuple[int, ...]
    teacher: Trace

    @property
    def dims(self) -> int:
        """1 for a line of time, 2 for an image."""
        return len(self.shape) - 1


class Imitation(nn.Module):
    """One way to follow a teacher without labels. All that `build` makes is trained; the teacher never is.

    watches   the views that it can follow a teacher on, the one it is meant for first
    teacher   the frozen teacher that it asks for, by view; elsewhere the view's usual one
    length    the points that a window of a signal is brought to; 0: as it is
    steps     how many batches it learns from, by the number of the view's axes
    batch     windows a batch, likewise
    placed    whether it can tell where inside a window teacher and student part
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    about: ClassVar[About]
    watches: ClassVar[tuple[str, ...]] = ("signal",)
    teacher: ClassVar[dict[str, str]] = {}
    length: ClassVar[int] = 0
    steps: ClassVar[dict[int, int]] = {1: 200, 2: 150}
    batch: ClassVar[dict[int, int]] = {1: 32, 2: 16}
    placed: ClassVar[bool] = True
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None) -> None:
        super().__init__()
        self.params: Any = self.Params() if params is None else params

    def build(self, scene: Sized) -> None:
        """Make the student and its adapters."""

    def both(self, view: Tensor, teacher: Trace) -> tuple[Maps, Maps]:
        """What is compared, stage by stage: the teacher's maps (N, K, *grid) and the student's, of equal shapes."""
        raise NotImplementedError

    def loss(self, view: Tensor, teacher: Trace) -> Losses:
        """The named terms on a batch of normal views (N, C, *grid). Pure: calling it twice changes nothing."""
        raise NotImplementedError

    def apart(self, view: Tensor, teacher: Trace) -> Tensor:
        """Where teacher and student part: maps (N, *grid), or (N, 1) where there is no place inside a window."""
        raise NotImplementedError

    def settle(self, view: Tensor, teacher: Trace) -> None:
        """Learn scales from normal windows that were kept for validation, where a method needs any."""


def imitations() -> dict[str, type[Imitation]]:
    """Every method of the second task, by id."""
    return discover("kdviz.methods", Imitation)


def imitation(name: str) -> type[Imitation]:
    """The method called `name`; raises UserError."""
    found = imitations()
    if name not in found:
        raise UserError(f"There is no way to watch called {name[:40]!r}. Choose of: {', '.join(sorted(found))}.")
    return found[name]


def by_place(teacher: Tensor, student: Tensor) -> Tensor:
    """1 - cosine over the channels at each place of maps (N, K, *grid): (N, *grid)."""
    return 1 - (F.normalize(teacher, dim=1) * F.normalize(student, dim=1)).sum(1)


def place_loss(teacher: Sequence[Tensor], student: Sequence[Tensor]) -> Tensor:
    """Sum over stages of the mean over places: STFPM (Wang et al. 2021) with the paper's 1/2, which its code lacks."""
    return torch.stack([by_place(t, s).mean() for t, s in zip(teacher, student, strict=True)]).sum()


def on_first(maps: Sequence[Tensor], how: str) -> Tensor:
    """Maps (N, *grid) of all stages on the first one's grid, linearly; their `sum` or their `product`."""
    grid = tuple(maps[0].shape[1:])
    mode = "linear" if len(grid) == 1 else "bilinear"
    same = [F.interpolate(m[:, None], size=grid, mode=mode, align_corners=False)[:, 0] for m in maps]
    together = torch.stack(same)
    return together.prod(0) if how == "product" else together.sum(0)


def parted(teacher: Sequence[Tensor], student: Sequence[Tensor], how: str) -> Tensor:
    """Where stages part, added (RD, Deng & Li 2022) or multiplied (STFPM): (N, *grid) of the first stage."""
    return on_first([by_place(t, s) for t, s in zip(teacher, student, strict=True)], how)


def vector_apart(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference of vectors (N, K): (N,)."""
    return (student - teacher).square().mean(1)


def hard(apart: Tensor, quantile: float) -> Tensor:
    """The mean of what reaches a quantile of differences: EfficientAD's loss on its hardest elements (linear)."""
    flat = apart.flatten()
    place = quantile * (flat.numel() - 1)
    low = int(place)
    ordered = flat.detach().sort().values
    level = torch.lerp(ordered[low], ordered[min(low + 1, flat.numel() - 1)], place - low)
    return flat[flat >= level].mean()


def rescaled(maps: Tensor, low: float, high: float) -> Tensor:
    """EfficientAD's scale of maps: 0 at their low normal quantile, 0.1 at the high one."""
    return 0.1 * (maps - low) / max(high - low, 1e-12)
