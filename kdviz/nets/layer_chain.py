"""A network as one plain chain of layers, where it is one: what rules for single layers can be trusted on."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

CONV = (nn.Conv1d, nn.Conv2d)
NORM = (nn.BatchNorm1d, nn.BatchNorm2d)
POOL = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)
STEPS = (*CONV, *NORM, *POOL, nn.ConstantPad1d, nn.ConstantPad2d, nn.ReLU, nn.Flatten, nn.Linear)
IDLE = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)
"""Layers that do nothing in evaluation mode."""


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
        if isinstance(mine, NORM) and out and isinstance(out[-1], CONV) and mine.running_mean is not None:
            out[-1] = fuse_conv_bn_eval(out[-1], mine)
        elif isinstance(mine, nn.ReLU):
            out.append(nn.ReLU())  # one that writes over its input would spoil what the layer before it said
        else:
            out.append(mine)
    return nn.Sequential(*out)
