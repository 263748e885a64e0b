"""From what a reader found to a data set: layout, windows, remedies, classes, splits, in that order."""

from __future__ import annotations

from collections.abc import Mapping as Plain
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, moments, quality, splitting, windowing
from kdviz.data.dataset import UNLABELLED, Dataset, Index
from kdviz.data.layout import arrange
from kdviz.data.mapping import Mapping
from kdviz.data.quality import Finding
from kdviz.data.raw import Cases, Raw, Recording, Table, Words, words
from kdviz.errors import FileError, UserError

SMALL = 10
SHORTEST = 2


@dataclass(frozen=True, eq=False)
class Understood:
    """A file before any remedy: series or a recording, and why it was read so."""

    content: Cases | Recording
    format: str
    why: str
    layout: str = "series"
    roles: Plain[str, str] | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set, and everything that was found and done on the way to it."""

    dataset: Dataset
    understood: Understood
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def understood(raw: Raw, mapping: Mapping) -> Understood:
    """Which series or recording a file holds; raises FileError or UserError."""
    content = raw.content
    if not isinstance(content, Table):
        layout = "recording" if isinstance(content, Recording) else "series"
        found = Understood(content, raw.format, raw.why, layout, raw.roles or {}, raw.warnings, raw.notes)
    else:
        arranged = arrange(content, mapping, raw.label, raw.layout)
        found = Understood(
            arranged.content, raw.format, f"{raw.why}; {arranged.why}", arranged.layout, arranged.roles,
            (*raw.warnings, *arranged.notes), raw.notes,
        )  # fmt: skip
    _not_empty(found.content)
    return found


def _not_empty(content: Cases | Recording) -> None:
    if isinstance(content, Recording):
        if not content.values.size:
            raise FileError("There are no values in this recording.")
    elif not len(content.values) or not max(v.size for v in content.values):
        raise FileError("There are no series with values in this file.")
    longest = content.rows if isinstance(content, Recording) else int(content.lengths.max())
    if longest < SHORTEST:
        raise FileError(f"The longest series has {longest} sample; a series needs {SHORTEST} or more.")


def open_raw(raw: Raw, mapping: Mapping, name: str, source: Plain[str, Any]) -> Opened:
    """The data set of a file under a mapping, with what was found. Raises FileError or UserError."""
    found = understood(raw, mapping)
    cases = found.content
    notes = list(found.notes)
    findings: tuple[Finding, ...] = ()
    if isinstance(cases, Recording):
        findings = moments.look(cases, mapping)
        notes.append(_cut_words(cases, mapping))
        cases = windowing.cut(cases, mapping)
    cases, more = quality.check(cases, mapping)
    overlapping = any(f.code == "overlap" for f in findings)
    dataset, last, said = settled(cases, mapping, name, source, overlapping)
    findings = (*findings, *more, *last)
    warnings = (*found.warnings, *(f.sentence for f in findings))
    return Opened(replace(dataset, warnings=warnings), found, findings, (*notes, *said))


def _cut_words(recording: Recording, mapping: Mapping) -> str:
    window, step = windowing.sizes(recording, mapping)
    chosen = "" if mapping.window else " (no window was given; choose one with window=W)"
    return f"Cut into windows of {window:,} samples, every {step:,}{chosen}."


def settled(
    cases: Cases, mapping: Mapping, name: str, source: Plain[str, Any], overlapping: bool = False
) -> tuple[Dataset, tuple[Finding, ...], tuple[str, ...]]:
    """Whole series as a data set: classes in order, splits cut; with findings and notes."""
    labels = cases.labels if cases.labels is not None else words([UNLABELLED] * len(cases.values))
    classes = cells.in_order(list(labels))
    place = {c: i for i, c in enumerate(classes)}
    y = np.array([place[c] for c in labels], np.int64)
    X = np.stack([np.asarray(v, np.float32) for v in cases.values])
    findings = _unlabelled(cases) or quality.about_classes([str(c) for c in labels])
    groups = None if cases.groups is None else np.asarray(cases.groups.astype(str), np.str_)
    (train, validation, test), more, notes = split(y, groups, cases.parts, mapping, overlapping)
    dataset = Dataset(
        X, y, classes, channel_names(cases, X.shape[1]), train, validation, test, name, mapping.rate or cases.rate,
        groups, source,
    )  # fmt: skip
    return dataset, (*findings, *more), notes


def _unlabelled(cases: Cases) -> tuple[Finding, ...]:
    if cases.labels is not None:
        return ()
    words_ = (
        "There are no labels. Encoding works; distillation needs two classes: name the label column if there is one."
    )
    return (Finding("no_labels", words_, len(cases.values)),)


def channel_names(cases: Cases, count: int) -> tuple[str, ...]:
    """The channels' names; numbers where the file has none."""
    if len(cases.channels) == count:
        return cases.channels
    return ("value",) if count == 1 else tuple(f"channel {i + 1}" for i in range(count))


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
    if groups is not None:
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
