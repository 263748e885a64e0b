"""Layer-wise relevance propagation, by captum, of networks that are a plain chain of layers."""

from __future__ import annotations

from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import InputExtractor, by_captum, refuse
from kdviz.nets.base import CONV, Branch


class Lrp(InputExtractor):
    """Gamma rule where a convolution reads what is not negative, epsilon rule elsewhere (Montavon et al., 2019).

    Epsilon at every layer would be input times gradient again. Batch norm is folded into the convolution before it.
    """

    id = "lrp"
    title = "LRP"
    idea = "The class score is handed back layer by layer to what it came from, and more to what spoke for it."
    paper = "Bach et al., On pixel-wise explanations by layer-wise relevance propagation, PLoS ONE 2015"
    caveat = "What biases added is lost on the way, and another rule at a layer gives another map."
    signed = True

    def __init__(self, gamma: float = 0.25) -> None:
        self.gamma = gamma

    def refusal(self, net: Branch) -> str | None:
        """A sentence for whatever is not a plain chain of layers."""
        if super().refusal(net) is None and net.chain() is None:
            return (
                "LRP by captum knows plain chains of convolution, batch norm, ReLU, pooling and linear layers; this "
                "network has sums, branches or other layers. Choose Integrated Gradients or input × gradient instead."
            )
        return super().refusal(net)

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, C, *grid) by modality; raises UserError for a network that is no chain."""
        from captum.attr import LRP

        refuse(self, net)
        chain = net.chain()
        assert chain is not None
        self._rule(chain)
        return by_captum(net, views, lambda _, given: (LRP(chain).attribute(given[0], target),))

    def _rule(self, chain: nn.Sequential) -> None:
        """Give each layer its rule, as captum reads it."""
        from captum.attr._utils.lrp_rules import EpsilonRule, GammaRule

        positive = False
        for layer in chain:
            if isinstance(layer, nn.ReLU):
                positive = True
                continue
            layer.rule = (
                GammaRule(self.gamma) if positive and isinstance(layer, tuple(CONV.values())) else EpsilonRule()
            )
            positive = positive and not isinstance(layer, (*CONV.values(), nn.Linear))
