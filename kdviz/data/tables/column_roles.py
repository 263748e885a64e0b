"""What each column is for, one role at a time: by name, then by content; a mapping has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kdviz.data.cells import Numbers
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping, quoted
from kdviz.data.tables.clock_columns import find_clock
from kdviz.data.tables.clocks import seconds_of
from kdviz.data.tables.column_content import (
    could_be_time,
    counts_round,
    is_row_number,
    is_word_classes,
    label_by_name,
    looks_like_classes,
    restarts,
    same_label_within,
    says_parts,
)
from kdviz.data.tables.column_names import (
    ALSO_LABEL,
    COUNTER,
    DIM,
    LABEL,
    MOST_NAMED,
    ROW_NUMBER,
    SERIES,
    SESSION,
    SET,
    SUBJECT,
    VALUE,
    numbered,
    strays,
)
from kdviz.data.tables.free_columns import FreeColumns, column_called

SHORTEST_BLOCK = 8


@dataclass(frozen=True)
class Roles:
    """A table's columns by what they are for; what is not there is None."""

    channels: tuple[Column, ...]
    time: Column | None = None
    label: Column | None = None
    subject: Column | None = None
    session: Column | None = None
    id: Column | None = None
    set: Column | None = None
    dim: Column | None = None
    value: Column | None = None
    notes: tuple[str, ...] = ()


