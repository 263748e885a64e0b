"""JSON: arrays called X and y, one object per series, one object per moment, or columns; also one object a line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.arrays import arrays
from kdviz.data.arrays.nested import array, cases_of, columns_of, flat, flattened, rows_of, series_of, with_rate, word
from kdviz.data.cells import normalised_name
from kdviz.data.columns import Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.tables.column_names import LABEL, SUBJECT

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
_COMMENT = re.compile(r"^[ \t]*//.*$|(?<=[,\[\]{}])[ \t]*//[^\"\n]*$", re.M)
_COMMA = re.compile(r",(\s*[\]}])")
_LOG = re.compile(r"\[[^\]\[,{\"]{1,40}\][ \t]*[^\s,\]}]|\[[A-Za-z][\w .-]{0,60}\]\s*(\r?\n|$)")
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}")


class JsonText(Reader):
    """JSON and JSON lines."""

    id = "json"
    title = "JSON"
    extensions = (".json", ".jsonl", ".ndjson")

    def sniff(self, file: File) -> Guess | None:
        """A brace or a bracket that opens an object, a list or a number."""
        start = _without_comments(file.beginning[:4000]).lstrip()[:200]
        if _LOG.match(start):
            return None
        if re.match(r"\{\s*(\"|\}|$)", start) or re.match(r"\[\s*([\[{\"\d\-.\]ntfN]|$)", start):
            return Guess(0.9, "it begins like JSON")
        return None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series, a recording or a table, by what the JSON looks like."""
        value = _parsed(file.text().text)
        file.tick(0.5)
        return _understood(value, mapping)


def _without_comments(text: str) -> str:
    """A text without lines and blocks of comments, and without commas before a closing bracket; JSON has neither."""
    if "//" not in text and "/*" not in text and not _COMMA.search(text[-4000:]):
        return text
    bare = _COMMENT.sub("", re.sub(r"\A(\s*/\*.*?\*/)+", "", text, flags=re.S))
    return _COMMA.sub(r"\1", bare)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as why:
        bare = _without_comments(text)
        if bare != text:
            return _parsed(bare)
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
    if (edge := _edge_impulse(value)) is not None:
        return edge
    if {"columns", "data"} <= set(value) and isinstance(value["data"], list):
        return rows_of([str(c) for c in _list(value["columns"])], value["data"], "columns and rows")
    lists = {k: v for k, v in value.items() if isinstance(v, list)}
    if lists and all(flat(v) for v in lists.values()) and len({len(v) for v in lists.values()}) == 1 and len(lists) > 1:
        return columns_of(lists, "every key is a column")
    inner = {k: v for k, v in value.items() if isinstance(v, dict)}
    if inner and len(inner) == len(value) and _by_row(inner):
        return _of_objects(list(inner.values()), mapping)
    if inner and len(inner) == len(value) and all(flat(list(v.values())) for v in inner.values()):
        return columns_of({k: list(v.values()) for k, v in inner.items()}, "every key is a column")
    found = [(k, v) for k, v in value.items() if isinstance(v, list) and v and all(isinstance(o, dict) for o in v)]
    if len(found) == 1:
        return _of_objects(found[0][1], mapping)
    deeper = [v for v in inner.values() if any(isinstance(w, (list, dict)) for w in v.values())]
    if len(deeper) == 1 and not lists:
        return with_rate(_of_object(deeper[0], mapping), value)
    return _of_arrays(value, mapping)


def _edge_impulse(value: dict[str, Any]) -> Raw | None:
    """The payload of Edge Impulse's acquisition format: rows of values, named sensors, an interval; None for others."""
    inner = value.get("payload", value)
    if not isinstance(inner, dict) or not {"values", "sensors"} <= set(inner):
        return None
    rows, sensors = _list(inner["values"]), _list(inner["sensors"])
    names = [str(s.get("name", f"channel {i + 1}")) if isinstance(s, dict) else str(s) for i, s in enumerate(sensors)]
    rows = [r if isinstance(r, list) else [r] for r in rows]
    found = rows_of(names, rows, "a recording in Edge Impulse's format")
    step = inner.get("interval_ms")
    rate = 1000.0 / step if isinstance(step, (int, float)) and not isinstance(step, bool) and step > 0 else None
    table = replace(found.content, rate=rate) if isinstance(found.content, Table) else found.content
    return replace(found, content=table, layout="tall")


