"""Does a map find the evidence that is known to be there? NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError


def localisation_auc(maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """ROC AUC (N,) of maps (N, T) or (N, C, T) for what a truth of that shape marks: 0.5 is chance, 1 finds it exactly.

    It is the chance that a marked sample has a higher value than an unmarked one, ties counting half. NaN where a
    truth marks nothing or everything, or a map has a value that is not finite. Raises UserError for other shapes.
    """
    from scipy.stats import rankdata

    maps, truth = _flat(maps, truth)
    inside = truth.sum(1).astype(np.float64)
    outside = truth.shape[1] - inside
    usable = _usable(maps, truth)
    ranks = rankdata(np.where(usable[:, None], maps, 0.0), axis=1)
    found = np.where(truth, ranks, 0.0).sum(1) - inside * (inside + 1) / 2
    return np.asarray(np.divide(found, inside * outside, out=np.full(len(inside), np.nan), where=usable))


def average_precision(maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Area under precision and recall (N,), of maps as in `localisation_auc`; chance is the marked share.

    Where little is marked, ROC AUC is high for maps that mark much besides; this is not. Ties count together.
    """
    maps, truth = _flat(maps, truth)
    usable, found = _usable(maps, truth), np.full(len(maps), np.nan)
    for row in np.flatnonzero(usable):
        order = np.argsort(-maps[row], kind="stable")
        hits = np.cumsum(truth[row, order])
        last = np.append(np.flatnonzero(np.diff(maps[row, order])), order.size - 1)
        found[row] = (np.diff(hits[last], prepend=0) * hits[last] / (last + 1)).sum() / hits[-1]
    return found


def relevance_mass(maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share (N,) of a map's positive values that lies on the truth (Arras et al. 2022); NaN where none is."""
    maps, truth = _flat(maps, truth)
    usable, kept = _usable(maps, truth), np.maximum(np.nan_to_num(maps), 0)
    total = np.where(usable, kept.sum(1), 0)
    return np.asarray(np.divide((kept * truth).sum(1), total, out=np.full(len(maps), np.nan), where=total > 0))


def of_channels(truth: NDArray[np.bool_], channels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Truth (N, C, T) for attributions by channel, from times (N, T) and the channels (C,) or (N, C) that hold it."""
    return np.asarray(truth[:, None, :] & np.broadcast_to(channels, (len(truth), channels.shape[-1]))[:, :, None])


def _flat(
    maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.floating[Any]], NDArray[np.bool_]]:
    if np.shape(maps) != np.shape(truth) or np.ndim(maps) not in (2, 3):
        raise UserError(f"Maps of the shape {np.shape(maps)} cannot be held against a truth of {np.shape(truth)}.")
    return maps.reshape(len(maps), -1), truth.reshape(len(truth), -1)


def _usable(maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(maps).all(1) & truth.any(1) & ~truth.all(1))
