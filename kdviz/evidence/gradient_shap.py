"""Expected gradients (GradientSHAP), by captum."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, by_captum
from kdviz.nets.base import Branch


class GradientShap(InputExtractor):
    """Gradients at random places between a zero view and the noisy view, averaged; the same draws every time."""

    id = "gradient_shap"
    title = "GradientSHAP"
    idea = "What each input value adds to the class score, averaged over random places between it and an empty view."
    paper = "Erion et al., Improving performance of deep learning models with axiomatic attribution priors, NMI 2021"
    caveat = "An average over few random draws: small differences between two maps are noise."
    signed = True

    def __init__(self, samples: int = 16, noise: float = 0.05, seed: int = 0) -> None:
        self.samples, self.noise, self.seed = samples, noise, seed

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        alone = [
            self._seeded(net, {name: view[k : k + 1] for name, view in views.items()}, target[k : k + 1])
            for k in range(target.numel())
        ]
        return {name: torch.cat([each[name] for each in alone]) for name in alone[0]}

    def _seeded(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """Of one series, by the draws that every other gets too."""
        from captum.attr import GradientShap as Captum

        def ask(one: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            empty = tuple(torch.zeros_like(view) for view in given)
            found: tuple[Tensor, ...] = Captum(one).attribute(
                given, empty, n_samples=self.samples, stdevs=self.noise, target=target
            )
            return found

        drawn = np.random.get_state()
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                np.random.seed(self.seed)
                return by_captum(net, views, ask)
        finally:
            np.random.set_state(drawn)
