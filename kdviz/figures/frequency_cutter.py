"""Maps whose frequencies can be cut in the browser, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.evidence_board import to_base64
from kdviz.figures.palette import SIGNS

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Spectral:
    """One network's map (T,) or (h, w), with the radial energy (R,) of its features at shares 0..1 of the highest."""

    title: str
    colour: str
    map: Array
    shares: Array
    energy: Array


def cutter(maps: Sequence[Spectral], cut: float, hertz: float | None) -> dict[str, Any]:
    """Everything that frequency_cutter.js draws; `cut` is a share of the highest frequency, `hertz`."""
    return {
        "maps": [
            {
                "title": one.title,
                "colour": one.colour,
                "shape": list(one.map.shape),
                "z": to_base64(one.map),
                "shares": [round(float(s), 5) for s in one.shares],
                "energy": [float(f"{e:.4g}") for e in one.energy],
            }
            for one in maps
        ],
        "cut": cut,
        "hertz": hertz,
        "signs": SIGNS,
    }
