"""Compile at installation what would otherwise make the first visitor wait."""

from __future__ import annotations

from kdviz.modalities.base import modalities
from kdviz.modalities.kernels.compiled import KERNELS


def warm() -> int:
    """Compile every kernel, or load it where that was done before; returns how many there are."""
    modalities()
    for each in KERNELS:
        _ = each.machine
    return len(KERNELS)
