"""Maps as distributions of positive evidence over places."""

from __future__ import annotations

import numpy as np

from kdviz.likeness.base import Likeness, Maps, Prepared, flat


def _mass(maps: Maps) -> Prepared:
    """The positive part of each map as a distribution: evidence for the class; NaN where there is none."""
    places = np.maximum(flat(maps), 0.0)
    return np.asarray(places / places.sum(1, keepdims=True))


def _jensen_shannon(one: Prepared, other: Prepared) -> Maps:
    middle = (one + other) / 2
    return np.asarray(1 - _entropy(middle) + (_entropy(one) + _entropy(other)) / 2)


def _entropy(p: Prepared) -> Maps:
    with np.errstate(divide="ignore"):
        return np.asarray(-np.where(p == 0, 0.0, p * np.log2(np.where(p == 0, 1.0, p))).sum(1))


def _shift(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.abs(one - other).sum(1))


MEASURES = (
    Likeness(
        "jensen_shannon",
        "Jensen-Shannon similarity",
        "One minus the divergence, in bits, of the maps as distributions; negative evidence counts as none.",
        _mass,
        _jensen_shannon,
        worst=0.0,
    ),
    Likeness(
        "wasserstein",
        "Wasserstein shift",
        "How many samples the evidence must be moved on average; negative evidence counts as none.",
        lambda maps: np.cumsum(_mass(maps), axis=1),
        _shift,
        best=0.0,
        worst=float("inf"),
        dims=(1,),
        unit="samples",
    ),
)
