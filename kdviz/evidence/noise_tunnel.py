"""SmoothGrad: another attribution, averaged over noisy copies of the view, by captum's noise tunnel."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import Ask, InputExtractor, one_by_one
from kdviz.nets.base import Branch


class NoiseTunnel(InputExtractor):
    """Of input times gradient unless asked of another (`noise_tunnel:saliency`); the same noise every time.

    The noise is a share of the view's own range, for each series. Of saliency the steepest channel counts, else the
    sum over channels.
    """

    id = "noise_tunnel"
    title = "SmoothGrad"
    idea = "Input × gradient (or another attribution), averaged over copies of the view with a little noise."
    paper = "Smilkov et al., SmoothGrad: removing noise by adding noise, arXiv 1706.03825"
    caveat = "An average over few random draws; how much noise (a tenth of the range here) is a choice that shows."
    signed = True
    slow = True
    others: ClassVar[tuple[str, ...]] = ("input_x_gradient", "saliency", "integrated_gradients", "deeplift")

    def __init__(self, of: str = "input_x_gradient", samples: int = 16, noise: float = 0.1, seed: int = 0) -> None:
        self.of, self.samples, self.noise, self.seed = of, samples, noise, seed
        self.signed = of != "saliency"
        if of != self.others[0]:
            self.title = f"SmoothGrad of {of.replace('_', ' ')}"

    def refusal(self, net: Branch) -> str | None:
        """That of the attribution which it averages, too."""
        several = self.of == "deeplift" and len(net.modalities) > 1
        plain = "DeepLIFT has no rule for the products inside a fusion network. Choose noise_tunnel alone instead."
        return plain if several else net.without.get(self.of, super().refusal(net))

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the view's resolution."""
        found = self.channels(net, views, target)
        return {name: each.sum(1) if self.signed else each.amax(1) for name, each in found.items()}

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality."""
        import captum.attr as captum

        kinds = (captum.InputXGradient, captum.Saliency, captum.IntegratedGradients, captum.DeepLift)
        kind = kinds[self.others.index(self.of)]
        more: dict[str, Any] = {"n_steps": 16} if self.of == "integrated_gradients" else {}

        def asking(target: Tensor) -> Ask:
            def ask(one: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
                width = tuple(self.noise * float(view.detach().amax() - view.detach().amin()) for view in given)
                found: tuple[Tensor, ...] = captum.NoiseTunnel(kind(one)).attribute(
                    given, nt_type="smoothgrad", nt_samples=self.samples, stdevs=width, target=target, **more
                )
                return found

            return ask

        return one_by_one(net, views, target, asking, self.seed)
