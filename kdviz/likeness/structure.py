"""Structural similarity of images."""

from __future__ import annotations

import numpy as np

from kdviz.likeness.base import Likeness, Maps, Prepared, flat, varies


def _zero_to_one(maps: Maps) -> Prepared:
    places = flat(maps)
    low, high = places.min(1, keepdims=True), places.max(1, keepdims=True)
    return np.where(varies(places), (places - low) / (high - low), np.nan).reshape(maps.shape)


def _ssim(one: Prepared, other: Prepared) -> Maps:
    """Mean structural similarity, Gaussian window of 11 x 11 places, sigma 1.5 (Wang et al. 2004)."""
    from scipy.ndimage import gaussian_filter

    def local(x: Maps) -> Maps:
        return np.asarray(gaussian_filter(x, sigma=(0, 1.5, 1.5), radius=(0, 5, 5)))

    a, b, c1, c2 = local(one), local(other), 0.01**2, 0.03**2
    spread = local(one * one) - a * a + local(other * other) - b * b
    both = local(one * other) - a * b
    each = (2 * a * b + c1) * (2 * both + c2) / ((a * a + b * b + c1) * (spread + c2))
    return np.asarray(each.mean((1, 2)))


MEASURES = (
    Likeness(
        "ssim",
        "Structural similarity",
        "Whether small neighbourhoods of two images look alike, each image scaled from its lowest to its highest.",
        _zero_to_one,
        _ssim,
        dims=(2,),
    ),
)
