"""What each column is for: by name, then by content; a mapping has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.data import times
from kdviz.data.cells import MISSING
from kdviz.data.columns import distinct, numeric_share
from kdviz.data.finder import Finder, column
from kdviz.data.looks import (
    could_be_time,
    counts_round,
    is_clock,
    is_row_number,
    is_time,
    is_word_classes,
    label_by_name,
    looks_like_classes,
    restarts,
    says_parts,
)
from kdviz.data.mapping import Mapping
from kdviz.data.numbering import numbered, strays
from kdviz.data.raw import Column, Table
from kdviz.data.vocabulary import (
    ALSO_LABEL,
    COUNTER,
    DATE,
    DIM,
    LABEL,
    MAYBE_TIME,
    ROW_NUMBER,
    SERIES,
    SESSION,
    SET,
    SUBJECT,
    TIME,
    VALUE,
    plain,
)


@dataclass(frozen=True)
class Roles:
    """A table's columns by what they are for; what is not there is None."""

    channels: tuple[Column, ...]
    time: Column | None = None
    clock: Column | None = None
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
    finder = Finder(table, mapping)
    notes: list[str] = []
    if label and not mapping.label:
        finder.given["label"] = column(table, label)
    part = finder.take("set", SET, says_parts) or finder.first(says_parts, "set")
    time = finder.take("time", TIME, could_be_time)
    time = time or finder.calendar() or finder.take("time", MAYBE_TIME, is_time)
    time = time or finder.take("time", finder.speaking_of("timestamp", "time", "datetime"), is_time)
    if time is None:
        time = finder.first(lambda c: c.is_clock or (c.words is not None and is_time(c)), "time")
    date = finder.named(DATE, lambda c: c.words is not None and is_time(c)) if _is_of_day(time) else None
    if date is not None and not mapping.time:
        finder.drop(date)
        clock: Column | None = time
        time = date
    else:
        clock = finder.named(("time", "hour", "clock", "time_of_day"), is_clock) if time is not None else None
    finder.drop(clock)
    while time is not None and not mapping.channels and (other := _another_clock(finder)) is not None:
        finder.drop(other)
        notes.append(f"A clock too, so left out: column {other.name[:30]!r}.")
    subject = finder.take("subject", SUBJECT, lambda c: True)
    found = finder.take("label", LABEL, lambda c: label_by_name(c, table))
    if found is None and table.named:
        found = finder.named([n for c in finder.free if (n := plain(c.name)).endswith(("_label", "_class", "label"))],
                             looks_like_classes)  # fmt: skip
        finder.drop(found)
    dim = finder.take("dim", DIM, lambda c: distinct(c) <= 1024)
    value = finder.take("value", VALUE, lambda c: numeric_share(table, c) > 0.5)
    series = finder.take("id", SERIES, lambda c: True)
    session = finder.named(SESSION, lambda c: 1 <= distinct(c) < max(2, table.rows // 2))
    finder.drop(session)
    number = finder.named(ROW_NUMBER, is_row_number)
    finder.drop(number)
    finder.drop(finder.named(COUNTER, counts_round))
    others = [c for c in finder.free if plain(c.name) in ALSO_LABEL and looks_like_classes(c)] if found else []
    for other in others:
        finder.drop(other)
    if others and table.named and found is not None:
        notes.append(f"Beside the label {found.name[:30]!r}, column {others[0].name[:30]!r} was left out: a label too.")
    if found is None and not (dim is not None and value is not None):
        found = finder.first(lambda c: is_word_classes(c, table), "label")
        if found is not None and series is None and not mapping.label and restarts(found, time):
            found, series = None, found
    channels = tuple(finder.wanted) or _measured(table, finder.free, notes)
    if table.named and not finder.wanted:
        channels, found = _samples_only(channels, found, bool(mapping.label), notes)
    return Roles(channels, time, clock, found, subject, session, series, part, dim, value, tuple(notes))


def _another_clock(finder: Finder) -> Column | None:
    names = (*TIME, *finder.speaking_of("timestamp", "time", "datetime", "date"))
    return finder.named(names, lambda c: is_time(c) and (c.words is not None or distinct(c) > c.size // 2))


def _is_of_day(time: Column | None) -> bool:
    return time is not None and time.words is not None and times.of_day(list(time.words[:20]))


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


def _is_empty(c: Column) -> bool:
    if c.numbers is not None:
        return bool(np.isnan(c.numbers).all())
    return c.words is not None and all(str(w).strip().lower() in MISSING for w in set(c.words))


def _measured(table: Table, free: Sequence[Column], notes: list[str]) -> tuple[Column, ...]:
    kept, left = [], []
    samples = [c for c in free if c.name and (_is_empty(c) or numeric_share(table, c) >= 0.5)]
    if table.named and len(samples) > 8 and numbered(samples):
        return tuple(samples)
    for c in free:
        empty = c.numbers is not None and bool(np.isnan(c.numbers).all())
        if empty and not c.name and table.named:
            continue
        if (empty and table.named) or numeric_share(table, c) < 0.5:
            left.append(c.name)
        else:
            kept.append(c)
    if left and kept:
        there = ", ".join(n[:30] or "(no name)" for n in left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        notes.append(f"Not numbers, so left out: column {there}{more}.")
    return tuple(kept)