def find(table: Table, mapping: Mapping, label: str = "") -> Roles:
    """The roles of a table's columns; `label` is the class column where the format names it."""
    free = FreeColumns(table, mapping)
    notes: list[str] = []
    if label and not mapping.label:
        free.given["label"] = column_called(table, label)
    part = free.take("set", SET, says_parts) or free.first(says_parts, "set")
    time = find_clock(free, mapping, notes)
    subject = free.take("subject", SUBJECT, lambda c: True)
    found = free.take("label", LABEL, lambda c: label_by_name(c, table, time)) or _label_by_ending(free, time)
    dim = free.take("dim", DIM, lambda c: c.distinct <= 1024)
    value = free.take("value", VALUE, lambda c: c.numeric_share > 0.5)
    series = free.take("id", SERIES, lambda c: True)
    subject, series = _filled_down(subject, notes), _filled_down(series, notes)
    if series is not None and subject is None and not mapping.id:
        subject = _other_id(free, series, time)
    session = free.named(SESSION, lambda c: 1 <= c.distinct < max(2, table.rows // 2))
    free.drop(session)
    free.drop(free.named(ROW_NUMBER, is_row_number))
    free.drop(free.named(COUNTER, counts_round))
    if found is not None:
        _drop_other_labels(free, found, notes)
    elif dim is None or value is None:
        found = _words_of_classes(free, table, time)
        apart = found is not None and (restarts(found, time) or _takes_turns(found, time))
        if apart and series is None and not mapping.label:
            found, series = None, found
    if found is not None and found.named_none:
        count = int(np.count_nonzero(found.labels == found.named_none.strip()))
        notes.append(f"{found.named_none!r} names a class here ({count:,} rows), not a missing label.")
    if table.named and (found is None or time is not None) and all(c is None for c in (subject, session, series, dim)):
        session = _numbered_blocks(free, time, notes)
        if found is not None and session is not None and same_label_within(session, found):
            session, series = None, session  # a trial each, with its condition
    channels = tuple(free.wanted) or _measured(table, free.columns, notes)
    if not channels:
        taken = {id(c) for c in (time, found, subject, session, series, part, dim, value)}
        channels = tuple(c for c in table.columns if id(c) not in taken and c.numbers is not None and not c.is_empty)
        notes = [n for n in notes if not any(repr(c.name[:30]) in n for c in channels)]
    if table.named and not free.wanted:
        channels, found = _samples_only(channels, found, bool(mapping.label), notes)
    return Roles(channels, time, found, subject, session, series, part, dim, value, tuple(notes))


def _words_of_classes(free: FreeColumns, table: Table, time: Column | None) -> Column | None:
    """The column of words that repeat as classes do; of several where rows are series, the one of fewest words."""
    some = [c for c in free.columns if c.words is not None and is_word_classes(c, table, time)]
    if (
        len(some) > 1
        and not free.closed("label")
        and free.given["label"] is None
        and len(free.columns) > MOST_NAMED // 2
    ):
        found = min(some, key=lambda c: (c.distinct < 2, c.distinct))
        free.drop(found)
        return found
    return free.first(lambda c: is_word_classes(c, table, time), "label")


def _numbered_blocks(free: FreeColumns, time: Column | None, notes: list[str]) -> Column | None:
    """A column of 1 1 1 ... 2 2 2 ... 3 3 3: the number of a recording or trial, whatever it is called."""
    if free.wanted or free.closed("subject") or len(free.columns) > MOST_NAMED:
        return None
    given = {id(g) for g in free.given.values()}
    for c in free.columns:
        if id(c) in given or not _counts_blocks(c) or not free.measured_beside(c) or (time and not restarts(c, time)):
            continue
        free.drop(c)
        if free.given["label"] is None and time is not None and restarts(c, time):
            notes.append(f"Column {c.name[:30]!r} counts blocks of rows in which time begins again.")
            return c
        notes.append(
            f"Column {c.name[:30]!r} counts blocks of rows (1, 2, 3 ...), so it is read as the number of a recording: "
            f"no window crosses from one into the next. Each a series: id={quoted(c.name)}. Its number the class: "
            f"label={quoted(c.name)}. If it is measured: subject=-."
        )
        return c
    return None


def _filled_down(c: Column | None, notes: list[str]) -> Column | None:
    """A name that stands only where it changes, as merged cells are written, in every row that it is for."""
    if c is None or c.size < 2:
        return c
    written = c.labels
    there = np.flatnonzero(written != "")
    if there.size < 2 or there[0] or 2 * there.size > c.size or (written[there][1:] == written[there][:-1]).any():
        return c
    notes.append(f"Column {c.name[:30]!r} is written only where it changes: blank cells below have the same.")
    return replace(c, numbers=None, words=np.repeat(written[there], np.diff([*there, c.size])))


def _takes_turns(words: Column, time: Column | None) -> bool:
    """Whether words name the sources of a log whose rows take turns, each time once for each of several sources."""
    if time is None or words.words is None or not 2 <= words.distinct <= max(2, words.size // 4):
        return False
    moments = time.distinct
    if moments == time.size:  # times of their own: the sources must follow each other row by row, evenly
        each = np.bincount(words.codes)
        return bool((np.diff(words.codes) != 0).mean() > 0.98 and each.min() > 0.9 * each.max())
    pairs = words.codes.astype(np.int64) * (int(time.codes.max()) + 1) + time.codes
    once = np.unique(pairs).size == words.size
    return once and words.size > 1.5 * moments


def _counts_blocks(c: Column) -> bool:
    """Whether whole numbers go 1 1 1 ... 2 2 2 ... 3 3 3, in blocks of some rows."""
    values = c.numbers
    if values is None or not c.is_whole or values.size < 3 * SHORTEST_BLOCK or values[0] not in (0, 1):
        return False
    steps = np.diff(values)
    edges = np.flatnonzero(steps)
    sizes = np.diff(np.concatenate([[-1], edges, [values.size - 1]]))
    return bool(((steps == 0) | (steps == 1)).all() and edges.size >= 2 and sizes.min() >= SHORTEST_BLOCK)


def _other_id(free: FreeColumns, series: Column, time: Column | None) -> Column | None:
    """A second column that tells series apart, where time goes back within the first one's series and not in both's."""
    seconds, _, _ = seconds_of(time) if time is not None and could_be_time(time) else (None, False, "")
    if seconds is None or not 2 <= series.distinct <= series.size // 2 or _goes_on(seconds, series.codes):
        return None
    for c in free.columns:
        if 2 <= c.distinct <= c.size // 4 and (c.words is not None or c.is_whole):
            both = series.codes.astype(np.int64) * (int(c.codes.max()) + 1) + c.codes
            if _goes_on(seconds, both):
                free.drop(c)
                return c
    return None


def _goes_on(seconds: Numbers, key: NDArray[np.integer]) -> bool:
    """Whether time rises from row to row within each value of a key."""
    order = np.argsort(key, kind="stable")
    same = np.diff(key[order]) == 0
    return bool((np.diff(seconds[order])[same] > 0).all())


def _label_by_ending(free: FreeColumns, time: Column | None) -> Column | None:
    """The first column whose name ends as a label's does, as in "sleep_stage_label"."""
    names = [n for c in free.columns if (n := c.normalised_name).endswith(("_label", "_class", "label"))]
    found = free.named(names, lambda c: looks_like_classes(c) and label_by_name(c, free.table, time))
    free.drop(found)
    return found


def _drop_other_labels(free: FreeColumns, label: Column, notes: list[str]) -> None:
    others = [c for c in free.columns if c.normalised_name in ALSO_LABEL and looks_like_classes(c)]
    for other in others:
        free.drop(other)
    if others and free.table.named:
        notes.append(f"Beside the label {label.name[:30]!r}, column {others[0].name[:30]!r} was left out: a label too.")


def _samples_only(
    channels: tuple[Column, ...], label: Column | None, given: bool, notes: list[str]
) -> tuple[tuple[Column, ...], Column | None]:
    """Columns beside those that count the samples are no samples: one may be the class, the others are left out."""
    others = strays(channels)
    classes = [c for c in others if looks_like_classes(c)]
    if label is None and not given and len(classes) == 1:
        label = classes[0]
    left = [c.name[:30] for c in others if c is not label]
    if left:
        notes.append(f"Beside the numbered samples, so left out: column {', '.join(left)}.")
    return tuple(c for c in channels if not any(c is o for o in others)), label


def _measured(table: Table, free: Sequence[Column], notes: list[str]) -> tuple[Column, ...]:
    kept, left, hollow = [], [], []
    samples = [c for c in free if c.name and (c.is_empty or c.numeric_share >= 0.5)]
    if table.named and len(samples) > 8 and numbered(samples):
        return tuple(samples)
    for c in free:
        empty = c.numbers is not None and c.is_empty
        if empty and not c.name and table.named:
            continue
        if empty and table.named:
            hollow.append(c.name)
        elif c.numeric_share < 0.5:
            left.append(c.name)
        else:
            kept.append(c)
    for names, why in ((left, "Not numbers"), (hollow, "Without any value")):
        if names and kept:
            there = ", ".join(n[:30] or "(no name)" for n in names[:5])
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            notes.append(f"{why}, so left out: column {there}{more}.")
    return tuple(kept)
