"""Class activation maps from the classifier's own weights."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.evidence.base import TraceExtractor, branches
from kdviz.nets.base import Branch
from kdviz.nets.fusion import KEYS
from kdviz.nets.maps import cam, resized


class Cam(TraceExtractor):
    """Exact for networks that end in global average pooling and one linear layer.

    Of a fusion network too: what an image branch says of a pixel counts as much as the signal attended to it, so the
    means of all modalities' maps and the bias sum to the logit (over 128 steps, up to the last, shorter stretch).
    """

    id = "cam"
    title = "CAM"
    idea = "How much each place of the last feature map adds to the class score; places and bias sum to the logit."
    paper = "Zhou et al., Learning deep features for discriminative localization, CVPR 2016"
    caveat = "As coarse as the last feature map, and each place has seen its whole receptive field."
    signed = True

    def read(self, net: Branch, trace: Trace, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the last feature map's resolution; an attended image has at most 8 x 8 places."""
        maps = {name: cam(part.head, part.stages[-1], target) for name, part in branches(net, trace).items()}
        return {name: _attended(each, trace.attention.get(name)) for name, each in maps.items()}


def _attended(maps: Tensor, attention: Tensor | None) -> Tensor:
    """Maps (N, H, W) times the attention (N, queries, pixels) that each pixel got, so that the mean is what it adds."""
    if attention is None:
        return maps
    small = resized(maps[:, None], (min(KEYS, maps.shape[1]), min(KEYS, maps.shape[2])))[:, 0]
    return small * attention.mean(1).view_as(small) * attention.shape[2]
