"""Cutting training, validation and test sets: stratified, seeded, by group where groups exist."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kdviz.data.dataset import Index

BLOCKS = 20


def stratified(y: Index, share: float, seed: int) -> tuple[Index, Index]:
    """Cut positions 0..n-1 into (rest, share), the same share of each class; both sorted.

    A class of at least two series leaves at least one on each side; a single one stays in the rest.
    """
    rng = np.random.default_rng(seed)
    taken: list[NDArray[np.int64]] = []
    for label in np.unique(y):
        here = rng.permutation(np.flatnonzero(y == label))
        n = round(share * here.size)
        taken.append(here[: min(max(n, 1), here.size - 1)] if here.size > 1 else here[:0])
    cut = np.sort(np.concatenate(taken)) if taken else np.zeros(0, np.int64)
    rest = np.setdiff1d(np.arange(y.size), cut)
    return rest.astype(np.int64), cut.astype(np.int64)


def by_group(groups: NDArray[np.str_], share: float, seed: int) -> tuple[Index, Index]:
    """Cut so that no group straddles: whole groups are taken until `share` is reached; one at least stays."""
    rng = np.random.default_rng(seed)
    names = rng.permutation(np.unique(groups))
    want, have, taken = share * groups.size, 0, []
    for name in names[:-1]:
        if have >= want:
            break
        taken.append(name)
        have += int((groups == name).sum())
    inside = np.isin(groups, taken)
    return np.flatnonzero(~inside).astype(np.int64), np.flatnonzero(inside).astype(np.int64)


def in_blocks(y: Index, share: float, seed: int) -> tuple[Index, Index]:
    """Cut (rest, share) in runs of neighbours of one class, so that windows that overlap rarely part."""
    at = np.arange(y.size)
    longest = max(1, y.size // BLOCKS)
    runs = np.concatenate([[0], np.cumsum(np.diff(y) != 0)]) if y.size else at
    within = at - np.searchsorted(runs, runs)
    _, first, block = np.unique(runs * y.size + within // longest, return_index=True, return_inverse=True)
    rest, cut = stratified(y[first], share, seed)
    return np.flatnonzero(np.isin(block, rest)).astype(np.int64), np.flatnonzero(np.isin(block, cut)).astype(np.int64)


def three_way(
    y: Index, seed: int = 0, test: float = 0.25, validation: float = 0.2, groups: NDArray[np.str_] | None = None
) -> tuple[Index, Index, Index]:
    """Train, validation and test indices; `validation` is a share of what the test set leaves."""
    rest, held = by_group(groups, test, seed) if groups is not None else stratified(y, test, seed)
    train, valid = validation_from(rest, y, seed, validation, groups)
    return train, valid, held


def validation_from(
    train: Index, y: Index, seed: int = 0, share: float = 0.2, groups: NDArray[np.str_] | None = None
) -> tuple[Index, Index]:
    """Cut a validation set from the training indices; by group where two groups or more are there."""
    if groups is not None and np.unique(groups[train]).size > 1:
        rest, cut = by_group(groups[train], share, seed)
    else:
        rest, cut = stratified(y[train], share, seed)
    return train[rest], train[cut]
