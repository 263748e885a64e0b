"""Every measure of how alike two maps are, by name: correlations, distributions, overlap, structure, coherence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
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


CORRELATIONS = (
    SimilarityMeasure(
        "pearson",
        "Pearson correlation",
        "Whether the maps rise and fall together; sign counts, scale and offset do not.",
        _standard,
        _product,
    ),
    SimilarityMeasure(
        "spearman",
        "Spearman correlation",
        "Whether the maps order the places alike; only ranks count, so outliers do not.",
        _ranks,
        _product,
    ),
    SimilarityMeasure(
        "cosine",
        "Cosine",
        "The angle between the maps with their offsets: near 1 for any two maps that are mostly positive.",
        _unit,
        _product,
    ),
)


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


DISTRIBUTIONS = (
    SimilarityMeasure(
        "jensen_shannon",
        "Jensen-Shannon similarity",
        "One minus the divergence, in bits, of the maps as distributions; negative evidence counts as none.",
        _mass,
        _jensen_shannon,
        worst=0.0,
    ),
    SimilarityMeasure(
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


OVERLAPS = (
    SimilarityMeasure(
        "top20",
        "Top-20 % overlap",
        "Of the places that either map has among its highest fifth, the share that both have.",
        _top,
        _overlap,
        worst=0.0,
    ),
)


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


STRUCTURES = (
    SimilarityMeasure(
        "ssim",
        "Structural similarity",
        "Whether small neighbourhoods of two images look alike, each image scaled from its lowest to its highest.",
        _zero_to_one,
        _ssim,
        dims=(2,),
    ),
)


_ALL = (*CORRELATIONS, *OVERLAPS, *DISTRIBUTIONS, *COHERENCES, *STRUCTURES)
SIMILARITY: dict[str, SimilarityMeasure] = {each.id: each for each in _ALL}


def similarity_measure(name: str) -> SimilarityMeasure:
    """The measure called `name`; raises UserError naming those there are."""
    if name not in SIMILARITY:
        raise UserError(f"There is no measure {name[:60]!r}. Choose one of: {', '.join(SIMILARITY)}.")
    return SIMILARITY[name]
