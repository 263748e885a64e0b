"""Plain NumPy arrays from bytes that are not trusted, and what arrays called X, y, X_train ... mean."""

from __future__ import annotations

import re
from collections.abc import Mapping as Named
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, limits
from kdviz.data.columns import part_name
from kdviz.data.join import joined
from kdviz.data.layout import like_moments
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, Column, Raw, Table, Words, shown, words
from kdviz.data.untrusted import Array
from kdviz.data.wide import ends
from kdviz.errors import FileError, UserError

_X = ("x", "data", "series", "signals", "signal", "samples", "values", "inputs", "input", "arr_0", "features", "ts")
_Y = ("y", "label", "labels", "target", "targets", "class", "classes", "arr_1", "arr_0", "output", "outputs", "gt")
_CHANNELS = ("channel_names", "channels", "feature_names", "channel", "sensor_names", "columns", "dims")
_GROUPS = ("groups", "group", "subject", "subjects", "subject_id", "subject_ids", "patient", "user", "users", "sub")
_RATES = ("rate", "fs", "sampling_rate", "sample_rate", "sampling_hz", "freq", "frequency", "srate", "hz")
_CLOCKS = ("time", "times", "timestamp", "timestamps", "t", "ts")
_SENSOR = re.compile(
    r"^(.*[_ ])?(acc\w*|gyr\w*|mag\w*|e[cem]g|eog|eda|gsr|ppg|bvp|hr|temp\w*|ch\w*\d+|lead\w*|[xyz]|[a-z]\w*_[xyz])$",
    re.I,
)
JOINED = "(channels)"
_PARTS = ("train", "validation", "test")
_PART = re.compile(
    r"^(?P<start>train|test)(ing)?[_-]?|(^|[_-])(?P<mid>valid(ation)?|val|va|dev)(?=[_-]|$)"
    r"|([_-]|(?<=^[xy]))(?P<end>train|test|valid(ation)?|val|va|tr|te)(ing)?(?=[_-]|$)",
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
    found = together(found) if not mapping.member else found
    key = _key(found, mapping)
    x = _numbers(found[key], key)
    y = _labels(found, len(x), {key})
    if x.ndim == 2 and _over_time(x, y):
        return _labelled_moments(found, x, y, channels, rate, title, key)
    if y is None and x.ndim > 1 and x.shape[-1] != len(x):
        y = _labels(found, x.shape[-1], {key})
        x = x if y is None else np.moveaxis(x, -1, 0)
    if x.ndim == 2 and y is None and mapping.layout != "wide" and len(x) <= 16 and x.shape[1] > 8 * len(x):
        x = x.T if rate or title == "MATLAB" else x
    if x.ndim == 1 or (x.ndim == 2 and y is None and _like_recording(x, mapping)):
        return Raw(
            _moments(x, channels, rate, found),
            title,
            f"array {key!r} {found[key].shape} is one recording",
            layout="tall",
        )
    cases, why = _cases(x, y, mapping, channels or _texts(found, (JOINED,)), rate, key)
    return Raw(_grouped(cases, found), title, why, _left_out(found, key, y, len(x)))


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
    lower = {k.lower(): k for k in found if k != key}
    name = next((lower[n] for n in _Y if n in lower and found[lower[n]].ndim == 1 and found[lower[n]].size > 1), None)
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


def together(found: Named[str, Array]) -> dict[str, Array]:
    """Arrays of one shape whose names say sensors (acc, gyro) as the channels of one; others as they are."""
    free = {k: v for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim in (2, 3) and k.lower() not in _Y}
    if len(free) < 2 or any(k.lower() in _X for k in free) or len({v.shape for v in free.values()}) > 1:
        return dict(found)
    if not all(_SENSOR.search(k) for k in free):
        return dict(found)
    limits.check_values(sum(v.size for v in free.values()))
    blocks = [v[:, None, :] if v.ndim == 2 else v if v.shape[1] <= v.shape[2] else v.transpose(0, 2, 1)
              for v in free.values()]  # fmt: skip
    names = [k if b.shape[1] == 1 else f"{k} {i + 1}" for k, b in zip(free, blocks, strict=True)
             for i in range(b.shape[1])]  # fmt: skip
    rest = {k: v for k, v in found.items() if k not in free}
    return {"x": np.concatenate(blocks, axis=1), JOINED: np.array(names), **rest}


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
    part = together(part)
    key = _key(part, Mapping(), False)
    x = _numbers(part[key], key)
    y = _labels(part, len(x), {key})
    return _grouped(_cases(x, y, mapping, channels, rate, key)[0], part)


def _key(found: Named[str, Array], mapping: Mapping, whole: bool = True) -> str:
    if mapping.member:
        if mapping.member not in found:
            raise UserError(f"There is no array {mapping.member[:40]!r}. There are: {_listed(found)}.")
        return mapping.member
    lower = {k.lower(): k for k in found}
    for fewest in (2, 1):
        for name in _X:
            array = found[lower[name]] if name in lower else None
            if array is not None and array.ndim >= fewest and (name == "x" or array.dtype.kind in "biuf"):
                return lower[name]
        if any(v.dtype.kind in "biuf" and v.ndim >= fewest and v.size > 1
               and (k.lower() not in _Y or k.startswith("arr_"))
               for k, v in found.items()):  # fmt: skip
            break
    big = [k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim >= 2 and v.size > 1] or [
        k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim == 1
    ]
    if not big:
        raise FileError(f"No array of numbers with series in it was found. There are: {_listed(found)}. Call it X.")
    if whole and _one_of_many(found, big):
        raise UserError(f"There are several sets of series here: {_listed(found)}. Choose one with member=NAME.")
    return max(big, key=lambda k: (found[k].ndim >= 2, found[k].size))


def _one_of_many(found: Named[str, Array], big: Sequence[str]) -> bool:
    """Whether nothing tells which of several arrays of series is meant, as {"walk": ..., "run": ...}."""
    series = [k for k in big if found[k].ndim >= 2 and len(found[k]) > 1 and k.lower() not in _Y]
    labels = any(k.lower() in _Y for k in found)
    return len(series) > 1 and not labels and len({found[k].shape[1:] for k in series}) == 1


def _listed(found: Named[str, Array]) -> str:
    return ", ".join(f"{shown(k)} {v.shape}" for k, v in list(found.items())[:8])


def _numbers(array: Array, name: str) -> NDArray[np.floating]:
    if array.dtype.kind not in "biuf":
        raise FileError(f"Array {shown(name)!r} holds text or dates; the series must be numbers.")
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
    if array.dtype.kind == "b":
        return words(list(array))
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
    if x.shape[1] > 64 or x.shape[0] <= 8 * x.shape[1]:
        return False
    return bool(x.shape[1] <= 16 or like_moments(x[:2000].astype(np.float64), 2.0))


def _moments(x: NDArray[np.floating], channels: tuple[str, ...], rate: float | None, found: Named[str, Array]) -> Table:
    """A matrix whose rows are moments as a table: its first column may be a clock, its last a label."""
    x = x[:, None] if x.ndim == 1 else x
    fits = len(channels) == x.shape[1]
    names = channels if fits else tuple(f"channel {i + 1}" for i in range(x.shape[1]))
    columns = tuple(Column(n, numbers=x[:, i].astype(np.float64)) for i, n in enumerate(names))
    clock = _clock(found, len(x))
    return Table((clock, *columns), True, rate=rate) if clock else Table(columns, fits, rate=rate)


def _clock(found: Named[str, Array], count: int) -> Column | None:
    """The array that says when each moment was."""
    lower = {k.lower(): k for k in found}
    for name in _CLOCKS:
        if name in lower and found[lower[name]].shape == (count,):
            array = found[lower[name]]
            if array.dtype.kind == "M":
                seconds = array.astype("datetime64[us]").astype(np.int64) / 1e6
                return Column(lower[name], numbers=np.where(np.isnat(array), np.nan, seconds), is_clock=True)
            if array.dtype.kind in "iuf":
                return Column(lower[name], numbers=array.astype(np.float64))
    return None


def fields(found: Array, title: str) -> Raw:
    """The fields of a structured array as the columns of a table."""
    columns = []
    for name in found.dtype.names or ():
        values = found[name].reshape(-1)
        clock = _clock({"time": values}, values.size) if values.dtype.kind == "M" else None
        if clock is not None:
            columns.append(replace(clock, name=name))
        elif values.dtype.kind in "SU":
            columns.append(Column(name, words=labels_from(values)))
        else:
            columns.append(Column(name, numbers=values.astype(np.float64), is_truth=values.dtype.kind == "b"))
    return Raw(Table(tuple(columns), True), title, "every field of the array is a column")


def _grouped(cases: Cases, found: Named[str, Array]) -> Cases:
    lower = {k.lower(): k for k in found}
    for name in _GROUPS:
        if name in lower and found[lower[name]].shape == (len(cases.values),):
            groups = labels_from(found[lower[name]])
            return Cases(cases.values, cases.labels, cases.channels, cases.rate, groups, cases.parts)
    return cases
