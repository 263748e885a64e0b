"""From what a reader found to a data set: layout, windows, remedies, classes, splits, in that order."""

from __future__ import annotations

from collections.abc import Mapping as Plain
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import cells
from kdviz.data.cells import words
from kdviz.data.columns import Table, numbers_among
from kdviz.data.dataset import UNLABELLED, Dataset, Index
from kdviz.data.mapping import Mapping
from kdviz.data.prepare import quality, repair, windows
from kdviz.data.prepare.missing_marks import missing_marks
from kdviz.data.prepare.overlap import overlap
from kdviz.data.prepare.quality import Finding
from kdviz.data.prepare.splits import about_classes, split
from kdviz.data.prepare.thinned import thinned
from kdviz.data.prepare.unheeded import chosen, refuse_unheeded, without_effect
from kdviz.data.raw import EVERY, Cases, Raw, Recording
from kdviz.data.tables.layout import arrange

SHORTEST = 2
MOST_COMPARED = 100_000_000


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
    columns: tuple[str, ...] = ()
    form: Plain[str, str] | None = None


@dataclass(frozen=True, eq=False)
class AssembledData:
    """A data set, and everything that was found and done on the way to it; how sure the reading is, where asked."""

    dataset: Dataset
    understood: Understood
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    surety: Plain[str, Any] | None = None


def understood(raw: Raw, mapping: Mapping) -> Understood:
    """Which series or recording a file holds; raises FileError or UserError."""
    if raw.heeds != EVERY:
        refuse_unheeded(raw, mapping)
    content = _lacking(raw.content, mapping.lacking)
    if not isinstance(content, Table) and raw.heeds != EVERY:
        content = chosen(content, mapping)
    if not isinstance(content, Table):
        layout = "recording" if isinstance(content, Recording) else "series"
        found = Understood(
            content, raw.format, raw.why, layout, raw.roles or {}, raw.warnings, raw.notes, raw.columns, raw.form
        )
    else:
        arranged = arrange(content, mapping, raw.label, raw.layout)
        found = Understood(
            arranged.content, raw.format, f"{raw.why}; {arranged.why}", arranged.layout, arranged.roles,
            (*raw.warnings, *arranged.notes), raw.notes, content.names, raw.form,
        )  # fmt: skip
    if raw.heeds != EVERY and mapping.every > 1:
        found = replace(found, content=thinned(found.content, mapping.every))
    _not_empty(found.content)
    return replace(found, warnings=(*found.warnings, *without_effect(raw, found.content, mapping)))


def _lacking(content: Table | Cases | Recording, missing: tuple[str, ...]) -> Table | Cases | Recording:
    """The same, where what a person calls missing is missing."""
    if isinstance(content, Table):
        return content.lacking(missing)
    marks = numbers_among(missing)
    if not marks.size:
        return content
    if isinstance(content, Recording):
        return replace(content, values=np.where(np.isin(content.values, marks), np.nan, content.values))
    return replace(
        content, values=[np.where(np.isin(v, marks), np.nan, np.asarray(v, np.float64)) for v in content.values]
    )


def _not_empty(content: Cases | Recording) -> None:
    if isinstance(content, Recording):
        if not content.values.size:
            raise FileError("There are no values in this recording.")
    elif not len(content.values) or not max(v.size for v in content.values):
        raise FileError("There are no series with values in this file.")
    longest = content.rows if isinstance(content, Recording) else int(content.lengths.max())
    if longest < SHORTEST:
        raise FileError(f"The longest series has {longest} sample; a series needs {SHORTEST} or more.")


def open_raw(raw: Raw, mapping: Mapping, name: str, source: Plain[str, Any]) -> AssembledData:
    """The data set of a file under a mapping, with what was found. Raises FileError or UserError."""
    found = understood(raw, mapping)
    cases = found.content
    notes = list(found.notes)
    findings: tuple[Finding, ...] = ()
    if isinstance(cases, Recording):
        cases, findings, sentence = windows.windowed(cases, mapping)
        notes.append(sentence)
    marked = missing_marks(cases)
    cases, more = quality.check(cases, mapping)
    overlapping = any(f.code == "overlap" for f in findings)
    dataset, last, said = settled(cases, mapping, name, source, overlapping)
    findings = (*findings, *marked, *more, *last)
    warnings = (*found.warnings, *(f.sentence for f in findings))
    return AssembledData(replace(dataset, warnings=warnings), found, findings, (*notes, *said))


