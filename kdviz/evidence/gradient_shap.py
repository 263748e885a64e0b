"""Expected gradients (GradientSHAP), by captum."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import Ask, InputExtractor, one_by_one
from kdviz.nets.base import Branch


class GradientShap(InputExtractor):
    """Gradients at random places between a zero view and the noisy view, averaged; the same draws every time."""

    id = "gradient_shap"
    title = "GradientSHAP"
    idea = "What each input value adds to the class score, averaged over random places between it and an empty view."
    paper = "Erion et al., Improving performance of deep learning models with axiomatic attribution priors, NMI 2021"
    caveat = "An average over few random draws: small differences between two maps are noise."
    signed = True
    slow = True

    def __init__(self, samples: int = 16, noise: float = 0.05, seed: int = 0) -> None:
        self.samples, self.noise, self.seed = samples, noise, seed

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        from captum.attr import GradientShap as Captum

        def asking(target: Tensor) -> Ask:
            def ask(one: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
                empty = tuple(torch.zeros_like(view) for view in given)
                found: tuple[Tensor, ...] = Captum(one).attribute(
                    given, empty, n_samples=self.samples, stdevs=self.noise, target=target
                )
                return found

            return ask

        return one_by_one(net, views, target, asking, self.seed)
