"""EfficientAD, small (Batzner, Heckler & König, WACV 2024): patch student, autoencoder and patch teacher."""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Trace
from kdviz.methods.base import About
from kdviz.methods.imitation import Imitation, Maps, Sized, hard, rescaled
from kdviz.nets.pretrained.encoder import patch_net

HARD, LOW, HIGH = 0.999, 0.9, 0.995


class Ead(Imitation):
    """The student follows the patch teacher on its hardest elements; another half of it follows an autoencoder."""

    id = "ead"
    title = "EfficientAD (small)"
    about = About(
        idea="Local slips are where student and teacher part; lost order is where student and autoencoder part.",
        equation=r"L = \mathrm{mean}_{D \geq q_{.999}} (\tilde T - S)^2 + (\tilde T - A)^2 + (A - S')^2",
        hands=(("patch teacher", "features", "student"), ("autoencoder", "its own features", "student")),
        papers=("Batzner, Heckler & König, EfficientAD, WACV 2024",),
        elsewhere="At a laptop's budget: 200 steps of 16 instead of 70,000; no foreign images, so no penalty on them.",
        cost="Three small networks; the fastest to score.",
        claims="Where inside the window, and what no single patch shows.",
    )
    watches = ("gaf",)
    teacher: ClassVar[dict[str, str]] = {"gaf": "pdn"}
    steps: ClassVar[dict[int, int]] = {2: 200}

    def build(self, scene: Sized) -> None:
        """A patch net of twice the teacher's channels, and an autoencoder with a narrow middle."""
        wide = scene.teacher.stages[-1].shape[1]
        self.wide, self.grid = wide, tuple(scene.teacher.stages[-1].shape[2:])
        self.student = patch_net(scene.shape[0], 2 * wide)
        self.down = nn.Sequential(
            nn.Conv2d(scene.shape[0], 24, 4, 4), nn.ReLU(), nn.Conv2d(24, 32, 4, 4), nn.ReLU(),
            nn.Conv2d(32, 48, 3), nn.ReLU(),
        )  # fmt: skip
        self.up = nn.Sequential(nn.Conv2d(48, 48, 3, padding=1), nn.ReLU(), nn.Conv2d(48, 48, 3, padding=1), nn.ReLU())
        self.out = nn.Conv2d(48, wide, 3, padding=1)
        self.register_buffer("scales", torch.tensor([[0.0, 0.1], [0.0, 0.1]]))

    def both(self, view: Tensor, teacher: Trace) -> tuple[Maps, Maps]:
        """The teacher's features, those of the autoencoder; and the two halves of the student's."""
        mine = self.student(view)
        return (teacher.stages[-1], self._decoded(view)), (mine[:, : self.wide], mine[:, self.wide :])

    def loss(self, view: Tensor, teacher: Trace) -> Losses:
        """Terms `hard`, `autoencoder` and `student_autoencoder`."""
        (theirs, decoded), (first, second) = self.both(view, teacher)
        return {
            "hard": hard((theirs - first).square(), HARD),
            "autoencoder": (theirs - decoded).square().mean(),
            "student_autoencoder": (decoded.detach() - second).square().mean(),
        }

    def maps(self, view: Tensor, teacher: Trace) -> Maps:
        """Mean squared differences over the channels: to the teacher, and to the autoencoder; (N, h, w) each."""
        (theirs, decoded), (first, second) = self.both(view, teacher)
        return (theirs - first).square().mean(1), (decoded - second).square().mean(1)

    def apart(self, view: Tensor, teacher: Trace) -> Tensor:
        """Both maps on the scale of normal windows, half each: (N, h, w)."""
        (low, high), (ae_low, ae_high) = self.scales.tolist()
        local, order = self.maps(view, teacher)
        return 0.5 * rescaled(local, low, high) + 0.5 * rescaled(order, ae_low, ae_high)

    def settle(self, view: Tensor, teacher: Trace) -> None:
        """Scales from both maps of validation windows: their quantiles 0.9 and 0.995."""
        levels = torch.tensor([LOW, HIGH])
        found = [torch.quantile(_few(m).float(), levels) for m in self.maps(view, teacher)]
        self.scales = torch.stack(found)

    def _decoded(self, view: Tensor) -> Tensor:
        half = tuple(-(-size // 2) for size in self.grid)
        x = F.interpolate(self.down(view), size=half, mode="bilinear", align_corners=False)
        x = F.interpolate(self.up(x), size=self.grid, mode="bilinear", align_corners=False)
        found: Tensor = self.out(x)
        return found


def _few(maps: Tensor, most: int = 1 << 22) -> Tensor:
    """All values of maps, evenly thinned where they are more than torch takes quantiles of."""
    flat = maps.flatten()
    return flat[:: -(-flat.numel() // most)]