def settled(
    cases: Cases, mapping: Mapping, name: str, source: Plain[str, Any], overlapping: bool = False
) -> tuple[Dataset, tuple[Finding, ...], tuple[str, ...]]:
    """Whole series as a data set: classes in order, splits cut; with findings and notes."""
    cases, bare = _parted(cases)
    labels = cases.labels if cases.labels is not None else words([UNLABELLED] * len(cases.values))
    classes = cells.in_order(list(labels))
    place = {c: i for i, c in enumerate(classes)}
    y = np.array([place[c] for c in labels], np.int64)
    X = stacked(cases.values)
    findings = about_classes(cases.labels, len(cases.values))
    groups = None if cases.groups is None else np.asarray(cases.groups.astype(str), np.str_)
    shared = None if overlapping or X.size > MOST_COMPARED else overlap(X)
    (train, validation, test), more, notes = split(y, groups, cases.parts, mapping, overlapping, shared)
    unlabelled, left = _beside(bare, groups, np.concatenate([validation, test]), overlapping or shared is not None)
    groups = shared.groups if groups is None and shared is not None else groups
    dataset = Dataset(
        X, y, classes, channel_names(cases, X.shape[1]), train, validation, test, name, mapping.rate or cases.rate,
        groups, source, unlabelled=unlabelled,
    )  # fmt: skip
    return dataset, (*findings, *more), (*notes, *left)


def stacked(values: Sequence[NDArray[np.floating]]) -> NDArray[np.float32]:
    """Series (C, T) of one length as (N, C, T); windows that follow each other evenly stay views of their recording."""
    first = values[0]
    if len(values) > 1 and first.dtype == np.float32 and isinstance(first.base, np.ndarray):
        alike = all(v.base is first.base and v.strides == first.strides and v.dtype == first.dtype for v in values)
        steps = np.diff([v.__array_interface__["data"][0] for v in values]) if alike else np.zeros(1, np.int64)
        if steps[0] > 0 and (steps == steps[0]).all():
            strides = (int(steps[0]), *first.strides)
            return np.lib.stride_tricks.as_strided(first, (len(values), *first.shape), strides, writeable=False)
    return np.stack(values, dtype=np.float32, casting="unsafe")  # from the views: no list of copies beside it


def _parted(cases: Cases) -> tuple[Cases, Cases | None]:
    """The series with a label, and those that `bare=learn` has left without one."""
    if cases.labels is None or (cases.labels != "").all():
        return cases, None
    here = cases.labels != ""
    return repair.kept(cases, np.flatnonzero(here)), repair.kept(cases, np.flatnonzero(~here))


def _beside(
    bare: Cases | None, groups: NDArray[np.str_] | None, judged: Index, overlapping: bool
) -> tuple[NDArray[np.float32] | None, tuple[str, ...]]:
    """Series to learn from without a label: none that a test could know, of its part, its subjects or its samples."""
    if bare is None:
        return None, ()
    fit = np.full(len(bare.values), not overlapping)
    if bare.parts is not None:
        fit &= bare.parts == "train"
    if bare.groups is not None and groups is not None:
        fit &= ~np.isin(bare.groups.astype(str), groups[judged])
    count = int((~fit).sum())
    why = "windows that overlap" if overlapping else "of the test or validation set, or of its subjects"
    left = (f"{count:,} series without a label are left out: they are {why}.",) if count else ()
    if not fit.any():
        return None, left
    return np.stack([np.asarray(v, np.float32) for v, here in zip(bare.values, fit, strict=True) if here]), left


def channel_names(cases: Cases, count: int) -> tuple[str, ...]:
    """The channels' names; numbers where the file has none."""
    if len(cases.channels) == count:
        return cases.channels
    return ("value",) if count == 1 else tuple(f"channel {i + 1}" for i in range(count))
