"""Grad-CAM at any stage."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import Extractor, branches, class_scores, detached, undisturbed
from kdviz.nets.base import Branch


class GradCam(Extractor):
    """The stages are in the trace, so autograd reads their gradients and no hook is set."""

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
        with undisturbed(net, gradients=True):
            trace = net({name: view.requires_grad_() for name, view in detached(net, views).items()})
            maps = {name: part.stages[self.stage] for name, part in branches(net, trace).items()}
            slopes = torch.autograd.grad(class_scores(trace, target).sum(), list(maps.values()))
        pairs = zip(maps.items(), slopes, strict=True)
        return {name: self._weighted(each.detach(), slope) for (name, each), slope in pairs}

    def _weighted(self, stage: Tensor, slope: Tensor) -> Tensor:
        weighted = torch.einsum("nk,nk...->n...", slope.flatten(2).mean(2), stage)
        return weighted.relu() if self.relu else weighted
