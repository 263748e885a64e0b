"""Occlusion by segments of a series or patches of an image, by captum's feature ablation."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.core.flow import Views
from kdviz.evidence.base import Extractor, Positional, detached, undisturbed
from kdviz.nets.base import Branch

ROWS = 512


class Occlusion(Extractor):
    """Each piece, over all channels at once, is replaced by `baseline`, one at a time."""

    id = "occlusion"
    title = "Occlusion"
    idea = "How far the class score falls when a stretch of the series, or a patch of the image, is set to zero."
    paper = "Zeiler & Fergus, Visualizing and understanding convolutional networks, ECCV 2014"
    caveat = "An occluded view is unlike any the network has seen; evidence held twice is not found by hiding it once."
    signed = True
    slow = True

    def __init__(self, segments: int = 16, patches: int = 8, baseline: float = 0.0) -> None:
        self.segments, self.patches, self.baseline = segments, patches, baseline

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the view's resolution, constant within a piece."""
        from captum.attr import FeatureAblation

        inputs = detached(net, views)
        pieces, count = self._numbered(inputs)
        with undisturbed(net):
            maps = FeatureAblation(Positional(net)).attribute(
                tuple(inputs.values()),
                tuple(self.baseline for _ in inputs),
                target=target,
                feature_mask=pieces,
                perturbations_per_eval=max(1, min(count, ROWS // max(target.numel(), 1))),
            )
        return {name: each[:, 0].detach() for name, each in zip(inputs, maps, strict=True)}

    def _numbered(self, inputs: dict[str, Tensor]) -> tuple[tuple[Tensor, ...], int]:
        """The number of the piece at each place of each view, counted on from view to view."""
        masks, count = [], 0
        for view in inputs.values():
            mask = pieces_of(tuple(view.shape[2:]), self.segments if view.ndim == 3 else self.patches)
            masks.append((mask + count)[None, None].expand(1, *view.shape[1:]))
            count += int(mask.max()) + 1
        return tuple(masks), count


def pieces_of(grid: tuple[int, ...], along: int) -> Tensor:
    """The grid cut into `along` nearly equal stretches per axis: each place's piece number, (*grid)."""
    numbers = torch.zeros((), dtype=torch.long)
    for size in grid:
        many = min(along, size)
        numbers = numbers[..., None] * many + torch.arange(size) * many // size
    return numbers
