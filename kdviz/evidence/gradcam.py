"""Grad-CAM at any stage, by captum."""

from __future__ import annotations

from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import Extractor, Positional, detached, undisturbed
from kdviz.nets.base import Branch


class GradCam(Extractor):
    """By captum, at the modules whose outputs are the stage's maps: one pass a branch of a fusion network."""

    id = "gradcam"
    title = "Grad-CAM"
    idea = "Each channel of a feature map counts as much as the class score would rise with it; negative sums are cut."
    paper = "Selvaraju et al., Grad-CAM: visual explanations from deep networks, ICCV 2017"
    caveat = "At the last stage of a network with one linear head it is the CAM over the number of places, cut at zero."
    layered = True

    def __init__(self, stage: int = -1, relu: bool = True) -> None:
        self.stage, self.relu = stage, relu
        self.signed = not relu

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the stage's resolution."""
        from captum.attr import LayerGradCam

        inputs = tuple(view.requires_grad_() for view in detached(net, views).values())
        with undisturbed(net, gradients=True):
            found = {
                name: LayerGradCam(Positional(net), layer).attribute(inputs, target, relu_attributions=self.relu)
                for name, layer in net.layers(self.stage).items()
            }
        return {name: each[:, 0].detach() for name, each in found.items()}
