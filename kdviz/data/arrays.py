"""Plain NumPy arrays from bytes that are not trusted, and what arrays called X, y, X_train ... mean."""

from __future__ import annotations

import re
from collections.abc import Mapping as Named
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, limits
from kdviz.data.columns import part_name
from kdviz.data.join import joined
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, Column, Raw, Table, Words, shown, words
from kdviz.data.untrusted import Array
from kdviz.data.wide import ends
from kdviz.errors import FileError, UserError

_X = ("x", "data", "series", "signals", "signal", "samples", "values", "inputs", "input", "arr_0", "features", "ts")
_Y = ("y", "label", "labels", "target", "targets", "class", "classes", "arr_1", "output", "outputs", "gt")
_CHANNELS = ("channel_names", "channels", "feature_names", "channel", "sensor_names", "columns", "dims")
_GROUPS = ("groups", "group", "subject", "subjects", "subject_id", "subject_ids", "patient", "user", "users", "sub")
_RATES = ("rate", "fs", "sampling_rate", "sample_rate", "sampling_hz", "freq", "frequency", "srate", "hz")
_PARTS = ("train", "validation", "test")
_PART = re.compile(
    r"^(?P<start>train|test)(ing)?[_-]?|(^|[_-])(?P<mid>valid(ation)?|val|dev)(?=[_-]|$)"
    r"|([_-]|(?<=^[xy]))(?P<end>train|test|valid(ation)?|val|tr|te)(ing)?(?=[_-]|$)",
    re.I,
)


def named(found: Named[str, Array], mapping: Mapping, title: str) -> Raw:
    """Series or a recording from arrays by name; raises FileError naming those there are."""
    if not found:
        raise FileError("There are no arrays in this file.")
    rate = _first_number(found, _RATES)
    channels = _texts(found, _CHANNELS)
    by_part = _by_part(found)
    if by_part:
        parts = [(p, _labelled(by_part[p], mapping, channels, rate)) for p in _PARTS if p in by_part]
        return Raw(joined(parts), title, "arrays are called " + ", ".join(_names(by_part)))
    key = _key(found, mapping)
    x = _numbers(found[key], key)
    y = _labels(found, len(x), {key})
    if y is None and x.ndim > 1 and x.shape[-1] != len(x):
        y = _labels(found, x.shape[-1], {key})
        x = x if y is None else np.moveaxis(x, -1, 0)
    if x.ndim == 2 and y is None and mapping.layout != "wide" and len(x) <= 16 and x.shape[1] > 8 * len(x):
        x = x.T if rate or title == "MATLAB" else x
    if x.ndim == 1 or (x.ndim == 2 and y is None and _like_recording(x, mapping)):
        return Raw(
            _moments(x, channels, rate), title, f"array {key!r} {found[key].shape} is one recording", layout="tall"
        )
    cases, why = _cases(x, y, mapping, channels, rate, key)
    return Raw(_grouped(cases, found), title, why)


def _names(by_part: Named[str, Named[str, Array]]) -> list[str]:
    return [f"{k} ({p})" for p, arrays in by_part.items() for k in arrays][:6]


def _by_part(found: Named[str, Array]) -> dict[str, dict[str, Array]]:
    out: dict[str, dict[str, Array]] = {}
    for name, array in found.items():
        match = _PART.search(name)
        if match:
            word = (match["start"] or match["mid"] or match["end"]).lower()
            part = part_name(word)
            rest = _PART.sub("", name).strip("_- ").lower() or "x"
            out.setdefault(part, {})[rest] = array
    return out if "train" in out and all(any(a.ndim >= 2 for a in v.values()) for v in out.values()) else {}


def _labelled(part: Named[str, Array], mapping: Mapping, channels: tuple[str, ...], rate: float | None) -> Cases:
    key = _key(part, Mapping())
    x = _numbers(part[key], key)
    y = _labels(part, len(x), {key})
    return _grouped(_cases(x, y, mapping, channels, rate, key)[0], part)


