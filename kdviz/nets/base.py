"""What a network is: stages of feature maps, global average pooling, one linear head; built from names and shapes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from kdviz.core.flow import Trace, Views
from kdviz.core.plugins import discover, pick

CONV: dict[int, type[nn.Module]] = {1: nn.Conv1d, 2: nn.Conv2d}
PAD: dict[int, type[nn.Module]] = {1: nn.ConstantPad1d, 2: nn.ConstantPad2d}
NORM: dict[int, type[nn.Module]] = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d}
POOL = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
STEPS = (*CONV.values(), *NORM.values(), *POOL, nn.ConstantPad1d, nn.ConstantPad2d, nn.ReLU, nn.Flatten, nn.Linear)
IDLE = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)
"""Layers that do nothing in evaluation mode."""


ARCHITECTURES = "kdviz.nets.architectures"


def convolution(dims: int, wide: int, out: int, kernel: int, stride: int = 1) -> nn.Module:
    """A convolution without bias whose padding keeps the grid, or divides it by the stride."""
    if kernel % 2:
        return CONV[dims](wide, out, kernel, stride=stride, padding=kernel // 2, bias=False)
    around = PAD[dims](((kernel - 1) // 2, kernel // 2) * dims, 0.0)
    return nn.Sequential(around, CONV[dims](wide, out, kernel, stride=stride, bias=False))


def block(dims: int, wide: int, out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(convolution(dims, wide, out, kernel, stride), NORM[dims](out), nn.ReLU())


class Architecture:
    """A family member by name: how the feature stages of its 1-D and 2-D twins are built.

    `id`, `title` and `idea` are written out in the class: what may not import torch reads them from the file.
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    idea: ClassVar[str] = ""
    paper: ClassVar[str] = ""

    def stages(self, dims: int, channels: int) -> list[nn.Module]:
        """The stages in order; each maps (N, K, *grid) to (N, K', *grid'); the last ends with a ReLU."""
        raise NotImplementedError


class Branch(nn.Module):
    """A network that sees one modality or several and shows everything it does as a Trace.

    without   by extractor: why this network cannot be asked so
    """

    modalities: tuple[str, ...]
    without: Mapping[str, str] = {}

    @property
    def depth(self) -> int:
        """How many stages its trace has, at least."""
        raise NotImplementedError

    def layers(self, stage: int) -> Mapping[str, nn.Module]:
        """The modules whose outputs are the feature maps (N, K, *grid) of a stage, by modality."""
        raise NotImplementedError

    def forward(self, views: Views) -> Trace:
        """Trace of the views (N, C, *grid) of this network's modalities."""
        raise NotImplementedError

    def chain(self) -> nn.Sequential | None:
        """Copies of its layers as one plain chain, view in and logits out; None where it is none."""
        return None


class Single(Branch):
    """One modality through one architecture: stages, GAP, linear head (CAM is exact: Zhou et al. 2016)."""

    def __init__(self, modality: str, architecture: str, dims: int, channels: int, classes: int) -> None:
        super().__init__()
        self.modalities = (modality,)
        self.body = nn.ModuleList(architecture_named(architecture).stages(dims, channels))
        with torch.no_grad():
            probe = torch.zeros(2, channels, *([64] * dims))
            for stage in self.body.eval():
                probe = stage(probe)
        self.body.train()
        self.head = nn.Linear(probe.shape[1], classes)

    @property
    def depth(self) -> int:
        """How many stages its trace has."""
        return len(self.body)

    def layers(self, stage: int) -> Mapping[str, nn.Module]:
        """The stage itself."""
        return {self.modalities[0]: self.body[stage]}

    def forward(self, views: Views) -> Trace:
        """Trace of one view; its last stage is the map that GAP averages."""
        maps: list[Tensor] = []
        x = views[self.modalities[0]]
        for stage in self.body:
            x = stage(x)
            maps.append(x)
        embedding = x.flatten(2).mean(2)
        return Trace(tuple(maps), embedding, self.head(embedding), self.head.weight, bias=self.head.bias)

    def chain(self) -> nn.Sequential | None:
        """Tried on a view of its channels, drawn always alike."""
        first = next(each for each in self.body.modules() if isinstance(each, tuple(CONV.values())))
        weight: Tensor = first.weight  # type: ignore[assignment]
        grid = [32] * (weight.ndim - 2)
        view = torch.linspace(-1, 1, 2 * weight.shape[1] * 32 ** len(grid), dtype=weight.dtype, device=weight.device)
        view = (7 * view).sin().view(2, weight.shape[1], *grid)
        learning = [module for module in self.modules() if module.training]
        for module in learning:
            module.training = False
        try:
            with torch.no_grad():
                return layer_chain(self, view, self({self.modalities[0]: view}).logits)
        finally:
            for module in learning:
                module.training = True


def layer_chain(module: nn.Module, view: Tensor, logits: Tensor) -> nn.Sequential | None:
    """The layers of a module in evaluation mode as a chain (N, C, *grid) to logits (N, classes), in copies of its own
    with batch norm folded into the convolution before it; None where no chain of them says `logits` of `view`.

    Found by comparing values: sums, branches and functions between layers are not seen by a rule for single layers.
    """
    layers = [each for each in module.modules() if not [*each.children()] and not isinstance(each, IDLE)]
    if not layers or not all(type(each) in STEPS and not each._forward_pre_hooks for each in layers):
        return None
    body, head = layers[:-1], layers[-1:]
    pool: nn.Module = nn.AdaptiveAvgPool1d(1) if view.ndim == 3 else nn.AdaptiveAvgPool2d(1)
    for order in (layers, [*body, nn.Flatten(), *head], [*body, pool, nn.Flatten(), *head]):
        try:
            found = folded(order).to(view.device, view.dtype)
            with torch.no_grad():
                said = found(view)
        except (RuntimeError, ValueError):  # these layers do not follow one another
            continue
        if said.shape == logits.shape and torch.allclose(said, logits, atol=1e-4, rtol=1e-3):
            return found
    return None


def folded(layers: Sequence[nn.Module]) -> nn.Sequential:
    """Copies of layers in evaluation mode, one after the other, without batch norm right behind a convolution."""
    out: list[nn.Module] = []
    for each in layers:
        mine = copy.deepcopy(each).eval()
        if (
            isinstance(mine, tuple(NORM.values()))
            and out
            and isinstance(out[-1], tuple(CONV.values()))
            and mine.running_mean is not None
        ):
            out[-1] = fuse_conv_bn_eval(out[-1], mine)  # type: ignore[type-var, arg-type]
        elif isinstance(mine, nn.ReLU):
            out.append(nn.ReLU())  # one that writes over its input would spoil what the layer before it said
        else:
            out.append(mine)
    return nn.Sequential(*out)


def architectures() -> dict[str, type[Architecture]]:
    """Every architecture there is, by id."""
    return discover(ARCHITECTURES, Architecture)


def architecture_named(name: str) -> Architecture:
    """The architecture called `name`; raises UserError."""
    return pick(ARCHITECTURES, Architecture, name, "network")()


def build(
    kind: str, architecture: str, sees: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]], classes: int
) -> Branch:
    """A network for `kind` (`fusion` or one modality); `shapes` are (C, *grid) by modality."""
    if kind == "fusion":
        from kdviz.nets.fusion import Fusion

        return Fusion({m: shapes[m] for m in sees}, architecture, classes)
    shape = shapes[sees[0]]
    return Single(sees[0], architecture, len(shape) - 1, shape[0], classes)
