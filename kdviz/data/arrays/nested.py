"""Series, columns and arrays from nested lists and names, as JSON has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data.arrays.array_roles import RATES
from kdviz.data.cells import Numbers, words
from kdviz.data.columns import Column, Table
from kdviz.data.raw import Cases, Raw


def flat(value: list[Any]) -> bool:
    """Whether a list holds neither lists nor objects."""
    return all(not isinstance(v, (list, dict)) for v in value)


def array(value: Any) -> np.ndarray[Any, np.dtype[Any]] | None:
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


def flattened(value: dict[str, Any]) -> dict[str, Any]:
    """{"value": {"bpm": 70}} as {"value.bpm": 70}."""
    inner = {f"{k}.{i}": w for k, v in value.items() if isinstance(v, dict) for i, w in v.items()}
    return {k: v for k, v in value.items() if not isinstance(v, dict)} | inner


def word(value: Any) -> str:
    """A label as text, "" for none."""
    return "" if value is None else str(value)


def series_of(value: Any, place: int) -> Numbers:
    """(C, T) from numbers, channels of numbers, moments of numbers, or channels by name."""
    if isinstance(value, dict):
        value = list(value.values())
    found = array(value)
    if found is None and isinstance(value, list) and value and all(isinstance(v, list) for v in value):
        rows = [array(v) for v in value]
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


def cases_of(
    series: list[Numbers], labels: list[str] | None, groups: list[str] | None, why: str, names: Sequence[str] = ()
) -> Raw:
    """Series as JSON holds them, with labels and subjects; raises FileError where channels differ."""
    limits.check_values(sum(s.size for s in series))
    if len({s.shape[0] for s in series}) != 1:
        odd = next(i for i, s in enumerate(series) if s.shape[0] != series[0].shape[0])
        raise FileError(f"Series {odd + 1} has {series[odd].shape[0]} channels, series 1 has {series[0].shape[0]}.")
    said = cells.labels(labels) if labels is not None else None
    grouped = words(groups) if groups is not None else None
    return Raw(Cases(series, said, tuple(map(str, names)), None, grouped), "JSON", why)


def rows_of(names: list[str], rows: list[Any], why: str, named: bool = True) -> Raw:
    """A table from a list of rows; raises FileError where their lengths differ."""
    if not rows or not all(isinstance(r, list) and len(r) == len(names) for r in rows):
        raise FileError("The rows of this JSON table differ in length, or there are none.")
    return columns_of({n: [r[i] for r in rows] for i, n in enumerate(names)}, why, named)


def columns_of(found: dict[str, list[Any]], why: str, named: bool = True) -> Raw:
    """A table from columns by name; raises FileError where their lengths differ."""
    if len({len(v) for v in found.values()}) != 1:
        raise FileError("The columns of this JSON differ in length.")
    limits.check_columns(len(found))
    limits.check_values(sum(map(len, found.values())))
    return Raw(Table(tuple(_column(n, v) for n, v in found.items()), named), "JSON", why)


def _column(name: str, values: list[Any]) -> Column:
    try:
        if not any(isinstance(v, str) for v in values):
            truth = any(isinstance(v, bool) for v in values) and all(v is None or isinstance(v, bool) for v in values)
            return Column(
                name, numbers=np.array([np.nan if v is None else float(v) for v in values], np.float64), is_truth=truth
            )
        return Column(name, words=words([word(v) for v in values]))
    except (TypeError, ValueError, OverflowError):
        raise FileError(f"{name[:40]!r} does not hold plain numbers or words only.") from None


def with_rate(found: Raw, value: dict[str, Any]) -> Raw:
    """What was found with the rate that stands beside it."""
    rate = next((v for k, v in value.items() if k.lower() in RATES and isinstance(v, (int, float))), 0)
    content = found.content
    if isinstance(rate, bool) or not 0 < rate < 1e9 or content.rate is not None:
        return found
    return replace(found, content=replace(content, rate=float(rate)))
