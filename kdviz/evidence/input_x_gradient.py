"""Input times gradient, by captum."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, by_captum
from kdviz.nets.base import Branch


class InputXGradient(InputExtractor):
    """One backward pass; the first-order Taylor term of the class score."""

    id = "input_x_gradient"
    title = "Input × gradient"
    idea = "Each input value times how steeply the class score rises with it."
    paper = "Shrikumar et al., Not just a black box, arXiv 1605.01713"
    caveat = "In networks of ReLUs, LRP with its epsilon rule at every layer says the same: it is no second opinion."
    signed = True

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        from captum.attr import InputXGradient as Captum

        return by_captum(net, views, lambda one, given: Captum(one).attribute(given, target=target))
