"""Correlations and the cosine: place by place."""

from __future__ import annotations

import numpy as np

from kdviz.likeness.base import Likeness, Maps, Prepared, flat, varies


def _unit(maps: Maps) -> Prepared:
    places = flat(maps)
    size = np.linalg.norm(places, axis=1, keepdims=True)
    return np.where(np.isfinite(size) & (size > 0), places / size, np.nan)


def _standard(maps: Maps) -> Prepared:
    places = flat(maps)
    return np.where(varies(places), _unit(places - places.mean(1, keepdims=True)), np.nan)


def _ranks(maps: Maps) -> Prepared:
    from scipy.stats import rankdata

    places = flat(maps)
    ranks = np.asarray(rankdata(places, axis=1), np.float64)
    return _standard(np.where(varies(places), ranks, np.nan))


def _product(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.einsum("nt,nt->n", one, other))


MEASURES = (
    Likeness(
        "pearson",
        "Pearson correlation",
        "Whether the maps rise and fall together; sign counts, scale and offset do not.",
        _standard,
        _product,
    ),
    Likeness(
        "spearman",
        "Spearman correlation",
        "Whether the maps order the places alike; only ranks count, so outliers do not.",
        _ranks,
        _product,
    ),
    Likeness(
        "cosine",
        "Cosine",
        "The angle between the maps with their offsets: near 1 for any two maps that are mostly positive.",
        _unit,
        _product,
    ),
)
