"""Saliency: the steepness of the class score, by captum."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import Extractor, by_captum
from kdviz.nets.base import Branch


class Saliency(Extractor):
    """One backward pass; the steepest channel at each place."""

    id = "saliency"
    title = "Saliency"
    idea = "How much the class score would change, up or down, if a value changed a little."
    paper = "Simonyan et al., Deep inside convolutional networks, arXiv 1312.6034"
    caveat = "Noisy, and about changes rather than about what is there: a flat stretch may be salient."

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the view's resolution."""
        from captum.attr import Saliency as Captum

        found = by_captum(net, views, lambda one, given: Captum(one).attribute(given, target=target))
        return {name: each.amax(1) for name, each in found.items()}
