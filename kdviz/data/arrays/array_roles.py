"""Which of several arrays is what: series, labels, channel names, clock, subjects, part; by their names and shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells, limits
from kdviz.data.arrays.array_bytes import Array
from kdviz.data.cells import Words, part_name, words
from kdviz.data.columns import Column
from kdviz.data.mapping import Mapping
from kdviz.data.raw import shown


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_X = ("x", "data", "series", "signals", "signal", "samples", "values", "inputs", "input", "arr_0", "features", "ts")
LABELS = ("y", "label", "labels", "target", "targets", "class", "classes", "arr_1", "arr_0", "output", "outputs", "gt")
CLASSES = ("class_names", "label_names", "target_names", "class_labels", "activity_names", "labels_names", "classes")
CHANNELS: tuple[str, ...] = ("channel_names", "channels", "feature_names", "channel", "sensor_names", "columns", "dims")
CHANNELS += ("channel_labels", "signal_names", "sensors", "variables", "variable_names")
_GROUPS = _names(
    "groups group subject subjects subject_id subject_ids patient user users sub participant participants "
    "participant_id participant_ids person persons person_id patients patient_id patient_ids user_id user_ids "
    "volunteer recording recordings"
)
RATES = _names(
    "rate fs sampling_rate sample_rate sampling_hz freq frequency srate hz samplerate samplingrate samplingfrequency "
    "sampling_frequency sample_frequency sfreq sr"
)
_CLOCKS = ("time", "times", "timestamp", "timestamps", "t", "ts")
_SENSOR = re.compile(
    r"^(.*[_ ])?(acc\w*|gyr\w*|mag\w*|e[cem]g|eog|eda|gsr|ppg|bvp|hr|temp\w*|ch\w*\d+|lead\w*|[xyz]|[a-z]\w*_[xyz])$",
    re.I,
)
JOINED, FEWEST_ROWS = "(channels)", 16
_NO_CLASS = re.compile(
    r"fold|split|subject|person|session|group|user|index|(^|_)(ids?|idx|len|lengths?|size|count)$", re.I
)
_KNOWN = frozenset((*_GROUPS, *RATES, *_CLOCKS, *CHANNELS, *CLASSES, *LABELS, JOINED))
PARTS = ("train", "validation", "test")
_PART = re.compile(
    r"^(?P<start>train|test)(ing)?[_-]?|(^|[_-])(?P<mid>valid(ation)?|val|va|dev)(?=[_-]|$)"
    r"|([_-]|(?<=^[xy]))(?P<end>train|test|valid(ation)?|val|va|tr|te)(ing)?(?=[_-]|$)",
    re.I,
)


def key_of(found: Named[str, Array], mapping: Mapping, whole: bool = True) -> str:
    """The array of series: as it was asked for, by its name, else the largest; raises FileError or UserError."""
    if mapping.member:
        if mapping.member not in found:
            raise UserError(f"There is no array {mapping.member[:40]!r}. There are: {listed(found)}.")
        return mapping.member
    lower = {k.lower(): k for k in found}
    for fewest in (2, 1):
        for name in _X:
            array = found[lower[name]] if name in lower else None
            if array is not None and array.ndim >= fewest and (name == "x" or array.dtype.kind in "biuf"):
                return lower[name]
        if any(v.dtype.kind in "biuf" and v.ndim >= fewest and v.size > 1
               and (k.lower() not in LABELS or k.startswith("arr_"))
               for k, v in found.items()):  # fmt: skip
            break
    big = [k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim >= 2 and v.size > 1] or [
        k for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim == 1
    ]
    if not big:
        raise FileError(f"No array of numbers with series in it was found. There are: {listed(found)}. Call it X.")
    if whole and _one_of_many(found, big):
        raise UserError(f"There are several sets of series here: {listed(found)}. Choose one with member=NAME.")
    return max(big, key=lambda k: (found[k].ndim >= 2, found[k].size))


def _one_of_many(found: Named[str, Array], big: Sequence[str]) -> bool:
    """Whether nothing tells which of several arrays of series is meant, as {"walk": ..., "run": ...}."""
    series = [k for k in big if found[k].ndim >= 2 and len(found[k]) > 1 and k.lower() not in LABELS]
    labels = any(k.lower() in LABELS for k in found)
    return len(series) > 1 and not labels and len({found[k].shape[1:] for k in series}) == 1


def listed(found: Named[str, Array]) -> str:
    """The arrays there are, with their shapes, for a sentence."""
    return ", ".join(f"{shown(k)} {v.shape}" for k, v in list(found.items())[:8])


def numbers(array: Array, name: str) -> NDArray[np.floating]:
    """An array as numbers of at most three dimensions; raises FileError."""
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


def called(names: Sequence[str], found: Named[str, Array]) -> Iterator[tuple[str, Array]]:
    """The arrays that have one of these names, in small or capital letters, by the order of the names."""
    lower = {k.lower(): k for k in found}
    return ((lower[name], found[lower[name]]) for name in names if name in lower)


def labels(found: Named[str, Array], count: int, besides: set[str]) -> Words | None:
    """The labels of so many series, from the first array that is called so and fits."""
    for _, array in called(LABELS, {k: v for k, v in found.items() if k not in besides}):
        if array.ndim and len(array) == count:
            return named(labels_from(array), texts(found, CLASSES))
    return None


def named(given: Words | None, names: Sequence[str]) -> Words | None:
    """Labels that are numbers by the names of their classes: counted from 0 where all have a name so, or from 1."""
    if given is None or not names or not all(str(w).isdecimal() for w in given if w != ""):
        return given
    used = sorted({int(w) for w in given if w != ""})
    for base in (0, 1):
        said = [names[n - base].strip() for n in used if 0 <= n - base < len(names)]
        if len(said) == len(used) and all(said) and len(set(said)) == len(said):
            name = dict(zip(used, said, strict=True))
            return words([name[int(w)] if w != "" else "" for w in given])
    return given


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


def texts(found: Named[str, Array], names: Sequence[str]) -> tuple[str, ...]:
    """The texts of the first array with one of these names."""
    for _, array in called(names, found):
        if array.dtype.kind in "SU" and array.ndim == 1:
            return tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in array)
    return ()


def first_number(found: Named[str, Array], names: Sequence[str]) -> float | None:
    """The single positive number of the first array with one of these names."""
    for _, array in called(names, found):
        if array.size == 1 and array.dtype.kind in "iuf":
            value = float(array.reshape(-1)[0])
            return value if 0 < value < 1e9 else None
    return None


def clock(found: Named[str, Array], count: int) -> Column | None:
    """The array that says when each moment was."""
    for name, array in called(_CLOCKS, found):
        if array.shape == (count,) and array.dtype.kind == "M":
            seconds = array.astype("datetime64[us]").astype(np.int64) / 1e6
            return Column(name, numbers=np.where(np.isnat(array), np.nan, seconds), is_clock=True)
        if array.shape == (count,) and array.dtype.kind in "iuf":
            return Column(name, numbers=array.astype(np.float64))
    return None


def groups(found: Named[str, Array], count: int) -> Words | None:
    """The subjects of so many series, where an array is called so."""
    fit = (array for _, array in called(_GROUPS, found) if array.shape in ((count,), (count, 1)))
    return next((labels_from(array) for array in fit), None)


def together(found: Named[str, Array]) -> dict[str, Array]:
    """Arrays of one shape whose names say sensors (acc, gyro) as the channels of one; others as they are."""
    free = {k: v for k, v in found.items() if v.dtype.kind in "biuf" and v.ndim in (2, 3) and k.lower() not in LABELS}
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


def side_by_side(found: Named[str, Array]) -> dict[str, Array]:
    """Measured values in arrays of their own, as long as the longest, as the channels of one; others as they are."""
    if any(v.ndim > 1 and min(v.shape) > 1 and v.dtype.kind in "biuf" for v in found.values()):
        return dict(found)
    flat = {k: v.reshape(-1) for k, v in found.items() if v.dtype.kind in "iuf" and v.size >= FEWEST_ROWS}
    longest = max((v.size for v in flat.values()), default=0)
    aside = {next((k for k, v in called(_CLOCKS, found) if v.size == longest), "")}
    aside |= {k for k, v in flat.items() if k.lower() in LABELS and labels_from(v) is not None}
    free = {k: v for k, v in flat.items() if v.size == longest and k not in aside}
    if len(free) < 2:
        return dict(found)
    rest = {k: v for k, v in found.items() if k not in free}
    return {"x": np.stack(list(free.values()), axis=1).astype(np.float64), JOINED: np.array(list(free)), **rest}


def class_by_content(found: Named[str, Array], count: int, besides: str) -> str:
    """The one array of unknown name that could be the class of so many series: words or few whole numbers; else ""."""
    fit = []
    for name, array in found.items():
        odd = name == besides or name.lower() in _KNOWN or _NO_CLASS.search(name)
        if odd or array.shape not in ((count,), (count, 1)) or (given := labels_from(array)) is None:
            continue
        if 2 <= len(set(given.tolist())) <= count // 2:
            fit.append(name)
    return fit[0] if len(fit) == 1 else ""


def not_used(found: Named[str, Array], used: set[str]) -> tuple[str, ...]:
    """A sentence about the arrays that nothing was made of; none where there are none."""
    left = [f"{shown(k)} {v.shape}" for k, v in found.items() if k not in used and k.lower() not in _KNOWN and v.size]
    there = ", ".join(left[:6]) + (" ..." if len(left) > 6 else "")
    said = f"Nothing was made of array {there}; member=NAME reads it, label=NAME takes it as the class."
    return (said,) if left else ()


def by_part(found: Named[str, Array]) -> dict[str, dict[str, Array]]:
    """Arrays by part and what they are, where names say train, validation or test."""
    out: dict[str, dict[str, Array]] = {}
    for name, array in found.items():
        match = _PART.search(name)
        if match:
            word = (match["start"] or match["mid"] or match["end"]).lower()
            part = part_name(word)
            rest = _PART.sub("", name).strip("_- /").lower() or "x"
            out.setdefault(part, {})[rest] = array
    return out if "train" in out and all(any(a.ndim >= 2 for a in v.values()) for v in out.values()) else {}


def part_names(parts: Named[str, Named[str, Array]]) -> list[str]:
    """The first arrays of parts, for a sentence."""
    return [f"{k} ({p})" for p, arrays in parts.items() for k in arrays][:6]
