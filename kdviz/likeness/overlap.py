"""Top-share overlap: do the highest places coincide?"""

from __future__ import annotations

import numpy as np

from kdviz.likeness.base import Likeness, Maps, Prepared, flat, varies


def _top(maps: Maps, share: float = 0.2) -> Prepared:
    """Membership 0..1 of the top places; places tied at the threshold share what is left, so order never matters."""
    places = flat(maps)
    many = max(1, round(share * places.shape[1]))
    limit = np.partition(places, -many, axis=1)[:, -many, None]
    above, tied = places > limit, places == limit
    rest = (many - above.sum(1, keepdims=True)) / tied.sum(1, keepdims=True)
    return np.where(varies(places), above + tied * rest, np.nan)


def _overlap(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.minimum(one, other).sum(1) / np.maximum(one, other).sum(1))


MEASURES = (
    Likeness(
        "top20",
        "Top-20 % overlap",
        "Of the places that either map has among its highest fifth, the share that both have.",
        _top,
        _overlap,
        worst=0.0,
    ),
)
