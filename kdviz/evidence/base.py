"""What an extractor is: it looks at a network and says where the network looked."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.flow import Trace, Views
from kdviz.core.plugins import discover, pick
from kdviz.nets.base import Branch

STAGE = re.compile(r"-?[0-9]{1,2}")


class Extractor:
    """One way to ask a network for its evidence. Raw values: normalising is the figure's choice.

    signed   whether negative values mean evidence against the class
    caveat   what the map does not say, for the reader who is about to believe it
    layered  whether it can be asked of any stage: it is made with `stage`, counted from 0 or, below 0, from the end
    others   what it can be made of, the usual one first: it is made with `of`
    slow     whether it asks a network so often that fewer test series are looked at, and not every epoch
    """

    id: ClassVar[str] = ""
    title: str = ""
    idea: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    caveat: ClassVar[str] = ""
    signed: bool = False
    layered: ClassVar[bool] = False
    slow: ClassVar[bool] = False
    others: ClassVar[tuple[str, ...]] = ()
    stage: int = -1

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """Evidence for class `target` (N,), by modality that the network sees: (N, *grid) each, raw.

        `grid` is the map's own resolution: a feature map's, or the view's for input attributions.
        The network is left as it was found: its modes, gradients and hooks.
        """
        raise NotImplementedError

    def answered(self, net: Branch, views: Views, target: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """What `look` gives, and the logits (N, classes) of the same views."""
        found = self.look(net, views, target)
        with undisturbed(net):
            return found, net(views).logits

    def refusal(self, net: Branch) -> str | None:
        """Why this network cannot be looked at so, with what to do instead; None where it can."""
        if self.id in net.without:
            return net.without[self.id]
        if not self.layered or -net.depth <= self.stage < net.depth:
            return None
        return f"There is no stage {self.stage}: this network has stages 0 to {net.depth - 1}."


def extractors() -> dict[str, type[Extractor]]:
    """Every extractor there is, by id."""
    return discover("kdviz.evidence", Extractor)


def extractor(name: str) -> Extractor:
    """The extractor called `name`; as `name:STAGE` asked of one stage (0: the first), as `noise_tunnel:saliency` made
    of another; raises UserError."""
    word, colon, more = name.partition(":")
    kind = pick("kdviz.evidence", Extractor, word, "extractor")
    made: Callable[..., Extractor] = kind
    if not colon:
        return kind()
    if more in kind.others:
        return made(of=more)
    if not kind.layered or not STAGE.fullmatch(more):
        allowed = f"one of {', '.join(kind.others)} after the colon" if kind.others else "attention:0 for a stage"
        raise UserError(f"{kind.title} cannot be asked of {more[:20]!r}: write {word}, or {allowed}.")
    return made(stage=int(more))


def refuse(how: Extractor, net: Branch) -> None:
    """Raise UserError with the extractor's own refusal, where it has one for this network."""
    sentence = how.refusal(net)
    if sentence:
        raise UserError(sentence)


@contextmanager
def undisturbed(net: Branch, gradients: bool = False) -> Iterator[None]:
    """The network in evaluation mode with frozen weights; all is put back afterwards, also after an error."""
    learning = [module for module in net.modules() if module.training]
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    _set(learning, weights, False)
    try:
        with torch.set_grad_enabled(gradients):
            yield
    finally:
        _set(learning, weights, True)


def _set(modules: list[nn.Module], weights: list[nn.Parameter], on: bool) -> None:
    for module in modules:
        module.training = on
    for weight in weights:
        weight.requires_grad_(on)


def branches(net: Branch, trace: Trace) -> dict[str, Trace]:
    """What a network shows by modality: the parts of a fusion network, or the trace itself."""
    return dict(trace.parts) or {net.modalities[0]: trace}


class TraceExtractor(Extractor):
    """An extractor that only reads what one pass through the network shows: several may read the same pass."""

    def read(self, net: Branch, trace: Trace, target: Tensor) -> dict[str, Tensor]:
        """Evidence (N, *grid) by modality, raw, out of the trace of some views."""
        raise NotImplementedError

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality."""
        return self.answered(net, views, target)[0]

    def answered(self, net: Branch, views: Views, target: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Maps and logits, both of one pass."""
        refuse(self, net)
        with undisturbed(net):
            trace = net(detached(net, views))
            return self.read(net, trace, target), trace.logits


class InputExtractor(Extractor):
    """An extractor whose maps lie on the views themselves; a map is the sum over the view's channels."""

    def channels(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """Evidence (N, C, *grid) by modality, raw."""
        raise NotImplementedError

    def look(self, net: Branch, views: Views, target: Tensor) -> dict[str, Tensor]:
        """(N, *grid) by modality, at the view's resolution."""
        return {name: each.sum(1) for name, each in self.channels(net, views, target).items()}


class Positional(nn.Module):
    """A network as captum wants it: tensors in the order of its modalities in, logits out."""

    def __init__(self, net: Branch) -> None:
        super().__init__()
        self.net = net

    def forward(self, *views: Tensor) -> Tensor:
        """Logits (N, classes)."""
        trace: Trace = self.net(dict(zip(self.net.modalities, views, strict=True)))
        return trace.logits


def detached(net: Branch, views: Views) -> dict[str, Tensor]:
    """The views that a network sees, in its order, cut loose from any graph."""
    return {name: views[name].detach() for name in net.modalities}


Ask = Callable[[nn.Module, tuple[Tensor, ...]], tuple[Tensor, ...]]


def by_captum(net: Branch, views: Views, ask: Ask) -> dict[str, Tensor]:
    """What one of captum's methods says of a network: `ask` is given the network as captum wants it, and its inputs
    in the order of its modalities, and answers with as many tensors."""
    inputs = {name: view.requires_grad_() for name, view in detached(net, views).items()}
    with undisturbed(net, gradients=True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Setting forward, backward hooks")
        found = ask(Positional(net), tuple(inputs.values()))
    return {name: each.detach() for name, each in zip(inputs, found, strict=True)}


def one_by_one(net: Branch, views: Views, target: Tensor, ask: Callable[..., Ask], seed: int) -> dict[str, Tensor]:
    """What one of captum's methods that draws says of each series alone, by draws that are the same for all of them
    and every time: `ask` is given a series' target (1,). Random numbers go on as if none was
    drawn."""
    found: list[dict[str, Tensor]] = []
    drawn = np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):
            for k in range(target.numel()):
                torch.manual_seed(seed)
                np.random.seed(seed)
                alone = {name: views[name][k : k + 1] for name in net.modalities}
                found.append(by_captum(net, alone, ask(target[k : k + 1])))
    finally:
        np.random.set_state(drawn)
    return {name: torch.cat([each[name] for each in found]) for name in net.modalities}


def class_scores(trace: Trace, target: Tensor) -> Tensor:
    """The logit (N,) of each sample's target class."""
    return trace.logits.gather(1, target[:, None])[:, 0]
