"""Series of eight kinds and their sums and products: what the teacher `scan` learns from, and nothing of anybody's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KINDS = ("sine", "harmonic", "smooth", "trend", "autoregressive", "pulses", "square", "walk")
LENGTH, COUNT = 128, 4096


def synthetic(count: int = COUNT, length: int = LENGTH, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Windows (N, 1, T) float32 and which kinds made each (N, 8) float32; the same for the same seed."""
    rng = np.random.default_rng(seed)
    X, made = np.empty((count, 1, length), np.float32), np.zeros((count, len(KINDS)), np.float32)
    for n in range(count):
        chosen = rng.choice(len(KINDS), rng.integers(1, 4), replace=False)
        made[n, chosen] = 1
        X[n, 0] = _mixed([_unit(_one(int(k), length, rng)) for k in chosen], rng)
    return X, made


def _mixed(parts: list[Floats], rng: np.random.Generator) -> Floats:
    """A weighted sum, or (one in four) a product on a sum; then any level, any size, a little noise."""
    whole = parts[0]
    for part in parts[1:]:
        weight = rng.uniform(0.3, 1.0)
        whole = whole * (1 + weight * part) if rng.random() < 0.25 else whole + weight * part
    whole = _unit(whole) + rng.uniform(0, 0.15) * rng.standard_normal(whole.size)
    return np.asarray(rng.uniform(0.4, 1.4) * whole + 0.5 * rng.standard_normal())


def _unit(series: Floats) -> Floats:
    spread = series.std()
    return np.asarray((series - series.mean()) / (spread if spread > 1e-9 else 1.0))


def _one(kind: int, length: int, rng: np.random.Generator) -> Floats:
    t = np.arange(length, dtype=np.float64)
    cycle = length / np.exp(rng.uniform(np.log(0.75), np.log(length / 6)))
    phase = 2 * np.pi * (t / cycle + rng.random())
    name = KINDS[kind]
    if name == "sine":
        return np.asarray(np.sin(phase))
    if name == "harmonic":
        shares = rng.standard_normal(4) / np.arange(1, 5)
        return np.asarray(sum(a * np.sin(k * phase + rng.uniform(0, 6.3)) for k, a in enumerate(shares, 1)))
    if name == "smooth":
        width = rng.uniform(3, 20)
        kernel = np.exp(-0.5 * (np.arange(-60, 61) / width) ** 2)
        return np.convolve(rng.standard_normal(length + 120), kernel, "valid")
    if name == "trend":
        return np.asarray(rng.standard_normal() * t / length + rng.standard_normal() * (t / length) ** 2)
    if name == "autoregressive":
        out, share = rng.standard_normal(length), rng.uniform(0.5, 0.98)
        for k in range(1, length):
            out[k] += share * out[k - 1]
        return out
    if name == "pulses":
        width = rng.uniform(1, 5)
        at = np.arange(rng.uniform(0, cycle), length, max(cycle, 3 * width))
        return np.asarray(np.exp(-0.5 * ((t[:, None] - at) / width) ** 2).sum(1) * rng.choice([-1, 1]))
    if name == "square":
        turn = (phase / (2 * np.pi)) % 1
        return np.asarray(np.where(turn < rng.uniform(0.2, 0.8), 1.0, -1.0) if rng.random() < 0.5 else turn)
    return np.cumsum(rng.standard_normal(length))
