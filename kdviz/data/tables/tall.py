"""A row is a moment: one long recording, or several series that a column tells apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data.cells import Words
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping, quoted
from kdviz.data.raw import Cases, Recording
from kdviz.data.tables import clock_numbers, clocks, time_order
from kdviz.data.tables.column_content import is_count, is_epoch, looks_like_clock, restarts, stays
from kdviz.data.tables.column_roles import Roles

_INTERVAL = re.compile(
    r"(.*_)?(start|begin|onset|from|stop|end|offset|to|finish|von|bis|debut|fin|inicio)(_.*)?|(start|end|stop)_?time"
)
_IDENTIFIES = re.compile(
    r"(?<![a-z])(id|no|nr|num|numer|number|nummer|stations?|site|code|serial|device|node|logger|table|week)(s_id)?(?![a-z])|id$|"
    r"week$",
    re.I,
)


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
    found, more = time_order.in_order(found, sure, mapping, time.name if time is not None else "", numeric)
    return found, (*([said] if said else ()), *more)


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


def cases(table: Table, roles: Roles, mapping: Mapping) -> tuple[Cases, tuple[str, ...]]:
    """One series for each value of the id column, in the order they first occur."""
    key = together([c for c in (roles.subject, roles.id) if c is not None])
    if key is None:
        raise FileError("No column tells the series apart; name it with id=COLUMN.")
    groups = rows_of(key)
    seconds, sure, said = clocks.seconds_of(roles.time)
    values = np.stack([table.numbers_of(c) for c in roles.channels])
    notes = [said] if said else []
    if seconds is not None and np.isfinite(seconds).all() and mapping.order != "keep":
        groups, sentence = time_order.each_in_time(groups, seconds, mapping.order)
        notes += [sentence] if sentence else []
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


def refuse_times_alone(roles: Roles, mapping: Mapping) -> None:
    """Raises FileError where the only numbers are moments: of each row, or where an interval begins and ends."""
    names = [c.name[:30] for c in roles.channels]
    if mapping.channels or not 1 <= len(names) <= 2:
        return
    chosen = ",".join(map(quoted, names))
    if roles.time is None and len(names) == 1 and is_epoch(roles.channels[0]):
        raise FileError(f"Column {names[0]!r} holds times, and there is no column of numbers beside it. If these are "
                        f"what is measured, choose channels={chosen}.")  # fmt: skip
    ends = {_INTERVAL.fullmatch(c.normalised_name) is not None and looks_like_clock(c) for c in roles.channels}
    if len(names) == 2 and ends == {True} and roles.label is not None:
        raise FileError(f"This lists intervals, from {names[0]!r} to {names[1]!r}, and what they are called; no values "
                        "that were measured. Write the label beside each row of the recording. If these are what is "
                        f"measured, choose channels={chosen}.")  # fmt: skip


def without_constants(roles: Roles, mapping: Mapping) -> Roles:
    """Named columns that never change are no measurement where others do: a station's number is left out, and said."""
    if mapping.channels:
        return roles
    gone = [c for c in roles.channels if c.size > 8 and _IDENTIFIES.search(c.name) and _one_number(c)]
    twin = [c for c in roles.channels if roles.id is not None and _same_as(c, roles.id)]
    rest = tuple(c for c in roles.channels if not any(c is o for o in (*gone, *twin)))
    if not rest or not (gone or twin):
        return roles
    said = [f"One number throughout, so left out: column {', '.join(c.name[:30] for c in gone[:5])}."] if gone else []
    said += (
        [f"Tells the series apart too, so left out: column {', '.join(c.name[:30] for c in twin[:5])}."] if twin else []
    )
    return replace(roles, channels=rest, notes=(*roles.notes, *said))


def _one_number(c: Column) -> bool:
    """Whether a column holds one whole number throughout, but not 0: that may be a sensor at rest."""
    if c.numbers is None:
        return c.distinct == 1
    return bool(c.numbers[0] != 0 and c.numbers[0] == np.round(c.numbers[0]) and (c.numbers == c.numbers[0]).all())


def _same_as(c: Column, series: Column) -> bool:
    """Whether whole numbers name the same series as another column does."""
    if not c.is_whole or c.distinct != series.distinct or c.distinct < 2:
        return False
    return int(np.unique(c.codes.astype(np.int64) * (series.distinct + 1) + series.codes).size) == c.distinct


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
