"""Class activation maps from the classifier's own weights."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.evidence.base import Extractor, branches, seen, undisturbed
from kdviz.flow import Trace, Views
from kdviz.nets.base import Branch


class Cam(Extractor):
    """Exact for networks that end in global average pooling and one linear layer."""

    id = "cam"
    title = "CAM"
    idea = "How much each place of the last feature map adds to the class score; places and bias sum to the logit."
    paper = "Zhou et al., Learning deep features for discriminative localization, CVPR 2016"
    caveat = "As coarse as the last feature map, and each place has seen its whole receptive field."
    signed = True

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the last feature map's resolution; mean + bias = logit for one modality."""
        with undisturbed(net):
            trace = net(seen(net, views))
            return {name: class_map(part, target) for name, part in branches(net, trace).items()}


def class_map(trace: Trace, target: Tensor) -> Tensor:
    """head[target] . last stage: (N, *grid), without bias and without ReLU."""
    return torch.einsum("nk,nk...->n...", trace.head[target], trace.stages[-1])
