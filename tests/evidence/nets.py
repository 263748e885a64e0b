"""Small networks for evidence tests: the golden ones and random ones."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch
from torch import nn

from kdviz.nets.base import CONV, Single
from kdviz.nets.fusion import Fusion

POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d}
Net = TypeVar("Net", bound=nn.Module)
NAMES = {1: "signal", 2: "gaf"}


def golden(dims: int) -> tuple[Single, dict[str, np.ndarray]]:
    """The reference network of attributions_cnn{dims}d.npz with its weights, and the arrays."""
    with np.load(f"tests/golden/attributions_cnn{dims}d.npz", allow_pickle=False) as file:
        gold = dict(file)
    first, second = (3, 3) if dims == 2 else (5, 3)
    net = Single(NAMES[dims], "tiny", dims, 3, 4)
    stage1 = nn.Sequential(CONV[dims](3, 4, first, padding=first // 2), nn.ReLU(), POOL[dims](2))
    stage2 = nn.Sequential(CONV[dims](4, 5, second, padding=second // 2), nn.ReLU())
    net.body, net.head = nn.ModuleList([stage1, stage2]), nn.Linear(5, 4)
    names = {"conv1": "body.0.0", "conv2": "body.1.0", "fc": "head"}
    state = {}
    for key, value in gold.items():
        if key.startswith("param."):
            layer, kind = key.removeprefix("param.").split(".")
            state[f"{names[layer]}.{kind}"] = torch.from_numpy(value)
    net.double().load_state_dict(state)
    return net.eval(), gold


def golden_input(dims: int) -> tuple[Single, dict[str, np.ndarray], dict[str, torch.Tensor], torch.Tensor]:
    """The reference network, arrays, views and targets."""
    net, gold = golden(dims)
    return net, gold, {NAMES[dims]: torch.from_numpy(gold["x"])}, torch.from_numpy(gold["target"])


def lived_in(net: Net) -> Net:
    """The network with norms that have seen data: a fresh one is linear along rays, which hides mistakes."""
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.running_mean, 0.0, 0.3)
            nn.init.uniform_(module.running_var, 0.2, 2.0)
            nn.init.normal_(module.bias, 0.0, 0.3)
    return net


def random_net(dims: int, architecture: str = "tiny", seed: int = 0) -> tuple[Single, dict[str, torch.Tensor]]:
    """A fresh network of one modality and a batch of three for it."""
    torch.manual_seed(seed)
    net = lived_in(Single(NAMES[dims], architecture, dims, 2, 3))
    return net, {NAMES[dims]: torch.randn(3, 2, *([24] * dims))}


def two_parts(seed: int = 0) -> tuple[Fusion, dict[str, torch.Tensor]]:
    """A fresh fusion network of signal and GAF and a batch of three for it."""
    torch.manual_seed(seed)
    views = {"gaf": torch.randn(3, 2, 24, 24), "signal": torch.randn(3, 2, 24)}
    return lived_in(Fusion({"signal": (2, 24), "gaf": (2, 24, 24)}, "tiny", 3)), views
