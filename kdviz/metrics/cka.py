"""How alike two networks' features are, whatever their widths: centred kernel alignment, plain NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.floating[Any]]


def linear_cka(x: Features, y: Features) -> float:
    """Linear CKA of features (N, K) and (N, K'), 0..1 (Kornblith et al. 2019); inflated where N is below K.

    Features of any grid are flattened; say whether they were averaged over places before.
    """
    a, b = (_centred(f) for f in (x, y))
    return _over(_cross(a, b), np.sqrt(_cross(a, a) * _cross(b, b)))


def unbiased_cka(x: Features, y: Features) -> float:
    """Linear CKA with the unbiased HSIC (Nguyen et al. 2021, eq. 3): about 0 for unrelated features, may be below.

    NaN under four samples or where a feature set does not vary.
    """
    if len(x) < 4:
        return float("nan")
    a, b = (_gram(f) for f in (x, y))
    return _over(_hsic(a, b), np.sqrt(_hsic(a, a) * _hsic(b, b)))


def _centred(features: Features) -> NDArray[np.float64]:
    flat = np.asarray(features, np.float64).reshape(len(features), -1)
    centred = np.asarray(flat - flat.mean(0))
    noise = 1e-12 * np.abs(flat).max(initial=0.0)
    return np.zeros_like(centred) if np.abs(centred).max(initial=0.0) <= noise else centred


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if len(a) < min(a.shape[1], b.shape[1]):
        return float(np.sum((a @ a.T) * (b @ b.T)))
    return float(np.square(a.T @ b).sum())


def _gram(features: Features) -> NDArray[np.float64]:
    flat = _centred(features)
    gram = flat @ flat.T
    np.fill_diagonal(gram, 0.0)
    return gram


def _hsic(k: NDArray[np.float64], m: NDArray[np.float64]) -> float:
    n = len(k)
    total = (k * m).sum() + k.sum() * m.sum() / ((n - 1) * (n - 2)) - 2 * (k.sum(0) @ m.sum(0)) / (n - 2)
    return float(total / (n * (n - 3)))


def _over(top: float, bottom: float) -> float:
    return float(top / bottom) if np.isfinite(bottom) and bottom > 0 else float("nan")
