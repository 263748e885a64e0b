"""Images as colours, for places where a small still picture is enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.image import Scale
from kdviz.figures.palette import AMOUNTS, SIGNS

Floats = NDArray[np.floating]
SIDE = 240


def coloured(image: Floats, limits: Scale, upright: bool = False) -> NDArray[np.uint8]:
    """An image (h, w) in the colours of `limits`, enlarged to at least SIDE pixels: (H, W, 3)."""
    stops = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in (SIGNS if limits[0] < 0 else AMOUNTS)])
    share = np.clip((image - limits[0]) / ((limits[1] - limits[0]) or 1.0), 0, 1)
    place = share * (len(stops) - 1)
    colours = np.stack([np.interp(place, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=-1)
    times = -(-SIDE // max(image.shape))
    found = colours.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)
    return np.ascontiguousarray(found[::-1] if upright else found)
