"""Persistence images (Adams et al. 2017): every pair is a Gaussian, every pixel its integral over that pixel.

A pair is looked up rather than integrated: on equal pixels the integrals depend only on where inside its pixel the
pair lies, so they are tabulated once and interpolated by a cubic (error below 1e-8 of the pair's weight).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.modalities.kernels.axes import Axis
from kdviz.modalities.kernels.compiled import kernel
from kdviz.modalities.kernels.sweep import Diagrams

Weights = NDArray[np.float64]


@kernel("void(f8[::1], f8[::1], f8[::1], i8[::1], f8[:,::1], f8[:,::1], f8[:,:,::1])")
def _paint(across: Any, up: Any, weight: Any, start: Any, across_table: Any, up_table: Any, images: Any) -> None:
    tall, wide = images.shape[1], images.shape[2]
    across_parts, across_reach = across_table.shape[0] - 3, across_table.shape[1] // 2 - 1
    up_parts, up_reach = up_table.shape[0] - 3, up_table.shape[1] // 2 - 1
    line = np.empty(across_table.shape[1])
    for r in range(images.shape[0]):
        image = images[r]
        image[:] = 0
        for k in range(start[r], start[r + 1]):
            # Also false for what is not a number; and what lies further out must not overflow an integer.
            if not (
                -up_reach - 2 < up[k] < tall + up_reach + 2 and -across_reach - 2 < across[k] < wide + across_reach + 2
            ):
                continue
            column, row = int(np.floor(across[k])), int(np.floor(up[k]))
            left, right = max(0, column - across_reach), min(wide, column + across_reach + 2)
            low, high = max(0, row - up_reach), min(tall, row + up_reach + 2)
            if left >= right or low >= high:
                continue

            f = (across[k] - column) * across_parts
            part, first = min(int(f), across_parts - 1), left - column + across_reach
            f -= part
            w = weight[k]
            w0, w1 = -w * f * (f - 1) * (f - 2) / 6, w * (f + 1) * (f - 1) * (f - 2) / 2
            w2, w3 = -w * (f + 1) * f * (f - 2) / 2, w * (f + 1) * f * (f - 1) / 6
            t0, t1 = across_table[part, first:], across_table[part + 1, first:]
            t2, t3 = across_table[part + 2, first:], across_table[part + 3, first:]
            for j in range(right - left):
                line[j] = w0 * t0[j] + w1 * t1[j] + w2 * t2[j] + w3 * t3[j]

            f = (up[k] - row) * up_parts
            part, first = min(int(f), up_parts - 1), low - row + up_reach
            f -= part
            w0, w1 = -f * (f - 1) * (f - 2) / 6, (f + 1) * (f - 1) * (f - 2) / 2
            w2, w3 = -(f + 1) * f * (f - 2) / 2, (f + 1) * f * (f - 1) / 6
            t0, t1 = up_table[part, first:], up_table[part + 1, first:]
            t2, t3 = up_table[part + 2, first:], up_table[part + 3, first:]
            for i in range(high - low):
                h = w0 * t0[i] + w1 * t1[i] + w2 * t2[i] + w3 * t3[i]
                # A slice, so that the inner loop counts from zero and is vectorised.
                pixels = image[low + i, left:right]
                for j in range(pixels.size):
                    pixels[j] += h * line[j]


def paint(
    birth: NDArray[np.floating[Any]],
    persistence: NDArray[np.floating[Any]],
    weight: Weights,
    start: NDArray[np.int64],
    axes: tuple[Axis, Axis],
) -> NDArray[np.float64]:
    """Images (R, persistence, birth), both ascending, of the pairs of R rows (`start` as in Diagrams).

    axes   the birth axis and the persistence axis
    """
    across, up = axes
    images = np.empty((start.size - 1, up.count, across.count))
    _paint(across.position(birth), up.position(persistence), weight, start, across.table(), up.table(), images)
    return images


def weights(found: Diagrams, how: str) -> Weights:
    """How much each pair (K,) counts: `linear` its persistence, `constant` 1, `legacy` a share of its row's longest."""
    if how == "constant":
        return np.ones(found.birth.size)
    if how == "linear":
        return found.persistence
    longest = np.zeros(found.start.size - 1)
    np.maximum.at(longest, found.row, found.persistence)
    return np.asarray(found.persistence / longest[found.row])
