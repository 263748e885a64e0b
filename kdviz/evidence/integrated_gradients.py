"""Integrated Gradients by captum."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.evidence.base import InputExtractor, Positional, class_scores, seen, undisturbed
from kdviz.flow import Views
from kdviz.nets.base import Branch

ROWS = 512


class IntegratedGradients(InputExtractor):
    """Gauss-Legendre over `steps` points of the straight line from `baseline` to the view."""

    id = "integrated_gradients"
    title = "Integrated Gradients"
    idea = "What each input value adds to the class score on the way from an empty view to this one."
    paper = "Sundararajan et al., Axiomatic attribution for deep networks, ICML 2017"
    caveat = "Depends on the empty view (zero here); how far the sum misses the score's change is its completeness gap."
    signed = True

    def __init__(self, steps: int = 32, baseline: float = 0.0) -> None:
        self.steps, self.baseline = steps, baseline

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        from captum.attr import IntegratedGradients as Captum

        inputs = seen(net, views)
        with undisturbed(net, gradients=True):
            maps = Captum(Positional(net)).attribute(
                tuple(inputs.values()),
                tuple(torch.full_like(view, self.baseline) for view in inputs.values()),
                target=target,
                n_steps=self.steps,
                internal_batch_size=max(ROWS, target.numel()),
            )
        return {name: each.detach() for name, each in zip(inputs, maps, strict=True)}

    def gap(self, net: Branch, views: Views, target: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Completeness gap (N,): the sum of the maps minus the change of the class score from the baseline."""
        inputs = seen(net, views)
        empty = {name: torch.full_like(view, self.baseline) for name, view in inputs.items()}
        with undisturbed(net):
            change = class_scores(net(inputs), target) - class_scores(net(empty), target)
        return torch.stack([each.flatten(1).sum(1) for each in maps.values()]).sum(0) - change
