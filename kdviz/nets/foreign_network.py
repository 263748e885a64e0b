"""A module that somebody else wrote and trained, as a network that shows everything it does: it is only looked at."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kdviz.core.flow import Trace, Views
from kdviz.nets.base import Branch, layer_chain
from kdviz.nets.layer_search import Layers, first_tensor, found_layers, hooked

NO_GAP = (
    "CAM is exact only where global average pooling and one linear layer end a network, and they do not end this one. "
    "Choose Grad-CAM, or an attribution of the input such as Integrated Gradients."
)
NO_MAPS = (
    "No module of this network shows a map over the places of its input{why}. "
    "Choose an attribution of the input, such as Integrated Gradients or occlusion."
)
RECURRENT = ", because a recurrent layer carries what it has seen along"
NO_RULE = "DeepLIFT has no rule for recurrent layers. Choose Integrated Gradients or occlusion instead."
FLATTENED = (
    "A linear layer of this network reads each place of the last map by weights of its own, and Grad-CAM would average "
    "them away. Choose an attribution of the input, such as Integrated Gradients or occlusion."
)


class ForeignNetwork(Branch):
    """A module before one view, named `modality`, with what was found in it.

    Its maps pass through modules of ours, one a stage, while it is looked at: they bring channels to the second axis
    and values to the processor, and put both back. Nothing is left in the module.
    """

    def __init__(self, module: nn.Module, modality: str, view: Tensor, layers: Sequence[str] = ()) -> None:
        super().__init__()
        self.modalities = (modality,)
        self.module = module
        with quiet([module]):
            self.found: Layers = found_layers(module, _as_read(module, view), layers)
            self.says_probabilities = _probabilities(module, view)
            self.taps = nn.ModuleList(nn.Identity() for _ in self.found.stages)
            if self.found.rectified and not self._same_without_negatives(view):
                self.found = replace(self.found, rectified=False, pooled=False)
            self.few = view[:2].detach().clone()
        self.without: dict[str, str] = dict(_refusals(self.found))

    def _same_without_negatives(self, view: Tensor) -> bool:
        """Whether the last stage may lose what is below zero already where it ends: nothing else reads it there."""
        with torch.no_grad():
            said = first_tensor(self.module(_as_read(self.module, view)))
            return said is not None and torch.allclose(self._passed(view)[0], said.float().cpu(), atol=1e-5, rtol=1e-4)

    @property
    def depth(self) -> int:
        """How many stages of feature maps were found; none in a recurrent network."""
        return len(self.found.stages)

    def layers(self, stage: int) -> Mapping[str, nn.Module]:
        """What the feature maps of a stage pass through, by the modality."""
        return {self.modalities[0]: self.taps[stage]}

    def chain(self) -> nn.Sequential | None:
        """Tried on the first views that it was shown; on the processor, as exact as they are."""
        if self.says_probabilities:
            return None
        with quiet([self.module]), torch.no_grad():
            said = first_tensor(self.module(_as_read(self.module, self.few)))
            assert said is not None
            return layer_chain(self.module, self.few, said.to(self.few.device, self.few.dtype))

    def forward(self, views: Views) -> Trace:
        """Trace of one view (N, C, *grid); without a stage the hidden vector stands in its place, (N, K, 1)."""
        logits, stages, hidden = self._passed(views[self.modalities[0]])
        if self.says_probabilities:
            logits = logits.clamp_min(1e-12).log()
        embedding = hidden[0] if hidden else stages[-1].flatten(2).mean(2) if stages else logits
        stages = stages or (embedding[..., None],)
        if not self.found.pooled:
            return Trace(stages, embedding, logits, logits.new_zeros(logits.shape[1], stages[-1].shape[1]))
        head = self.module.get_submodule(self.found.head)
        assert isinstance(head, nn.Linear)
        bias = None if head.bias is None else head.bias.float().cpu()
        return Trace(stages, embedding, logits, head.weight.float().cpu(), bias=bias)

    def _passed(self, view: Tensor) -> tuple[Tensor, tuple[Tensor, ...], list[Tensor]]:
        """What the module says of a view, the feature maps on the way, and what its head reads."""
        maps, hidden, inside = dict[str, Tensor](), list[Tensor](), dict(self.module.named_modules())
        hooks = [
            (inside[name], self._tapped(name, tap, last, maps))
            for name, tap, last in zip(self.found.stages, self.taps, self.found.last, strict=True)
        ]
        if self.found.head:
            hooks.append((inside[self.found.head], lambda _, given, __: hidden.append(given[0].float().cpu())))
        with hooked(hooks), torch.backends.cudnn.flags(enabled=not self.found.recurrent):
            said = first_tensor(self.module(_as_read(self.module, view)))
        assert said is not None
        return said.float().cpu(), tuple(maps[name] for name in self.found.stages), hidden

    def _tapped(self, name: str, tap: nn.Module, last: bool, maps: dict[str, Tensor]) -> Callable[..., Any]:
        rectified = self.found.rectified and name == self.found.stages[-1]

        def hook(_: nn.Module, __: Any, out: Any) -> Any:
            found = first_tensor(out)
            if found is None:
                return out
            turned = found.movedim(-1, 1) if last else found
            maps[name] = tap((turned.relu() if rectified else turned).float().cpu())
            back = maps[name].to(found.device, found.dtype, copy=True)  # what follows may write over what it reads
            back = back.movedim(1, -1) if last else back
            return back if isinstance(out, Tensor) else type(out)((back, *out[1:])) if type(out) is tuple else None

        return hook


def _as_read(module: nn.Module, view: Tensor) -> Tensor:
    """A view where and as exact as the module's weights are."""
    weight = next((p for p in module.parameters() if p.is_floating_point()), None)
    return view if weight is None else view.to(weight.device, weight.dtype)


