"""Training, validation and test sets: as the file says, by subject, in blocks, or stratified; leaks are named."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.data import splitting
from kdviz.data.dataset import Index
from kdviz.data.mapping import Mapping
from kdviz.data.quality import Finding
from kdviz.data.raw import Words
from kdviz.errors import UserError

SMALL = 10


Splits = tuple[Index, Index, Index]


def split(
    y: Index,
    groups: NDArray[np.str_] | None,
    parts: Words | None,
    mapping: Mapping,
    overlapping: bool = False,
) -> tuple[Splits, tuple[Finding, ...], tuple[str, ...]]:
    """Training, validation and test sets as the file says, by subject, by block, or stratified; with leaks named."""
    how = _how(groups, parts, mapping, overlapping)
    if how == "file" and parts is not None:
        return _as_the_file_says(y, groups, parts, mapping)
    if how == "block":
        rest, test = splitting.in_blocks(y, mapping.test, mapping.seed)
        train, validation = splitting.in_blocks(y[rest], mapping.validation, mapping.seed)
        cut = rest[train], rest[validation], test
    else:
        by = groups if how == "group" else None
        cut = splitting.three_way(y, mapping.seed, mapping.test, mapping.validation, by)
    sentence = {"group": "by subject", "block": "in blocks of time", "stratified": "with the same share of each class"}
    notes = (f"Test and validation sets were cut {sentence[how]} (seed {mapping.seed}).",)
    return cut, leaks(cut, y, groups), notes


def _how(groups: Any, parts: Words | None, mapping: Mapping, overlapping: bool) -> str:
    how = mapping.split
    if how == "file" and parts is None:
        raise UserError("The file does not say which series are for training. Choose split=stratified, group or block.")
    if how == "group" and groups is None:
        raise UserError("No column names the subject, so there is nothing to split by. Set subject=COLUMN.")
    if how != "auto":
        return how
    if parts is not None and {"train"} <= set(parts) and len(set(parts)) > 1:
        return "file"
    if groups is not None and np.unique(groups).size >= 3:
        return "group"
    return "block" if overlapping else "stratified"


def _as_the_file_says(
    y: Index, groups: Any, parts: Words, mapping: Mapping
) -> tuple[Splits, tuple[Finding, ...], tuple[str, ...]]:
    train, validation, test = (np.flatnonzero(parts == p).astype(np.int64) for p in ("train", "validation", "test"))
    notes = ["Training and test sets are those of the file."]
    if not validation.size and mapping.validation:
        train, validation = splitting.validation_from(train, y, mapping.seed, mapping.validation, groups)
        notes.append(f"A validation set was cut from the training set (seed {mapping.seed}).")
    cut = (train, validation, test)
    return cut, leaks(cut, y, groups), tuple(notes)


def leaks(cut: Splits, y: Index, groups: Any) -> tuple[Finding, ...]:
    """Subjects on both sides, classes never trained, a test set too small to trust."""
    train, validation, test = cut
    found: list[Finding] = []
    if groups is not None and np.unique(groups).size > 1:
        both = np.intersect1d(groups[np.concatenate([train, validation])], groups[test])
        if both.size:
            sentence = (
                f"{both.size:,} of {np.unique(groups).size:,} subjects are in the training and in the test set, "
                "so accuracy is flattered. Choose split=group."
            )
            found.append(Finding("leak", sentence, int(both.size), remedies=("split=group",)))
    unseen = np.setdiff1d(y[test], y[train])
    if unseen.size:
        found.append(
            Finding("unseen", f"{unseen.size} classes of the test set are not in the training set.", int(unseen.size))
        )
    if y.size < SMALL:
        sentence = f"{y.size} series: kept {test.size} for testing. Numbers will jump."
        found.append(Finding("small", sentence, int(y.size)))
    return tuple(found)
