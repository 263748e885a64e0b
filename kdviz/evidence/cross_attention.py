"""What the signal asks the images for, in a fusion network."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Trace, Views
from kdviz.evidence.base import TraceExtractor, detached, refuse, undisturbed
from kdviz.nets.base import Branch
from kdviz.nets.fusion import KEYS


class CrossAttention(TraceExtractor):
    """The weight that each pixel of an image got, averaged over the steps in time that asked."""

    id = "cross_attention"
    title = "Cross-attention"
    idea = "Which pixels of the image the signal branch read, as a share of all it read."
    paper = "Vaswani et al., Attention is all you need, NeurIPS 2017"
    caveat = "What was read need not have mattered: attention is a weight on features, not evidence for a class."

    def refusal(self, net: Branch) -> str | None:
        """A sentence for a network of one modality."""
        if len(net.modalities) > 1:
            return super().refusal(net)
        return "Only a fusion student has cross-attention. Train one, or choose another extractor."

    def read(self, net: Branch, trace: Trace, target: Tensor) -> dict[str, Tensor]:
        """(N, H, W) by image modality, sums to one; `target` does not matter."""
        return {name: each.mean(1) for name, each in _planes(trace).items()}

    def asked(self, net: Branch, views: Views) -> dict[str, Tensor]:
        """(N, steps, H, W) by image modality: what each step in time asked for; each sums to one."""
        refuse(self, net)
        with undisturbed(net):
            return _planes(net(detached(net, views)))


def _planes(trace: Trace) -> dict[str, Tensor]:
    grids = {name: _grid(trace.parts[name].stages[-1]) for name in trace.attention}
    return {name: each.view(*each.shape[:2], *grids[name]) for name, each in trace.attention.items()}


def _grid(maps: Tensor) -> tuple[int, ...]:
    return tuple(min(KEYS, size) for size in maps.shape[2:])
