"""Training, validation and test sets: as the file says, by subject, in blocks, or stratified; what is odd is named."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.cells import Words
from kdviz.data.dataset import Index
from kdviz.data.mapping import Mapping
from kdviz.data.prepare.overlap import Overlap, told
from kdviz.data.prepare.quality import Finding, many

BLOCKS = 20
SMALL = 10
Splits = tuple[Index, Index, Index]


def split(
    y: Index,
    groups: NDArray[np.str_] | None,
    parts: Words | None,
    mapping: Mapping,
    overlapping: bool = False,
    shared: Overlap | None = None,
) -> tuple[Splits, tuple[Finding, ...], tuple[str, ...]]:
    """Training, validation and test sets as the file says, by subject, by block, or stratified; with leaks named.

    overlapping   series are windows that were cut here and share samples with their neighbours
    shared        windows that overlapped in the file already; their recordings are the groups where no subjects are
    """
    if shared is not None:
        return _of_windows(y, groups, parts, mapping, shared)
    how = _how(groups, parts, mapping, overlapping)
    if how == "file" and parts is not None:
        return _as_the_file_says(y, groups, parts, mapping)
    if how == "block":
        rest, test = in_blocks(y, mapping.test, mapping.seed)
        train, validation = in_blocks(y[rest], mapping.validation, mapping.seed)
        cut = rest[train], rest[validation], test
    else:
        by = groups if how == "group" else None
        cut = three_way(y, mapping.seed, mapping.test, mapping.validation, by)
    sentence = {"group": "by subject", "block": "in blocks of time", "stratified": "with the same share of each class"}
    notes = (f"Test and validation sets were cut {sentence[how]} (seed {mapping.seed}).",)
    return cut, leaks(cut, y, groups), notes


def _of_windows(
    y: Index, subjects: NDArray[np.str_] | None, parts: Words | None, mapping: Mapping, shared: Overlap
) -> tuple[Splits, tuple[Finding, ...], tuple[str, ...]]:
    """Windows that overlap in the file: whole recordings where there are some, else blocks without their borders."""
    groups = shared.groups if subjects is None else subjects
    what = "recordings" if subjects is None else "subjects"
    how = _how(groups, parts, mapping, True)
    largest = np.unique(groups, return_counts=True)[1].max()
    if how == "group" and subjects is None and mapping.split == "auto" and largest > y.size / 2:
        how = "block"
    notes: list[str] = []
    if how == "group" and subjects is None:
        rest, test = by_recording(y, groups, mapping.test, mapping.seed)
        train, validation = by_recording(y[rest], groups[rest], mapping.validation, mapping.seed)
        cut = rest[train], rest[validation], test
        notes.append(f"Test and validation sets were cut by recording (seed {mapping.seed}).")
    else:
        order = shared.order if how == "block" else np.arange(y.size)
        cut, _, said = split(y[order], subjects, parts, replace(mapping, split=how))
        cut = np.sort(order[cut[0]]), np.sort(order[cut[1]]), np.sort(order[cut[2]])
        notes += said
    if how == "block":
        cut, left = _without_borders(cut, shared)
        notes.append(f"{left:,} series at the borders of blocks overlap another set and are in none.")
    train, validation, test = cut
    flattered = shared.parted(np.concatenate([train, validation]), test).size
    done = f"training and test sets hold whole {what}" if how == "group" else "no two sets share samples"
    if flattered:
        done = f"{flattered:,} of training share samples with the test set, so accuracy is flattered"
    return cut, (told(shared, done), *leaks(cut, y, groups, what)), tuple(notes)


def _without_borders(cut: Splits, shared: Overlap) -> tuple[Splits, int]:
    """Sets of which none overlaps another, and how many series that takes."""
    train, validation, test = cut
    kept = np.setdiff1d(validation, shared.parted(validation, test))
    clean = np.setdiff1d(train, shared.parted(train, np.concatenate([kept, test])))
    return (clean, kept, test), validation.size - kept.size + train.size - clean.size


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
        train, validation = validation_from(train, y, mapping.seed, mapping.validation, groups)
        notes.append(f"A validation set was cut from the training set (seed {mapping.seed}).")
    cut = (train, validation, test)
    return cut, leaks(cut, y, groups), tuple(notes)


def leaks(cut: Splits, y: Index, groups: Any, what: str = "subjects") -> tuple[Finding, ...]:
    """Subjects on both sides, classes never trained, a test set too small to trust."""
    train, validation, test = cut
    found: list[Finding] = []
    if groups is not None and np.unique(groups).size > 1:
        both = np.intersect1d(groups[np.concatenate([train, validation])], groups[test])
        if both.size:
            sentence = (
                f"{both.size:,} of {np.unique(groups).size:,} {what} are in the training and in the test set, "
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


def by_recording(y: Index, groups: NDArray[np.str_], share: float, seed: int) -> tuple[Index, Index]:
    """Cut so that no recording straddles, the same share of the recordings of each class on both sides."""
    names, inverse = np.unique(groups, return_inverse=True)
    kinds = int(y.max()) + 1
    label = np.bincount(inverse * kinds + y, minlength=names.size * kinds).reshape(names.size, kinds).argmax(1)
    rest, cut = (np.isin(inverse, part) for part in stratified(label.astype(np.int64), share, seed))
    return np.flatnonzero(rest).astype(np.int64), np.flatnonzero(cut).astype(np.int64)


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


def about_classes(labels: Words | None, series: int) -> tuple[Finding, ...]:
    """No labels, one class only, a class of one series, classes of very different size."""
    if labels is None:
        sentence = "There are no labels. Encoding works; distillation needs two classes: "
        sentence += "name the label column if there is one."
        return (Finding("no_labels", sentence, series),)
    counts = Counter(map(str, labels))
    if len(counts) == 1:
        only = next(iter(counts))
        sentence = f"All series have class {only[:40]}. Encoding works; distillation needs two classes."
        return (Finding("one_class", sentence, series),)
    found = _alike(list(counts))
    alone = sorted(k for k, n in counts.items() if n == 1)
    if alone:
        which = many(len(alone), "class has", "classes have")
        sentence = f"{which} one series only (first: {alone[0][:40]}): too few to learn from and to test."
        found.append(Finding("class_of_one", sentence, len(alone)))
    most, least = counts.most_common()[0], counts.most_common()[-1]
    if most[1] >= 5 * least[1] and not alone:
        sentence = f"Classes differ in size: {most[0][:40]} has {most[1]:,} series, {least[0][:40]} has {least[1]:,}."
        found.append(Finding("imbalance", f"{sentence} Judge by F1, not by accuracy alone.", most[1] - least[1]))
    return tuple(found)


def _alike(names: list[str]) -> list[Finding]:
    """Classes whose names differ by capital letters, blanks or marks only."""
    spelt: dict[str, list[str]] = {}
    for name in names:
        if not any(c.isalpha() for c in name):
            continue  # -1 and 1 are no spellings of one class
        spelt.setdefault(re.sub(r"[\s_-]+", " ", name).strip().casefold(), []).append(name)
    pairs = [sorted(v) for v in spelt.values() if len(v) > 1]
    if not pairs:
        return []
    there = "; ".join(" and ".join(repr(n[:30]) for n in p[:3]) for p in pairs[:3])
    sentence = f"Classes are alike but for case, blanks or marks: {there}. Each counts as a class of its own."
    return [Finding("labels_alike", sentence, len(pairs))]
