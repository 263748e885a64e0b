"""Does a map find the evidence that is known to be there? NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError


def localisation_auc(maps: NDArray[np.floating[Any]], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """ROC AUC (N,) of maps (N, T) for the samples that truth (N, T) marks: 0.5 is chance, 1 finds exactly those.

    It is the chance that a marked sample has a higher value than an unmarked one, ties counting half. NaN where a
    truth marks nothing or everything, or a map has a value that is not finite. Raises UserError for other shapes.
    """
    from scipy.stats import rankdata

    if np.shape(maps) != np.shape(truth) or np.ndim(maps) != 2:
        raise UserError(f"Maps of the shape {np.shape(maps)} cannot be held against a truth of {np.shape(truth)}.")
    inside = truth.sum(1).astype(np.float64)
    outside = truth.shape[1] - inside
    usable = np.isfinite(maps).all(1) & (inside > 0) & (outside > 0)
    ranks = rankdata(np.where(usable[:, None], maps, 0.0), axis=1)
    found = np.where(truth, ranks, 0.0).sum(1) - inside * (inside + 1) / 2
    return np.asarray(np.divide(found, inside * outside, out=np.full(len(inside), np.nan), where=usable))
