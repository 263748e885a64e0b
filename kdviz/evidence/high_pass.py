"""What is left of a network's features without their lowest frequencies: any run can be asked, not only FAM's."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.evidence.base import TraceExtractor, branches
from kdviz.metrics.spectra import blocked
from kdviz.nets.base import Branch
from kdviz.nets.maps import activity

CUTON, LEAST = 0.1, 1


class HighPass(TraceExtractor):
    """The energy of a stage's channels at each place, after the mask that FAM uses."""

    id = "high_pass"
    title = "High-passed features"
    idea = "The mean squared feature at each place, after the lowest frequencies of the map were taken out as FAM does."
    paper = "Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894"
    caveat = "Not about a class, and without what a learned filter adds: it shows where features change quickly."
    layered = True

    def __init__(self, stage: int = -1) -> None:
        self.stage = stage

    def read(self, net: Branch, trace: Trace, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the stage's resolution; `target` does not matter."""
        return {name: activity(high_passed(part.stages[self.stage])) for name, part in branches(net, trace).items()}


def high_passed(maps: Tensor) -> Tensor:
    """Maps (N, K, *grid) without the block of lowest frequencies that FAM's mask removes at its usual settings."""
    axes = tuple(range(2, maps.dim()))
    gone = torch.from_numpy(blocked(tuple(maps.shape[2:]), CUTON, LEAST))
    spectra = torch.fft.fftn(maps, dim=axes).masked_fill(torch.fft.ifftshift(gone), 0)
    left: Tensor = torch.fft.ifftn(spectra, dim=axes).real
    return left