def _key(found: Named[str, Array], mapping: Mapping) -> str:
    if mapping.member:
        if mapping.member not in found:
            raise UserError(f"There is no array {mapping.member[:40]!r}. There are: {_listed(found)}.")
        return mapping.member
    lower = {k.lower(): k for k in found}
    for name in _X:
        if name in lower and found[lower[name]].ndim >= 1 and (name == "x" or found[lower[name]].dtype.kind in "biuf"):
            return lower[name]
    big = [k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim >= 2] or [
        k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim == 1
    ]
    if not big:
        raise FileError(f"No array of numbers with series in it was found. There are: {_listed(found)}. Call it X.")
    return max(big, key=lambda k: (found[k].ndim >= 2, found[k].size))


def _listed(found: Named[str, Array]) -> str:
    return ", ".join(f"{shown(k)} {v.shape}" for k, v in list(found.items())[:8])


def _numbers(array: Array, name: str) -> NDArray[np.floating]:
    if array.dtype.kind not in "biuf":
        raise FileError(f"Array {shown(name)!r} is text; the series must be numbers.")
    if array.ndim == 0 or not array.size:
        raise FileError(f"Array {shown(name)!r} is empty.")
    while array.ndim > 3 and 1 in array.shape[1:]:
        array = array.squeeze(axis=1 + array.shape[1:].index(1))
    if array.ndim > 3:
        raise FileError(f"Array {shown(name)!r} has {array.ndim} dimensions; series, channel and time are three.")
    limits.check_values(array.size)
    return array if array.dtype.kind == "f" and array.dtype.itemsize in (4, 8) else array.astype(np.float64)


def _labels(found: Named[str, Array], count: int, besides: set[str]) -> Words | None:
    lower = {k.lower(): k for k in found if k not in besides}
    for name in _Y:
        if name in lower:
            array = found[lower[name]]
            if array.ndim and len(array) == count:
                return labels_from(array)
    return None


def labels_from(array: Array) -> Words | None:
    """Labels from numbers, text, a column, or one-hot rows; None where they are measurements."""
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2:
        one_hot = array.dtype.kind in "biuf" and bool(((array == 0) | (array == 1)).all() and (array.sum(1) == 1).all())
        return words(list(np.argmax(array, axis=1))) if one_hot else None
    if array.ndim != 1:
        return None
    if array.dtype.kind == "S":
        return cells.labels([b.decode("utf-8", "replace") for b in array])
    if array.dtype.kind == "U":
        return cells.labels([str(v) for v in array])
    values = array.astype(np.float64)
    if array.dtype.kind == "f" and not (values[np.isfinite(values)] == np.round(values[np.isfinite(values)])).all():
        return None
    return cells.labels_from_numbers(values)


def _texts(found: Named[str, Array], names: Sequence[str]) -> tuple[str, ...]:
    lower = {k.lower(): k for k in found}
    for name in names:
        if name in lower and found[lower[name]].dtype.kind in "SU" and found[lower[name]].ndim == 1:
            return tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in found[lower[name]])
    return ()


def _first_number(found: Named[str, Array], names: Sequence[str]) -> float | None:
    lower = {k.lower(): k for k in found}
    for name in names:
        if name in lower and found[lower[name]].size == 1 and found[lower[name]].dtype.kind in "iuf":
            value = float(found[lower[name]].reshape(-1)[0])
            return value if 0 < value < 1e9 else None
    return None


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
    return bool(x.shape[1] <= 16 and x.shape[0] > 8 * x.shape[1])


def _moments(x: NDArray[np.floating], channels: tuple[str, ...], rate: float | None) -> Table:
    """A matrix whose rows are moments as a table: its first column may be a clock, its last a label."""
    x = x[:, None] if x.ndim == 1 else x
    fits = len(channels) == x.shape[1]
    names = channels if fits else tuple(f"channel {i + 1}" for i in range(x.shape[1]))
    columns = tuple(Column(n, numbers=x[:, i].astype(np.float64)) for i, n in enumerate(names))
    return Table(columns, fits, rate=rate)


def _grouped(cases: Cases, found: Named[str, Array]) -> Cases:
    lower = {k.lower(): k for k in found}
    for name in _GROUPS:
        if name in lower and found[lower[name]].shape == (len(cases.values),):
            groups = labels_from(found[lower[name]])
            return Cases(cases.values, cases.labels, cases.channels, cases.rate, groups, cases.parts)
    return cases
