"""What an extractor is: it looks at a network and says where the network looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import torch
from torch import Tensor, nn

from kdviz.flow import Trace, Views
from kdviz.plugins import discover, pick


class Extractor:
    """One way to ask a network for its evidence. Raw values: normalising is the figure's choice.

    signed   whether negative values mean evidence against the class
    caveat   what the map does not say, for the reader who is about to believe it
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    idea: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    caveat: ClassVar[str] = ""
    signed: ClassVar[bool] = False

    def look(self, net: nn.Module, views: Views, target: Tensor) -> dict[str, Tensor]:
        """Evidence for class `target` (N,), by modality that the network sees: (N, *grid) each, raw.

        `grid` is the map's own resolution: a feature map's, or the view's for input attributions.
        The network is left as it was found: its modes, gradients and hooks.
        """
        raise NotImplementedError


def extractors() -> dict[str, type[Extractor]]:
    """Every extractor there is, by id."""
    return discover("kdviz.evidence", Extractor)


def extractor(name: str) -> Extractor:
    """The extractor called `name`; raises UserError."""
    return pick("kdviz.evidence", Extractor, name, "extractor")()


@contextmanager
def undisturbed(net: nn.Module, gradients: bool = False) -> Iterator[None]:
    """The network in evaluation mode with frozen weights; all is put back afterwards, also after an error."""
    modes = [(module, module.training) for module in net.modules()]
    weights = [(weight, weight.requires_grad) for weight in net.parameters()]
    net.eval().requires_grad_(False)
    try:
        with torch.set_grad_enabled(gradients):
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        for weight, needed in weights:
            weight.requires_grad_(needed)


def branches(net: nn.Module, trace: Trace) -> dict[str, Trace]:
    """What a network shows by modality: the parts of a fusion network, or the trace itself."""
    return dict(trace.parts) or {str(net.modalities[0]): trace}  # type: ignore[index]
