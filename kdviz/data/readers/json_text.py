"""JSON: arrays called X and y, one object per series, one object per moment, or columns; also one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from kdviz.data import arrays, cells, limits
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, Column, File, Numbers, Raw, Table, words
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.roles import LABEL, SUBJECT, plain
from kdviz.errors import FileError

_SERIES = (
    "values",
    "series",
    "data",
    "x",
    "signal",
    "signals",
    "samples",
    "ts",
    "timeseries",
    "time_series",
    "channels",
)
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}")


class JsonText(Reader):
    """JSON and JSON lines."""

    id = "json"
    title = "JSON"
    extensions = (".json", ".jsonl", ".ndjson")

    def sniff(self, file: File) -> Guess | None:
        """A brace or a bracket that opens an object, a list or a number."""
        start = file.beginning.lstrip()[:200]
        if re.match(r"\{\s*(\"|\}|$)", start) or re.match(r"\[\s*([\[{\"\d\-.\]ntfN]|$)", start):
            return Guess(0.9, "it begins like JSON")
        return None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series, a recording or a table, by what the JSON looks like."""
        value = _parsed(file.text.text)
        file.tick(0.5)
        return _understood(value, mapping)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as why:
        if "Extra data" in why.msg:
            return _lines(text, why)
        raise FileError(
            f"The JSON breaks at line {why.lineno}, column {why.colno}: {why.msg}. It may have been cut off.",
            why.lineno,
            why.colno,
        ) from None
    except RecursionError:
        raise FileError(
            "The JSON is nested too deeply to be data. Series, channel and time are three levels."
        ) from None
    except ValueError as why:
        raise FileError(f"The JSON holds a number that cannot be read ({str(why)[:60]}).") from None


def _lines(text: str, first: json.JSONDecodeError) -> list[Any]:
    out = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            out.append(json.loads(line))
        except (ValueError, RecursionError):
            raise FileError(
                f"The JSON breaks at line {first.lineno}, column {first.colno}, and as lines at line {number}.",
                number,
            ) from None
    return out


def _understood(value: Any, mapping: Mapping) -> Raw:
    if isinstance(value, dict):
        return _of_object(value, mapping)
    if not isinstance(value, list) or not value:
        raise FileError(_nothing(value))
    if all(isinstance(v, dict) for v in value):
        return _of_objects(value, mapping)
    return _of_lists(value, mapping)


def _nothing(value: Any) -> str:
    return f"The JSON holds {'nothing' if not value else type(value).__name__}; series of numbers are read."


def _of_object(value: dict[str, Any], mapping: Mapping) -> Raw:
    _no_side_file(value)
    if {"columns", "data"} <= set(value) and isinstance(value["data"], list):
        return _rows([str(c) for c in _list(value["columns"])], value["data"], "columns and rows")
    lists = {k: v for k, v in value.items() if isinstance(v, list)}
    if (
        lists
        and all(_flat(v) for v in lists.values())
        and len({len(v) for v in lists.values()}) == 1
        and len(lists) > 1
    ):
        return _columns(lists, "every key is a column")
    inner = {k: v for k, v in value.items() if isinstance(v, dict)}
    if inner and len(inner) == len(value) and all(_flat(list(v.values())) for v in inner.values()):
        return _columns({k: list(v.values()) for k, v in inner.items()}, "every key is a column")
    found = [(k, v) for k, v in value.items() if isinstance(v, list) and v and all(isinstance(o, dict) for o in v)]
    if len(found) == 1:
        return _of_objects(found[0][1], mapping)
    return _of_arrays(value, mapping)


def _no_side_file(value: dict[str, Any]) -> None:
    """Intervals of time belong to a recording; alone they are no series."""
    spans = [v for v in value.values() if isinstance(v, list)]
    pairs = [p for v in spans for p in v if isinstance(p, list) and len(p) == 2]
    stamped = [p for p in pairs if all(isinstance(s, str) and _TIMES.match(s) for s in p)]
    if stamped and len(stamped) == sum(map(len, spans)):
        raise FileError(
            f"This is a side file: {len(stamped)} intervals of time, and no series. "
            "Open the recording that it belongs to."
        )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _flat(value: list[Any]) -> bool:
    return all(not isinstance(v, (list, dict)) for v in value)


def _of_arrays(value: dict[str, Any], mapping: Mapping) -> Raw:
    ragged = _ragged(value)
    if ragged is not None:
        return ragged
    found = {k: a for k, v in value.items() if (a := _array(v)) is not None}
    if not found:
        raise FileError(
            f"No series was found under {', '.join(k[:30] for k in list(value)[:6]) or 'nothing'}. Call it X."
        )
    return arrays.named(found, mapping, "JSON")


def _array(value: Any) -> np.ndarray[Any, np.dtype[Any]] | None:
    """Numbers or text of one shape, None for anything else."""
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return None
    try:
        found = np.array(_without_nulls(value))
    except (ValueError, OverflowError, RecursionError):
        return None
    return found if found.dtype.kind in "biufU" and found.size else None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(v) for v in value]
    return float("nan") if value is None else value


def _ragged(value: dict[str, Any]) -> Raw | None:
    """Series of unequal length under X or its like, labels beside."""
    lower = {k.lower(): v for k, v in value.items()}
    name = next((n for n in ("x", *_SERIES) if isinstance(lower.get(n), list)), None)
    if name is None or _array(lower[name]) is not None or not lower[name]:
        return None
    series = [_series(v, i) for i, v in enumerate(lower[name])]
    label = next((lower[n] for n in ("y", *LABEL) if isinstance(lower.get(n), list)), None)
    fits = label is not None and len(label) == len(series)
    return _cases(
        series, [str(v) for v in label] if fits and label is not None else None, None, "series of unequal length"
    )


