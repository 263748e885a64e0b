"""Spectral coherence: do the maps share frequencies with a steady phase?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.similarity_measure import Maps, Prepared, SimilarityMeasure, flat, varies

SHORTEST = 8


def segment(length: int) -> int:
    """Samples per Welch segment: a quarter of the map, at least SHORTEST."""
    return max(SHORTEST, length // 4)


def _segments(maps: Maps) -> Prepared:
    """Spectra (N, segments, frequencies) of half-overlapping Hann windows without their means (Welch 1967)."""
    size = segment(maps.shape[1])
    if maps.shape[1] < 2 * size:
        return np.full((len(maps), 1, 1), np.nan)
    cut = np.lib.stride_tricks.sliding_window_view(maps, size, axis=1)[:, :: size - size // 2]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    spectra = np.fft.rfft((cut - cut.mean(2, keepdims=True)) * hann, axis=2)
    return np.asarray(np.where(varies(flat(maps))[:, :, None], spectra, np.nan))


def _coherence(one: Prepared, other: Prepared) -> Maps:
    """Magnitude-squared coherence, averaged over frequencies by the share of both maps' power in them."""
    p, q = (np.square(np.abs(x)).mean(1) for x in (one, other))
    shared = np.square(np.abs((one * other.conj()).mean(1)))
    both = p * q
    each = np.divide(shared, both, out=np.zeros_like(both), where=~(both <= 1e-24 * both.max(1, keepdims=True)))
    weight = p / p.sum(1, keepdims=True) + q / q.sum(1, keepdims=True)
    return np.asarray((each * weight).sum(1) / weight.sum(1))


def by_frequency(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> tuple[Maps, Maps]:
    """Magnitude-squared coherence of maps (N, T) frequency by frequency: cycles per place (F,) and values (N, F).

    NaN where a map does not vary or is too short for two segments. Few segments raise it: hold it beside chance.
    """
    size = segment(one.shape[1])
    a, b = (_segments(np.asarray(each, np.float64)) for each in (one, other))
    p, q = (np.square(np.abs(x)).mean(1) for x in (a, b))
    shared = np.square(np.abs((a * b.conj()).mean(1)))
    both = p * q
    faint = both <= 1e-24 * both.max(1, keepdims=True)
    found = np.divide(shared, both, out=np.zeros_like(both), where=~faint)
    values: Maps = np.asarray(np.where(np.isnan(both), np.nan, found), np.float64)
    return np.asarray(np.fft.rfftfreq(size), np.float64), values


COHERENCES = (
    SimilarityMeasure(
        "coherence",
        "Coherence",
        "Whether the maps share frequencies with a steady phase, weighted by power; few segments raise it, see chance.",
        _segments,
        _coherence,
        worst=0.0,
        dims=(1,),
    ),
)
