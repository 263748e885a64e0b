"""How alike two maps are: each measure prepares maps once and then compares them pair by pair.

Maps are (N, T) on a time axis or (N, H, W); a measure gives (N,) float64. A map that has nothing to compare
(constant, empty, not finite) gives NaN, which the caller counts and says; nothing is replaced by a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError

Maps = NDArray[np.float64]
Prepared = NDArray[np.float64]


@dataclass(frozen=True)
class Likeness:
    """A measure with what a reader must know of it.

    best, worst   the values of identical maps and of the least alike ones (worst is inf where it grows with T)
    meaning       one sentence, with the treatment of signed maps
    dims          1: maps in time, 2: images
    unit          empty where there is none
    """

    id: str
    title: str
    meaning: str
    prepare: Callable[[Maps], Prepared]
    compare: Callable[[Prepared, Prepared], Maps]
    best: float = 1.0
    worst: float = -1.0
    dims: tuple[int, ...] = (1, 2)
    unit: str = ""

    @property
    def higher_is_better(self) -> bool:
        """Whether larger means more alike."""
        return self.best > self.worst

    def __call__(self, one: NDArray[np.floating], other: NDArray[np.floating]) -> Maps:
        """The likeness (N,) of maps pair by pair; raises UserError for shapes that differ or do not suit."""
        return self.compare(self.ready(one), self.ready(other, np.shape(one)))

    def ready(self, maps: NDArray[np.floating], like: tuple[int, ...] | None = None) -> Prepared:
        """Maps in the form that `compare` takes."""
        shape = np.shape(maps)
        if len(shape) - 1 not in self.dims or (like is not None and shape != like):
            beside = "" if like is None else f" beside {like}"
            raise UserError(f"{self.title} was given maps of the shape {shape}{beside}; they must match and be (N, T).")
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.prepare(np.asarray(maps, np.float64))


def _unit(maps: Maps) -> Prepared:
    flat = maps.reshape(len(maps), -1)
    size = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.where(np.isfinite(size) & (size > 0), flat / size, np.nan)


def _standard(maps: Maps) -> Prepared:
    flat = maps.reshape(len(maps), -1)
    return np.where(_varies(flat), _unit(flat - flat.mean(1, keepdims=True)), np.nan)


def _varies(flat: Maps) -> NDArray[np.bool_]:
    """(N, 1): whether a map spans more than rounding noise."""
    span = flat.max(1, keepdims=True) - flat.min(1, keepdims=True)
    return np.asarray(span > 1e-12 * np.abs(flat).max(1, keepdims=True))


def _ranks(maps: Maps) -> Prepared:
    from scipy.stats import rankdata

    flat = maps.reshape(len(maps), -1)
    ranks = np.asarray(rankdata(flat, axis=1), np.float64)
    return _standard(np.where(_varies(flat), ranks, np.nan))


def _product(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.einsum("nt,nt->n", one, other))


def _top(maps: Maps, share: float = 0.2) -> Prepared:
    """Membership 0..1 of the top places; places tied at the threshold share what is left, so order never matters."""
    flat = maps.reshape(len(maps), -1)
    many = max(1, round(share * flat.shape[1]))
    limit = np.partition(flat, -many, axis=1)[:, -many, None]
    above, tied = flat > limit, flat == limit
    rest = (many - above.sum(1, keepdims=True)) / tied.sum(1, keepdims=True)
    return np.where(_varies(flat), above + tied * rest, np.nan)


def _overlap(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.minimum(one, other).sum(1) / np.maximum(one, other).sum(1))


def _mass(maps: Maps) -> Prepared:
    """The positive part of each map as a distribution: evidence for the class; NaN where there is none."""
    flat = np.maximum(maps.reshape(len(maps), -1), 0.0)
    return np.asarray(flat / flat.sum(1, keepdims=True))


def _jensen_shannon(one: Prepared, other: Prepared) -> Maps:
    middle = (one + other) / 2
    return np.asarray(1 - _entropy(middle) + (_entropy(one) + _entropy(other)) / 2)


def _entropy(p: Prepared) -> Maps:
    with np.errstate(divide="ignore"):
        return np.asarray(-np.where(p == 0, 0.0, p * np.log2(np.where(p == 0, 1.0, p))).sum(1))


def _shift(one: Prepared, other: Prepared) -> Maps:
    return np.asarray(np.abs(one - other).sum(1))


def _zero_to_one(maps: Maps) -> Prepared:
    flat = maps.reshape(len(maps), -1)
    low, high = flat.min(1, keepdims=True), flat.max(1, keepdims=True)
    return np.where(_varies(flat), (flat - low) / (high - low), np.nan).reshape(maps.shape)


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


LIKENESS: dict[str, Likeness] = {
    each.id: each
    for each in (
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
        Likeness(
            "top20",
            "Top-20 % overlap",
            "Of the places that either map has among its highest fifth, the share that both have.",
            _top,
            _overlap,
            worst=0.0,
        ),
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
        Likeness(
            "ssim",
            "Structural similarity",
            "Whether small neighbourhoods of two images look alike, each image scaled from its lowest to its highest.",
            _zero_to_one,
            _ssim,
            dims=(2,),
        ),
    )
}


def likeness(name: str) -> Likeness:
    """The measure called `name`; raises UserError naming those there are."""
    if name not in LIKENESS:
        raise UserError(f"There is no measure {name[:60]!r}. Choose one of: {', '.join(LIKENESS)}.")
    return LIKENESS[name]