def _of_objects(value: list[dict[str, Any]], mapping: Mapping) -> Raw:
    del mapping
    key = next((k for k, v in value[0].items() if k.lower() in _SERIES and isinstance(v, (list, dict))), None)
    key = key or next((k for k, v in value[0].items() if isinstance(v, list)), None)
    if key is None:
        value = [_flattened(v) for v in value]
        names = list(dict.fromkeys(k for v in value for k in v))
        limits.check_columns(len(names))
        limits.check_rows(len(value))
        return _columns({n: [v.get(n) for v in value] for n in names}, "every object is a row")
    series = [_series(v.get(key, []), i) for i, v in enumerate(value)]
    label = next((k for n in LABEL for k in value[0] if plain(k) == n and k != key), None)
    subject = next((k for n in SUBJECT for k in value[0] if plain(k) == n and k != key), None)
    return _cases(
        series,
        [_word(v.get(label)) for v in value] if label else None,
        [_word(v.get(subject)) for v in value] if subject else None,
        f"every object is a series ({key!r})",
        list(value[0][key]) if isinstance(value[0][key], dict) else (),
    )


def _flattened(value: dict[str, Any]) -> dict[str, Any]:
    """{"value": {"bpm": 70}} as {"value.bpm": 70}."""
    inner = {f"{k}.{i}": w for k, v in value.items() if isinstance(v, dict) for i, w in v.items()}
    return {k: v for k, v in value.items() if not isinstance(v, dict)} | inner


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _series(value: Any, place: int) -> Numbers:
    """(C, T) from numbers, channels of numbers, moments of numbers, or channels by name."""
    if isinstance(value, dict):
        value = list(value.values())
    found = _array(value)
    if found is None and isinstance(value, list) and value and all(isinstance(v, list) for v in value):
        rows = [_array(v) for v in value]
        if all(r is not None and r.ndim == 1 for r in rows):
            size = max(r.size for r in rows if r is not None)
            limits.check_values(size * len(rows))
            found = np.full((len(rows), size), np.nan)
            for i, r in enumerate(rows):
                found[i, : r.size if r is not None else 0] = r
    if found is None or found.dtype.kind not in "biuf" or found.ndim > 2:
        raise FileError(f"Series {place + 1} is not a list of numbers. Every series must be one (or one per channel).")
    out = np.atleast_2d(found).astype(np.float64)
    return out.T if out.shape[0] > out.shape[1] and out.shape[0] > 16 else out


def _cases(
    series: list[Numbers], labels: list[str] | None, groups: list[str] | None, why: str, names: Sequence[str] = ()
) -> Raw:
    limits.check_values(sum(s.size for s in series))
    if len({s.shape[0] for s in series}) != 1:
        odd = next(i for i, s in enumerate(series) if s.shape[0] != series[0].shape[0])
        raise FileError(f"Series {odd + 1} has {series[odd].shape[0]} channels, series 1 has {series[0].shape[0]}.")
    said = cells.labels(labels) if labels is not None else None
    grouped = words(groups) if groups is not None else None
    return Raw(Cases(series, said, tuple(map(str, names)), None, grouped), "JSON", why)


def _of_lists(value: list[Any], mapping: Mapping) -> Raw:
    if all(isinstance(v, list) and v and _flat(v) for v in value):
        if len({len(v) for v in value}) == 1 and any(isinstance(c, str) for v in value[:50] for c in v):
            header = all(isinstance(c, str) for c in value[0]) and len(value) > 1
            names = [str(c) for c in value[0]] if header else [f"column {i + 1}" for i in range(len(value[0]))]
            return _rows(names, value[1:] if header else value, "every list is a row", header)
        if len({len(v) for v in value}) > 1:
            return _cases([_series(v, i) for i, v in enumerate(value)], None, None, "every list is a series")
    found = _array(value)
    if found is None or found.dtype.kind not in "biuf":
        raise FileError("The JSON list does not hold numbers only, so no series can be told in it.")
    return arrays.named({"x": found}, mapping, "JSON")


def _rows(names: list[str], rows: list[Any], why: str, named: bool = True) -> Raw:
    if not rows or not all(isinstance(r, list) and len(r) == len(names) for r in rows):
        raise FileError("The rows of this JSON table differ in length, or there are none.")
    return _columns({n: [r[i] for r in rows] for i, n in enumerate(names)}, why, named)


def _columns(found: dict[str, list[Any]], why: str, named: bool = True) -> Raw:
    if len({len(v) for v in found.values()}) != 1:
        raise FileError("The columns of this JSON differ in length.")
    limits.check_columns(len(found))
    limits.check_values(sum(map(len, found.values())))
    return Raw(Table(tuple(_column(n, v) for n, v in found.items()), named), "JSON", why)


def _column(name: str, values: list[Any]) -> Column:
    try:
        if not any(isinstance(v, str) for v in values):
            return Column(name, numbers=np.array([np.nan if v is None else float(v) for v in values], np.float64))
        return Column(name, words=words([_word(v) for v in values]))
    except (TypeError, ValueError, OverflowError):
        raise FileError(f"{name[:40]!r} does not hold plain numbers or words only.") from None
