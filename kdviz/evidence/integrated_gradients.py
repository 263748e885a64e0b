"""Integrated Gradients, by captum."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, by_captum, class_scores, detached, undisturbed
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
    slow = True

    def __init__(self, steps: int = 32, baseline: float = 0.0) -> None:
        self.steps, self.baseline = steps, baseline

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        from captum.attr import IntegratedGradients as Captum

        rows = None if target.numel() * self.steps <= ROWS else max(ROWS, target.numel())

        def ask(one: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            empty = tuple(self.baseline for _ in given)
            found: tuple[Tensor, ...] = Captum(one).attribute(
                given, empty, target, n_steps=self.steps, method="gausslegendre", internal_batch_size=rows
            )
            return found

        return by_captum(net, views, ask)

    def gap(self, net: Branch, views: Views, target: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Completeness gap (N,): the sum of the maps minus the change of the class score from the baseline."""
        inputs = detached(net, views)
        empty = {name: torch.full_like(view, self.baseline) for name, view in inputs.items()}
        with undisturbed(net):
            change = class_scores(net(inputs), target) - class_scores(net(empty), target)
        return torch.stack([each.flatten(1).sum(1) for each in maps.values()]).sum(0) - change
