"""Integrated Gradients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import torch
from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, class_scores, detached, slopes, undisturbed
from kdviz.nets.base import Branch

ROWS = 512


class IntegratedGradients(InputExtractor):
    """Gauss-Legendre over `steps` points of the straight line from `baseline` to the view, as captum's default."""

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
        inputs = detached(net, views)
        ways = {name: view - self.baseline for name, view in inputs.items()}
        means = {name: torch.zeros_like(view) for name, view in inputs.items()}
        for places, weights in self._chunks(target.numel()):
            points = {name: self._along(way, places).flatten(0, 1) for name, way in ways.items()}
            for name, slope in slopes(net, points, target.repeat(len(places))).items():
                each = slope.reshape(len(places), -1, *slope.shape[1:])
                means[name] += torch.einsum("k,kn...->n...", weights.to(each), each)
        return {name: ways[name] * mean for name, mean in means.items()}

    def _along(self, way: Tensor, places: Tensor) -> Tensor:
        """The points (k, N, C, *grid) at `places` 0..1 on the way from the baseline."""
        return self.baseline + places.to(way).view(-1, *[1] * way.ndim) * way

    def _chunks(self, rows: int) -> Iterator[tuple[Tensor, Tensor]]:
        each = max(1, ROWS // max(rows, 1))
        yield from zip(*(torch.split(part, each) for part in nodes(self.steps)), strict=True)

    def gap(self, net: Branch, views: Views, target: Tensor, maps: dict[str, Tensor]) -> Tensor:
        """Completeness gap (N,): the sum of the maps minus the change of the class score from the baseline."""
        inputs = detached(net, views)
        empty = {name: torch.full_like(view, self.baseline) for name, view in inputs.items()}
        with undisturbed(net):
            change = class_scores(net(inputs), target) - class_scores(net(empty), target)
        return torch.stack([each.flatten(1).sum(1) for each in maps.values()]).sum(0) - change


@cache
def nodes(steps: int) -> tuple[Tensor, Tensor]:
    """Places and weights (steps,) of Gauss-Legendre on 0..1; finding them is what costs captum 2 ms a call."""
    places, weights = np.polynomial.legendre.leggauss(steps)
    return torch.from_numpy((places + 1) / 2), torch.from_numpy(weights / 2)
