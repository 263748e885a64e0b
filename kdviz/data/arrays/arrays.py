"""What arrays called X, y, X_train ... hold: series, or one recording; from bytes that are not trusted."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data.arrays import array_roles as roles
from kdviz.data.arrays.array_bytes import Array
from kdviz.data.cells import Words
from kdviz.data.columns import Column, Table
from kdviz.data.file_parts import joined
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import Cases, Raw, shown
from kdviz.data.tables.column_content import like_moments
from kdviz.data.tables.wide import ends

FEWEST_SAMPLES = 8


def named_arrays(found: Named[str, Array], mapping: Mapping, title: str) -> Raw:
    """Series or a recording from arrays by name; raises FileError naming those there are."""
    if not found:
        raise FileError("There are no arrays in this file.")
    rate = roles.first_number(found, roles.RATES)
    channels = roles.texts(found, roles.CHANNELS)
    by_part = roles.by_part(found)
    if by_part:
        names = {k: v for k, v in roles.called(roles.CLASSES, found) if v.dtype.kind in "SU"}
        parts = [(p, _labelled({**names, **by_part[p]}, mapping, channels, rate)) for p in roles.PARTS if p in by_part]
        return Raw(joined(parts, mapping.join), title, "arrays are called " + ", ".join(roles.part_names(by_part)))
    found = roles.side_by_side(roles.together(found)) if not mapping.member else found
    channels = channels or roles.texts(found, (roles.JOINED,))
    key = roles.key_of(found, mapping)
    x = roles.numbers(found[key], key)
    asked = asked_labels(found, mapping, len(x))
    y = roles.labels(found, len(x), {key}) if asked is None else asked
    by_content = "" if y is not None or x.ndim < 2 or mapping.label else roles.class_by_content(found, len(x), key)
    said: tuple[str, ...] = ()
    if by_content:
        y = roles.labels_from(found[by_content])
        said = (f"Array {shown(by_content)!r} is the class by what it holds, not by its name; label=- leaves it out.",)
    said += roles.not_used(found, {key, by_content, mapping.label})
    column = y is None and x.ndim == 2 and mapping.label not in ("", NOTHING)
    if column or (y is None and x.ndim == 2 and mapping.label == "" and _label_at_an_end(x, mapping)):
        return _table_of_series(x, mapping, title, key, found, channels).saying(*said)
    if x.ndim == 2 and _over_time(x, y):
        return _labelled_moments(found, x, y, channels, rate, title, key).saying(*said)
    if y is None and x.ndim > 1 and x.shape[-1] != len(x):
        y = roles.labels(found, x.shape[-1], {key})
        if y is not None:
            guess = f"There are as many labels as array {shown(key)!r} {x.shape} has columns: each column is a series."
            said += (guess,) if x.ndim == 2 else ()
            x = np.moveaxis(x, -1, 0)
    if x.ndim == 2 and y is None and mapping.layout != "wide" and len(x) <= 16 and x.shape[1] > 8 * len(x):
        x = x.T if rate or title == "MATLAB" else x
    if x.ndim == 1 or (x.ndim == 2 and y is None and _like_recording(x, mapping)):
        return Raw(
            _moments(x, channels, rate, found),
            title,
            f"array {key!r} {found[key].shape} is one recording",
            said,
            layout="tall",
        )
    cases, why = _cases(x, y, mapping, channels, rate, key)
    said = (*_left_out(found, key, y, len(x)), *said)
    return Raw(_grouped(cases, found), title, why, said, heeds=heeded(found, mapping))


def asked_labels(found: Named[str, Array], mapping: Mapping, count: int) -> Words | None:
    """The labels in the array that label= names; None where it names none. Raises FileError where they do not fit."""
    if mapping.label not in found:
        return None
    labels = roles.labels_from(found[mapping.label])
    if labels is None or len(labels) != count:
        raise FileError(
            f"Array {shown(mapping.label)!r} {found[mapping.label].shape} is no class for {count:,} series."
        )
    return labels


def heeded(found: Named[str, Array], mapping: Mapping) -> tuple[str, ...]:
    """The settings that arrays heed."""
    return ("label",) if mapping.label in found else ()


def _label_at_an_end(x: NDArray[np.floating], mapping: Mapping) -> bool:
    """Whether the first or the last column of series is their class: whole numbers that repeat, beside others."""
    if mapping.layout == "tall" or x.shape[1] < FEWEST_SAMPLES or len(x) < 4 or _like_recording(x, mapping):
        return False
    with np.errstate(invalid="ignore"):  # a NaN of odd bits
        if (x[:, 1:-1] == np.round(x[:, 1:-1])).all():
            return False
        whole = [c for c in (x[:, 0], x[:, -1]) if (c == np.round(c)).all()]
    return any(2 <= np.unique(c).size <= max(2, len(c) // 2) for c in whole)


def _table_of_series(
    x: NDArray[np.floating], mapping: Mapping, title: str, key: str, found: Named[str, Array], names: tuple[str, ...]
) -> Raw:
    """A matrix one of whose columns is the class, as a table without names."""
    layout = "tall" if _like_recording(x, mapping) else "wide"
    if layout == "tall":
        return Raw(_moments(x, names, None, found), title, f"array {key!r} {x.shape} is one recording", layout=layout)
    columns = tuple(Column(f"column {i + 1}", numbers=x[:, i].astype(np.float64)) for i in range(x.shape[1]))
    return Raw(Table(columns, False), title, f"array {key!r} {x.shape} has one series per row", layout=layout)


def _over_time(x: NDArray[np.floating], y: Words | None) -> bool:
    """Whether rows with labels are moments: few columns, labels that stay, values that follow each other."""
    if y is None or x.shape[1] > 64 or len(x) < 8 * x.shape[1] or len(x) < 64:
        return False
    runs = int((y[1:] != y[:-1]).sum()) + 1
    return runs <= len(x) // 10 and like_moments(x[:2000].astype(np.float64), 1.0)


def _labelled_moments(
    found: Named[str, Array], x: NDArray[np.floating], y: Words | None, channels: tuple[str, ...],
    rate: float | None, title: str, key: str,
) -> Raw:  # fmt: skip
    table = _moments(x, channels, rate, found)
    label = Column("label", words=y)
    table = replace(table, columns=(*table.columns, label), named=True)
    why = f"array {key!r} {found[key].shape} is one recording: its labels stay for a while"
    return Raw(table, title, why, label="label", layout="tall")


def _left_out(found: Named[str, Array], key: str, y: Words | None, count: int) -> tuple[str, ...]:
    """Sentences about labels that were not taken; raises FileError where their number does not fit."""
    if y is not None:
        return ()
    others = {k: v for k, v in found.items() if k != key}
    name = next((n for n, array in roles.called(roles.LABELS, others) if array.ndim == 1 and array.size > 1), None)
    if name is None:
        return ()
    size = len(found[name])
    if size == count:
        return (f"Array {shown(name)!r} holds measured values, not classes; it was left out.",)
    if name.lower() in ("class", "classes"):
        return ()
    raise FileError(
        f"Array {shown(name)!r} has {size:,} labels, {shown(key)!r} has {count:,} series. Every series needs one label."
    )


def _labelled(part: Named[str, Array], mapping: Mapping, channels: tuple[str, ...], rate: float | None) -> Cases:
    part = roles.together(part)
    key = roles.key_of(part, Mapping(), False)
    x = roles.numbers(part[key], key)
    y = roles.labels(part, len(x), {key})
    return _grouped(_cases(x, y, mapping, channels, rate, key)[0], part)


def _cases(
    x: NDArray[np.floating],
    y: Words | None,
    mapping: Mapping,
    channels: tuple[str, ...],
    rate: float | None,
    key: str,
) -> tuple[Cases, str]:
    if x.ndim == 2:
        x = x[:, None, :]
        why = f"array {key!r} has one series per row"
    else:
        first = channels_first(x.shape, mapping, len(channels))
        order = "(series, channel, time)" if first else "(series, time, channel)"
        why = f"array {key!r} {x.shape} is {order}"
        x = x if first else x.transpose(0, 2, 1)
    names = channels if len(channels) == x.shape[1] else ()
    return Cases([v[:, :n] for v, n in zip(x, ends(x), strict=True)], y, names, rate), why


def channels_first(shape: tuple[int, ...], mapping: Mapping, names: int) -> bool:
    """Whether (N, a, b) is series, channel, time: as the mapping or the channel names say, else time is the longer."""
    if mapping.axes != "auto":
        return mapping.axes == "NCT"
    if names in shape[1:] and shape[1] != shape[2]:
        return shape[1] == names
    return shape[1] <= shape[2]


def _like_recording(x: NDArray[np.floating], mapping: Mapping) -> bool:
    """Whether a matrix without labels is one recording: few columns under many rows, or few rows of many."""
    if mapping.layout != "auto":
        return mapping.layout == "tall"
    if x.shape[1] > 64 or x.shape[0] <= 8 * x.shape[1]:
        return False
    some = x[:2000].astype(np.float64)
    return bool(x.shape[1] <= 16 or like_moments(some, 2.0) or _switches(some))


def _switches(x: NDArray[np.float64]) -> bool:
    """Whether most columns only switch between two values beside one that goes on smoothly: telemetry and commands."""
    kinds = np.array([np.unique(c).size for c in x.T])
    rest = x[:, kinds > 2]
    if not rest.size or (kinds <= 2).mean() < 0.5:
        return False
    return bool((np.abs(np.diff(rest, axis=0)).mean(0) < 0.3 * rest.std(0) + 1e-300).any())


def _moments(x: NDArray[np.floating], channels: tuple[str, ...], rate: float | None, found: Named[str, Array]) -> Table:
    """A matrix whose rows are moments as a table: its first column may be a clock, its last a label."""
    x = x[:, None] if x.ndim == 1 else x
    fits = len(channels) == x.shape[1]
    names = channels if fits else tuple(f"channel {i + 1}" for i in range(x.shape[1]))
    columns = tuple(Column(n, numbers=x[:, i].astype(np.float64)) for i, n in enumerate(names))
    clock = roles.clock(found, len(x))
    known = fits or (x.shape[1] > 16 and _switches(x[:2000].astype(np.float64)))
    return Table((clock, *columns), True, rate=rate) if clock else Table(columns, known, rate=rate)


def fields(found: Array, title: str) -> Raw:
    """The fields of a structured array as the columns of a table."""
    columns = []
    for name in found.dtype.names or ():
        values = found[name].reshape(-1)
        clock = roles.clock({"time": values}, values.size) if values.dtype.kind == "M" else None
        if clock is not None:
            columns.append(replace(clock, name=name))
        elif values.dtype.kind in "SU":
            columns.append(Column(name, words=roles.labels_from(values)))
        else:
            columns.append(Column(name, numbers=values.astype(np.float64), is_truth=values.dtype.kind == "b"))
    return Raw(Table(tuple(columns), True), title, "every field of the array is a column")


def _grouped(cases: Cases, found: Named[str, Array]) -> Cases:
    groups = roles.groups(found, len(cases.values))
    return cases if groups is None else replace(cases, groups=groups)
