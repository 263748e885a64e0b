"""What a network costs: weights, multiply-accumulates of one sample, and how long one forward pass takes here."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from kdviz.nets.base import Branch, architectures, build

PASSES, PATIENCE = 15, 0.1


@dataclass(frozen=True)
class Cost:
    """Weights; MACs per sample; milliseconds of one forward pass of one sample here (median of at most 15)."""

    weights: int
    macs: int
    milliseconds: float


def cost(net: Branch, shapes: Mapping[str, tuple[int, ...]]) -> Cost:
    """Measure a network on one sample of these shapes (C, *grid)."""
    counted, views = macs(net, shapes), {m: torch.zeros(1, *shapes[m]) for m in net.modalities}
    with torch.no_grad():
        took = statistics.median(_passes(net, views))
    weights = sum(p.numel() for p in net.parameters())
    return Cost(weights, counted, took * 1000)


def macs(net: Branch, shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Multiply-accumulates of one sample of these shapes (C, *grid); leaves the network in evaluation mode."""
    net.eval()
    views = {m: torch.zeros(1, *shapes[m]) for m in net.modalities}
    counted = Products()
    with torch.no_grad(), counted:
        net(views)
    return counted.flops // 2


class Products(TorchDispatchMode):
    """Counts what torch's FlopCounterMode does, which imports a compiler for it: 1.3 s and 70 MB."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here, so nothing must be kept from the compiler."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Do it, and count it."""
        found = func(*args, **(kwargs or {}))
        if func.overloadpacket in flop_registry:
            self.flops += flop_registry[func.overloadpacket](*args, **(kwargs or {}), out_val=found)
        return found


def _passes(net: Branch, views: Mapping[str, torch.Tensor]) -> list[float]:
    """Seconds of each pass: fifteen, or as many as a tenth of a second holds."""
    took = [_once(net, views)]
    while len(took) < PASSES and sum(took) < PATIENCE:
        took.append(_once(net, views))
    return took


def _once(net: Branch, views: Mapping[str, torch.Tensor]) -> float:
    began = time.perf_counter()
    net(views)
    return time.perf_counter() - began


def costs(student: str, sees: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]], classes: int) -> dict[str, Cost]:
    """What each architecture costs as a student that sees these shapes (C, *grid), by id."""
    return {name: cost(build(student, name, sees, shapes, classes), shapes) for name in architectures()}