def _probabilities(module: nn.Module, view: Tensor) -> bool:
    """Whether the module answers with probabilities: their logarithm is what others call logits."""
    with torch.no_grad():
        said = first_tensor(module(_as_read(module, view)))
    if said is None or said.shape[1] < 2:
        return False
    return bool((said >= 0).all() and torch.allclose(said.sum(1), torch.ones_like(said[:, 0]), atol=1e-4))


def _refusals(found: Layers) -> Iterator[tuple[str, str]]:
    """By extractor: why this network cannot be asked so."""
    if not found.pooled:
        yield "cam", NO_GAP
    if found.recurrent:
        yield "deeplift", NO_RULE
    if not found.stages:
        for name in ("gradcam", "attention", "high_pass"):
            yield name, NO_MAPS.format(why=RECURRENT if found.recurrent else "")
    elif found.flattened:
        yield "gradcam", FLATTENED


@contextmanager
def quiet(modules: Sequence[nn.Module]) -> Iterator[None]:
    """These modules in evaluation mode with frozen weights; modes, buffers, gradients and draws are put back."""
    every = [each for module in modules for each in module.modules()]
    modes = [(each, each.training) for each in every]
    frozen = [(weight, weight.requires_grad) for module in modules for weight in module.parameters()]
    held = [(each, k, b, b.detach().clone()) for each in every for k, b in each._buffers.items() if b is not None]
    numbers, own = np.random.get_state(), random.getstate()
    devices = sorted({w.device.index or 0 for w, _ in frozen if w.device.type == "cuda"})
    try:
        with torch.random.fork_rng(devices=devices):
            for each in every:
                each.training = False
            for weight, _ in frozen:
                weight.requires_grad_(False)
            yield
    finally:
        for each, mode in modes:
            each.training = mode
        for weight, learns in frozen:
            weight.requires_grad_(learns)
        for each, name, buffer, was in held:  # some modules count what they see
            each._buffers[name] = buffer
            if not torch.equal(buffer, was):
                buffer.copy_(was)
        np.random.set_state(numbers)
        random.setstate(own)