def _by_row(inner: dict[str, dict[str, Any]]) -> bool:
    """Whether the outer keys count the rows and the inner ones name the columns, as pandas' orient="index" writes."""
    names = list(next(iter(inner.values())))
    counted = [str(i) for i in range(len(inner))] == list(inner)
    return counted and bool(names) and not names[0].isdigit() and all(list(v) == names for v in inner.values())


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


def _of_arrays(value: dict[str, Any], mapping: Mapping) -> Raw:
    ragged = _ragged(value)
    if ragged is not None:
        return ragged
    found = {k: a for k, v in value.items() if (a := array(v)) is not None}
    if not found:
        raise FileError(
            f"No series was found under {', '.join(k[:30] for k in list(value)[:6]) or 'nothing'}. Call it X."
        )
    return arrays.named_arrays(found, mapping, "JSON")


def _ragged(value: dict[str, Any]) -> Raw | None:
    """Series of unequal length under X or its like, labels beside."""
    lower = {k.lower(): v for k, v in value.items()}
    name = next((n for n in ("x", *_SERIES) if isinstance(lower.get(n), list)), None)
    if name is None or array(lower[name]) is not None or not lower[name]:
        return None
    series = [series_of(v, i) for i, v in enumerate(lower[name])]
    label = next((lower[n] for n in ("y", *LABEL) if isinstance(lower.get(n), list)), None)
    fits = label is not None and len(label) == len(series)
    return cases_of(
        series, [str(v) for v in label] if fits and label is not None else None, None, "series of unequal length"
    )


def _of_objects(value: list[dict[str, Any]], mapping: Mapping) -> Raw:
    key = next((k for k, v in value[0].items() if k.lower() in _SERIES and isinstance(v, (list, dict))), None)
    key = key or next((k for k, v in value[0].items() if isinstance(v, list)), None)
    if key is None:
        value = [flattened(v) for v in value]
        names = list(dict.fromkeys(k for v in value for k in v))
        limits.check_columns(len(names))
        limits.check_rows(len(value))
        return columns_of({n: [v.get(n) for v in value] for n in names}, "every object is a row")
    several = _several(value)
    series = [series_of({k: v[k] for k in several} if several else v.get(key, []), i) for i, v in enumerate(value)]
    label = (
        mapping.label
        if mapping.label in value[0]
        else next((k for n in LABEL for k in value[0] if normalised_name(k) == n and k != key), None)
    )
    subject = (
        mapping.subject
        if mapping.subject in value[0]
        else next((k for n in SUBJECT for k in value[0] if normalised_name(k) == n and k != key), None)
    )
    return cases_of(
        series,
        [word(v.get(label)) for v in value] if label else None,
        [word(v.get(subject)) for v in value] if subject else None,
        f"every object is a series ({', '.join(several) or key!r})",
        several or (list(value[0][key]) if isinstance(value[0][key], dict) else ()),
    )


def _several(value: list[dict[str, Any]]) -> list[str]:
    """The keys under which every object holds a list of numbers of one length: its channels."""
    lists = [k for k, v in value[0].items() if isinstance(v, list) and v and flat(v)]
    numbers = [k for k in lists if not any(isinstance(w, (str, bool)) for w in value[0][k])]
    alike = all(len({len(v[k]) if isinstance(v.get(k), list) else -1 for k in numbers}) == 1 for v in value)
    return numbers if len(numbers) > 1 and alike else []


def _of_lists(value: list[Any], mapping: Mapping) -> Raw:
    if all(isinstance(v, list) and v and flat(v) for v in value):
        if len({len(v) for v in value}) == 1 and any(isinstance(c, str) for v in value[:50] for c in v):
            header = all(isinstance(c, str) for c in value[0]) and len(value) > 1
            names = [str(c) for c in value[0]] if header else [f"column {i + 1}" for i in range(len(value[0]))]
            return rows_of(names, value[1:] if header else value, "every list is a row", header)
        if len({len(v) for v in value}) > 1:
            return cases_of([series_of(v, i) for i, v in enumerate(value)], None, None, "every list is a series")
    found = array(value)
    if found is None or found.dtype.kind not in "biuf":
        raise FileError("The JSON list does not hold numbers only, so no series can be told in it.")
    return arrays.named_arrays({"x": found}, mapping, "JSON")
