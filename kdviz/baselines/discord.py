"""The discord: how far each window is from the most alike other one of the recording (Yeh et al. 2016, Keogh et al.).

No training, no teacher; the recording is compared with itself, its later part included, as those who use it do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.detection import taper
from kdviz.modalities.kernels.compiled import kernel

Floats = NDArray[np.float64]
MOST = 60_000
"""Samples up to which it is computed: the time grows with their square, some ten seconds here."""


@kernel("void(f8[::1], f8[::1], f8[::1], i8, i8, f8[::1])")
def _profile(x: Any, mean: Any, scale: Any, window: Any, apart: Any, best: Any) -> None:
    count = best.size
    for lag in range(apart, count):
        product = 0.0
        for k in range(window):
            product += x[k] * x[k + lag]
        for i in range(count - lag):
            j = i + lag
            if i > 0:
                product += x[i + window - 1] * x[j + window - 1] - x[i - 1] * x[j - 1]
            if scale[i] == 0.0 and scale[j] == 0.0:
                likeness = 1.0
            else:
                likeness = (product / window - mean[i] * mean[j]) * scale[i] * scale[j]
            if likeness > best[i]:
                best[i] = likeness
            if likeness > best[j]:
                best[j] = likeness


def matrix_profile(series: NDArray[np.floating[Any]], window: int) -> Floats:
    """z-normalised distance of each window (T - W + 1,) to the most alike one that begins W/2 or more away."""
    x = np.asarray(series, np.float64) - np.mean(series)
    sums, squares = np.cumsum(np.append(0, x)), np.cumsum(np.append(0, x * x))
    mean = (sums[window:] - sums[:-window]) / window
    spread = np.sqrt(np.maximum((squares[window:] - squares[:-window]) / window - mean**2, 0))
    still = spread <= 1e-6 * max(float(x.std()), 1e-300)
    scale = np.where(still, 0.0, 1 / np.where(still, 1, spread))
    best = np.full(mean.size, -1.0)
    _profile(np.ascontiguousarray(x), mean, scale, window, max(1, window // 2), best)
    return np.asarray(np.sqrt(2 * window * np.clip(1 - best, 0, 2)))


def discord(series: NDArray[np.floating[Any]], window: int) -> Floats:
    """The profile on time (T,): the tapered mean over the windows that cover a sample."""
    shape = taper(window)
    profile = matrix_profile(series, window)
    whole = np.convolve(profile, shape)
    return np.asarray(whole / np.convolve(np.ones_like(profile), shape))
