"""Where a network is active: the attention maps of attention transfer."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.evidence.base import TraceExtractor, branches
from kdviz.nets.base import Branch
from kdviz.nets.maps import activity


class Attention(TraceExtractor):
    """The energy of a stage's channels at each place."""

    id = "attention"
    title = "Activation attention"
    idea = "The mean squared activation at each place of a feature map: where the network is busy, for any class."
    paper = "Zagoruyko & Komodakis, Paying more attention to attention, ICLR 2017"
    caveat = "Not about a class: it shows activity, for and against alike."
    layered = True

    def __init__(self, stage: int = -1) -> None:
        self.stage = stage

    def read(self, net: Branch, trace: Trace, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the stage's resolution; `target` does not matter."""
        return {name: activity(part.stages[self.stage]) for name, part in branches(net, trace).items()}
