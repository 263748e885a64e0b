"""DeepLIFT by captum (rescale rule)."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, by_captum, refuse
from kdviz.nets.base import Branch


class DeepLift(InputExtractor):
    """Differences from a zero view, carried back through each ReLU and pooling module."""

    id = "deeplift"
    title = "DeepLIFT"
    idea = "How the difference from an empty view travels through each unit to the class score."
    paper = "Shrikumar et al., Learning important features through propagating activation differences, ICML 2017"
    caveat = "Depends on the empty view (zero here). Its rules know no products, so fusion networks are refused."
    signed = True
    slow = True

    def refusal(self, net: Branch) -> str | None:
        """A sentence for a network of several modalities."""
        if len(net.modalities) == 1:
            return super().refusal(net)
        return "DeepLIFT has no rule for the products inside a fusion network. Choose Integrated Gradients instead."

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality; raises UserError for a network with attention."""
        from captum.attr import DeepLift as Captum

        refuse(self, net)
        return by_captum(
            net, views, lambda one, given: Captum(one).attribute(given, tuple(map(torch.zeros_like, given)), target)
        )
