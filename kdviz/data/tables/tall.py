"""A row is a moment: one long recording, or several series that a column tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data.cells import Numbers, Words, words
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, Recording
from kdviz.data.tables import clock_numbers, clocks
from kdviz.data.tables.column_content import is_count, looks_like_clock, restarts, stays
from kdviz.data.tables.column_roles import Roles

SESSION = 10


def recording(table: Table, roles: Roles, mapping: Mapping) -> tuple[Recording, tuple[str, ...]]:
    """The rows in the order of their times, and sentences about what was done."""
    seconds, sure, said = clocks.seconds_of(roles.time)
    values = np.stack([table.numbers_of(c) for c in roles.channels])
    subjects = together([c for c in (roles.subject, roles.session) if c is not None])
    found = Recording(
        values,
        tuple(c.name.strip() or f"channel {i + 1}" for i, c in enumerate(roles.channels)),
        seconds,
        roles.label.labels if roles.label is not None else None,
        subjects,
        table.rate,
        roles.set.parts() if roles.set is not None else table.parts,
    )
    time = roles.time
    numeric = time is not None and time.words is None
    found, more = in_order(found, sure, mapping, time.name if time is not None else "", numeric)
    return found, (*([said] if said else ()), *more)


def in_order(
    found: Recording, sure: bool, mapping: Mapping, name: str, numeric: bool
) -> tuple[Recording, tuple[str, ...]]:
    """The rows in the order of their times, and the rate, where their unit is `sure`; sentences about what was done.

    name      of the column of times
    numeric   whether that holds numbers: where those begin again, a session does
    """
    seconds = found.times
    notes: list[str] = []
    if seconds is not None and not sure and not _counts(seconds):
        notes.append(f"The unit of {name[:40]!r} is not said, so no sampling rate follows: set rate=HZ.")
    if mapping.order == "sort":
        found, sentence = in_sessions(found) if numeric else (found, "")
        found, sorted_ = in_time(found)
        notes += [s for s in (sentence, sorted_) if s]
    if found.times is not None and sure:
        found, sentence = _with_rate(found, found.times if mapping.order == "sort" else np.sort(found.times))
        notes += [sentence] if sentence else []
    return found, tuple(notes)


def _with_rate(found: Recording, seconds: Numbers) -> tuple[Recording, str]:
    """The rate that the file names, else the one that follows from the times; a sentence where that is not plain."""
    rate = clock_numbers.rate_of(seconds)
    if found.rate and rate and abs(found.rate - rate) > 0.02 * found.rate:
        return found, (
            f"The file names {found.rate:g} Hz, its times say {rate:.4g} Hz; the rate that it names was taken. "
            f"Set rate={rate:.6g} for the other."
        )
    if rate and clock_numbers.shared(seconds):
        return replace(found, rate=found.rate or rate), (
            f"Several rows share a time, as packets do; the rate counts the rows ({found.rate or rate:.6g} Hz)."
        )
    return replace(found, rate=rate or found.rate), ""


def _counts(seconds: Numbers) -> bool:
    """Whether a clock only counts the samples."""
    return bool((np.diff(seconds) == 1).all())


def in_sessions(found: Recording) -> tuple[Recording, str]:
    """A clock that begins again is a new session, not disorder; the sentence says how many there are."""
    seconds = found.times
    if seconds is None or found.rows < 2 * SESSION or not np.isfinite(seconds).all():
        return found, ""
    back = np.flatnonzero(np.diff(seconds) < 0) + 1
    edges = np.setdiff1d(back, found.borders)
    low, reach = float(seconds.min()), 0.1 * float(np.ptp(seconds))
    if not edges.size or edges.size > found.rows // SESSION or (seconds[edges] > low + reach).any():
        return found, ""
    number = np.zeros(found.rows, np.int64)
    number[edges] = 1
    names = words([f"session {i + 1}" for i in np.cumsum(number)])
    subjects = names if found.subjects is None else found.subjects + " " + names
    sentence = (
        f"The clock begins again {edges.size:,} times (first: row {edges[0] + 1}); no window crosses those places."
    )
    return replace(found, subjects=subjects), sentence


def together(columns: Sequence[Column]) -> Words | None:
    """Several columns as one text for each row; None where there are none."""
    return together_words([c.labels for c in columns])


def together_words(columns: Sequence[Words]) -> Words | None:
    """The words of several columns as one text for each row; None where there are none."""
    if not columns:
        return None
    found = columns[0]
    for words_ in columns[1:]:
        found = found + " " + words_
    return found


def in_time(found: Recording) -> tuple[Recording, str]:
    """A recording in the order of its times within each subject, and a sentence where that changed anything."""
    seconds = found.times
    if seconds is None or not np.isfinite(seconds).all():
        return found, ""
    order = np.concatenate([a + np.argsort(seconds[a:b], kind="stable") for a, b in pairwise(found.borders)])
    moved = int((order != np.arange(order.size)).sum())
    if not moved:
        return found, ""
    back = int(np.flatnonzero(np.diff(seconds) < 0)[0]) + 2
    sentence = f"Times were not in order (first: row {back}); rows were sorted by time. Keep their order: order=keep."
    return taken(found, order), sentence


def taken(found: Recording, order: NDArray[np.int64]) -> Recording:
    """The rows `order` of a recording."""
    return Recording(
        found.values[:, order],
        found.channels,
        None if found.times is None else found.times[order],
        None if found.labels is None else found.labels[order],
        None if found.subjects is None else found.subjects[order],
        found.rate,
        None if found.parts is None else found.parts[order],
    )


def cases(table: Table, roles: Roles, mapping: Mapping) -> tuple[Cases, tuple[str, ...]]:
    """One series for each value of the id column, in the order they first occur."""
    key = together([c for c in (roles.subject, roles.id) if c is not None])
    if key is None:
        raise FileError("No column tells the series apart; name it with id=COLUMN.")
    groups = rows_of(key)
    seconds, sure, said = clocks.seconds_of(roles.time)
    values = np.stack([table.numbers_of(c) for c in roles.channels])
    notes = [said] if said else []
    if seconds is not None and np.isfinite(seconds).all() and mapping.order == "sort":
        groups = [g[np.argsort(seconds[g], kind="stable")] for g in groups]
    firsts = np.array([g[0] for g in groups], np.int64)
    label, mixed = _labels(roles, groups)
    if mixed:
        notes.append(f"{mixed:,} series change their label within; the label of most samples was taken.")
    found = Cases(
        [values[:, g] for g in groups],
        label,
        tuple(c.name.strip() or f"channel {i + 1}" for i, c in enumerate(roles.channels)),
        clock_numbers.rate_of(seconds[groups[0]]) if seconds is not None and sure else None,
        roles.subject.labels[firsts] if roles.subject is not None else None,
        roles.set.parts()[firsts] if roles.set is not None else None,
    )
    return found, tuple(notes)


def rows_of(key: Words) -> list[NDArray[np.int64]]:
    """The rows of each value of a key, in the order they first occur."""
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(k, len(places)) for k in key], np.int64)
    order = np.argsort(codes, kind="stable")
    return list(np.split(order, np.cumsum(np.bincount(codes))[:-1]))


def _labels(roles: Roles, groups: Sequence[NDArray[np.int64]]) -> tuple[Words | None, int]:
    if roles.label is None:
        return None, 0
    every = roles.label.labels
    out = np.empty(len(groups), object)
    mixed = 0
    for i, g in enumerate(groups):
        names, counts = np.unique(every[g].astype(str), return_counts=True)
        mixed += names.size > 1
        out[i] = str(names[np.argmax(counts)])
    return out, mixed


def without_names(roles: Roles, mapping: Mapping) -> Roles:
    """What the columns of a recording that names none of them are for, by where they stand and how they go on."""
    return _ends(_numbered_units(roles, mapping), mapping)


def _numbered_units(roles: Roles, mapping: Mapping) -> Roles:
    """A number that stays, and beside it a count that begins again whenever it changes."""
    if roles.id is not None or roles.label is not None or mapping.label or len(roles.channels) < 3:
        return roles
    unit, count, *rest = roles.channels
    if stays(unit, 20_000) and restarts(unit, count) and count.is_whole:
        return replace(roles, id=unit, time=count, channels=tuple(rest))
    return roles


def _ends(roles: Roles, mapping: Mapping) -> Roles:
    """A clock that comes first, a class that stays the same for a while."""
    if roles.id is not None or (mapping.label and mapping.time):
        return roles
    for c in roles.channels[:2] if len(roles.channels) > 2 else roles.channels[:1]:
        if len(roles.channels) < 2:
            break
        rest = tuple(o for o in roles.channels if o is not c)
        if roles.time is not None and not mapping.channels and is_count(c):
            roles = replace(roles, channels=rest, notes=(*roles.notes, f"{c.name} only counts the rows: left out."))
        elif roles.time is None and not mapping.time and looks_like_clock(c):
            roles = replace(roles, time=c, channels=rest)
        elif roles.label is not None and roles.subject is None and not mapping.subject and _names_somebody(c):
            roles = replace(roles, subject=c, channels=rest)
    if roles.label is None and not mapping.label and len(roles.channels) > 1:
        for c in (roles.channels[-1], roles.channels[0], roles.channels[min(1, len(roles.channels) - 1)]):
            if stays(c):
                kept = tuple(o for o in roles.channels if o is not c)
                return replace(roles, label=c, channels=kept)
    return roles


def _names_somebody(c: Column) -> bool:
    """Whether a column looks like a person's number over time: it stays the same for long, maybe throughout."""
    values = c.numbers
    throughout = values is not None and values.size > 8 and values[0] >= 1 and bool((values == values[0]).all())
    return stays(c, 1000) or (throughout and values is not None and values[0] == np.round(values[0]))


def more_labels(table: Table, roles: Roles) -> str:
    """A sentence about channels that look like labels beside the label of a table without names; "" for none."""
    if table.named or roles.label is None or roles.label.numbers is None:
        return ""
    alike = [c for c in roles.channels if stays(c) and c.size > 50]
    if not alike or 2 * len(alike) > len(roles.channels):
        return ""
    there = ", ".join(c.name[:30] for c in alike[:6])
    places = ",".join(f"#{next(i for i, o in enumerate(table.columns) if o is c) + 1}" for c in alike)
    return f"{there[:1].upper()}{there[1:]} may hold a label too; as it is, a channel. Leave out: ignore={places}."
