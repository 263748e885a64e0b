"""What captum says of networks that nobody has seen before, asked directly: ours is the same, number by number."""

from __future__ import annotations

import warnings
from typing import Any

import captum.attr as captum
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from kdviz.evidence.deeplift import DeepLift
from kdviz.evidence.gradcam import GradCam
from kdviz.evidence.input_x_gradient import InputXGradient
from kdviz.evidence.integrated_gradients import IntegratedGradients
from kdviz.evidence.lrp import Lrp
from kdviz.evidence.noise_tunnel import NoiseTunnel
from kdviz.evidence.occlusion import Occlusion, pieces_of
from kdviz.evidence.saliency import Saliency
from kdviz.nets.base import Single
from tests.evidence.nets import NAMES, lived_in


class Invented:
    """A network of drawn size and weights, views of a drawn grid, and a class for each of `batch` samples."""

    def __init__(self, seed: int, dims: int, batch: int) -> None:
        rng = np.random.default_rng(seed)
        channels, classes = int(rng.integers(1, 4)), int(rng.integers(2, 7))
        torch.manual_seed(seed)
        self.net = lived_in(Single(NAMES[dims], "tiny", dims, channels, classes)).double().eval()
        self.name = NAMES[dims]
        self.view = torch.randn(batch, channels, *rng.integers(13, 30, dims), dtype=torch.float64)
        self.target = torch.from_numpy(rng.integers(0, classes, batch))

    @property
    def given(self) -> tuple[Single, dict[str, Tensor], Tensor]:
        """What an extractor is asked with."""
        return self.net, {self.name: self.view}, self.target

    def bare(self) -> nn.Sequential:
        """The same layers as a plain torch network, which knows neither views nor traces."""
        pool = {3: nn.AdaptiveAvgPool1d(1), 4: nn.AdaptiveAvgPool2d(1)}[self.view.ndim]
        return nn.Sequential(*self.net.body, pool, nn.Flatten(), self.net.head)

    def asked(self, kind: type, *words: Any, **more: Any) -> Tensor:
        """What captum's `kind` says of the bare network."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            how = kind(self.bare(), *words)
            found: Tensor = how.attribute(self.view.clone().requires_grad_(), target=self.target, **more).detach()
        return found

    def same(self, ours: Tensor, theirs: Tensor) -> None:
        """Equal to the last few bits, and not because both are empty."""
        torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-7)
        assert theirs.abs().max() > 1e-4


@pytest.fixture(params=[(7, 1, 1), (8, 1, 5), (9, 2, 1), (10, 2, 4), (11, 1, 3)], ids=str)
def one(request: pytest.FixtureRequest) -> Invented:
    return Invented(*request.param)


def test_integrated_gradients_are_captums(one: Invented) -> None:
    for steps in (1, 7, 40):
        theirs = one.asked(captum.IntegratedGradients, n_steps=steps)
        one.same(IntegratedGradients(steps).channels(*one.given)[one.name], theirs)
    theirs = one.asked(captum.IntegratedGradients, baselines=-0.4, n_steps=9)
    one.same(IntegratedGradients(9, -0.4).channels(*one.given)[one.name], theirs)


def test_deeplift_is_captums(one: Invented) -> None:
    theirs = one.asked(captum.DeepLift, baselines=torch.zeros_like(one.view))
    one.same(DeepLift().channels(*one.given)[one.name], theirs)


def test_slopes_are_captums(one: Invented) -> None:
    one.same(InputXGradient().channels(*one.given)[one.name], one.asked(captum.InputXGradient))
    one.same(Saliency().look(*one.given)[one.name], one.asked(captum.Saliency).amax(1))


def test_occlusion_is_captums_ablation_of_our_pieces(one: Invented) -> None:
    for along, baseline in ((4, 0.0), (3, 0.7)):
        pieces = pieces_of(tuple(one.view.shape[2:]), along)[None, None].expand(1, *one.view.shape[1:])
        theirs = one.asked(captum.FeatureAblation, baselines=baseline, feature_mask=pieces)
        ours = Occlusion(segments=along, patches=along, baseline=baseline).look(*one.given)[one.name]
        one.same(ours, theirs[:, 0])


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_gradcam_is_captums_at_every_stage(one: Invented, stage: int) -> None:
    layer = one.net.body[stage]
    for relu in (False, True):
        theirs = one.asked(captum.LayerGradCam, layer, relu_attributions=relu)
        torch.testing.assert_close(GradCam(stage, relu=relu).look(*one.given)[one.name], theirs[:, 0])


def test_smoothgrad_is_captums_of_each_series_alone(one: Invented) -> None:
    last = one.view[-1:]
    width, target = float(0.1 * (last.max() - last.min())), one.target[-1:]
    for of, kind in (("input_x_gradient", captum.InputXGradient), ("saliency", captum.Saliency)):
        torch.manual_seed(0)
        tunnel = captum.NoiseTunnel(kind(one.bare()))
        theirs = tunnel.attribute(last.clone().requires_grad_(), nt_samples=16, stdevs=width, target=target)
        one.same(NoiseTunnel(of).channels(*one.given)[one.name][-1:], theirs.detach())


def test_lrp_without_gamma_is_input_times_gradient_and_with_it_the_rule_by_hand(one: Invented) -> None:
    plain, slope = Lrp(gamma=0.0).channels(*one.given)[one.name], one.asked(captum.InputXGradient)
    torch.testing.assert_close(plain, slope, atol=1e-7, rtol=1e-6)  # the epsilon itself, 1e-9, is the difference
    one.same(Lrp().channels(*one.given)[one.name], by_hand(one, 0.25))


def by_hand(one: Invented, gamma: float) -> Tensor:
    """Layer by layer backwards: a * d(layer')/da * (R / layer'(a)), ReLU passing R on."""
    chain = one.net.chain()
    assert chain is not None and not any(isinstance(each, nn.modules.batchnorm._NormBase) for each in chain)
    given = [one.view]
    with torch.no_grad():
        for layer in chain:
            given.append(layer(given[-1]))
    relevance = torch.zeros_like(given[-1]).scatter(1, one.target[:, None], given[-1].gather(1, one.target[:, None]))
    first = next(k for k, layer in enumerate(chain) if isinstance(layer, nn.ReLU))
    for k, layer in reversed([*enumerate(chain)]):
        if isinstance(layer, nn.ReLU):
            continue
        if k > first and isinstance(layer, nn.Conv1d | nn.Conv2d):
            layer.weight.data += gamma * layer.weight.data.clamp(min=0)
        read = given[k].detach().requires_grad_()
        said = layer(read)
        away = torch.where(said < 0, -1e-9, 1e-9)
        (slope,) = torch.autograd.grad(said, read, relevance / (said + away).detach())
        relevance = (read * slope).detach()
    return relevance
