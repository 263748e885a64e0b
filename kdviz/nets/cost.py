"""What a network costs: weights, multiply-accumulates of one sample, and how long one forward pass takes here."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

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
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        net({m: torch.zeros(1, *shapes[m]) for m in net.modalities})
    return counter.get_total_flops() // 2


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
