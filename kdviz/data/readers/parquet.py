"""Parquet: columns of numbers, lists of them, a time index; sizes are checked in the footer first."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, words
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.tables.column_names import LABEL, SET, SUBJECT

_THRIFT = 16 * 2**20
_BATCH = 8_192
_NO_TIME = -(2.0**62)
_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

STRUCTS = 4


class Parquet(Reader):
    """Apache Parquet."""

    id = "parquet"
    title = "Parquet"
    extensions = (".parquet", ".pq", ".parq")

    def sniff(self, file: File) -> Guess | None:
        """PAR1 at the beginning."""
        return Guess(1.0, "its first bytes are Parquet's") if file.head.startswith(b"PAR1") else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """A table, or one series per row; raises FileError where the footer claims too much or the file is damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        pa.set_cpu_count(1)
        try:
            opened = pq.ParquetFile(
                pa.BufferReader(file.data), thrift_string_size_limit=_THRIFT, thrift_container_size_limit=1_000_000
            )
            _bounded(opened)
            batches, rows = [], 0
            for batch in opened.iter_batches(_BATCH, use_threads=False):
                rows += batch.num_rows
                limits.check_rows(rows)
                batches.append(batch)
                limits.check_values(sum(b.nbytes for b in batches) // 4)
                file.tick(min(1.0, rows / max(1, opened.metadata.num_rows)))
            table = pa.Table.from_batches(batches, schema=opened.schema_arrow)
            return _understood(table, opened.schema_arrow)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as why:
            raise FileError(
                f"The Parquet file is damaged or of a kind that is not read ({' '.join(str(why).split())[:80]})."
            ) from None


def _bounded(opened: Any) -> None:
    meta = opened.metadata
    limits.check_rows(meta.num_rows)
    limits.check_columns(meta.num_columns)
    limits.check_values(meta.num_rows * meta.num_columns)
    sizes = (meta.row_group(g).total_byte_size for g in range(meta.num_row_groups))
    if sum(max(0, s) for s in sizes) > limits.UNPACKED_BYTES:
        raise FileError(f"The Parquet file unpacks to more than {limits.UNPACKED_BYTES // 2**20} MB. Keep fewer rows.")


def _understood(table: Any, schema: Any) -> Raw:
    import pyarrow.types as types

    for _ in range(STRUCTS):
        if not any(types.is_struct(f.type) for f in table.schema):
            break
        table = table.flatten()  # acc: {x, y} as acc.x, acc.y
        limits.check_columns(table.num_columns)
    names = [str(n) for n in table.column_names]
    of_lists = (types.is_list, types.is_large_list, types.is_fixed_size_list)
    lists = [n for n in names if any(test(table.schema.field(n).type) for test in of_lists)]
    if lists:
        return _listed(table, lists, names)
    index = _index(schema)
    columns, left = [], []
    for n in names:
        found = _column("index" if n in index and n.startswith("__index") else n, table.column(n))
        columns.append(found) if found is not None else left.append(n)
    if not columns:
        raise FileError("No column of this Parquet file holds numbers or words.")
    warnings = (f"Not numbers or words, so left out: column {', '.join(n[:30] for n in left[:5])}.",) if left else ()
    return Raw(Table(tuple(columns), True), "Parquet", "columns of a Parquet file", warnings)


def _index(schema: Any) -> list[str]:
    """The columns that pandas calls the index."""
    try:
        said = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
        return [n for n in said.get("index_columns", []) if isinstance(n, str)]
    except (ValueError, AttributeError):
        return []


def _column(name: str, values: Any) -> Column | None:
    import pyarrow as pa
    import pyarrow.types as types

    kind = values.type
    if types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if types.is_timestamp(kind):
        seconds = values.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
        return Column(name, numbers=np.where(seconds > _NO_TIME, seconds * _UNIT[kind.unit], np.nan), is_clock=True)
    if types.is_duration(kind):
        spans = values.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
        return Column(name, numbers=np.where(spans > _NO_TIME, spans * _UNIT[kind.unit], np.nan), is_clock=True)
    if types.is_date(kind) or types.is_time(kind):
        return Column(name, words=words([str(v) for v in values.to_pylist()]))
    if types.is_boolean(kind):
        truth = values.cast(pa.int8()).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return Column(name, numbers=truth.astype(np.float64), is_truth=True)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return Column(name, numbers=values.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64))
    if types.is_string(kind) or types.is_large_string(kind):
        return Column(name, words=words(["" if v is None else v for v in values.to_pylist()]))
    return None


def _listed(table: Any, lists: list[str], names: list[str]) -> Raw:
    channels = [[_numbers(v, n, i) for i, v in enumerate(table.column(n).to_pylist())] for n in lists]
    limits.check_values(sum(v.size for c in channels for v in c))
    others = {cells.normalised_name(n): _column(n, table.column(n)) for n in names if n not in lists}
    label = next((others[n] for n in LABEL if others.get(n) is not None), None)
    subject = next((others[n] for n in SUBJECT if others.get(n) is not None), None)
    part = next((others[n] for n in SET if others.get(n) is not None), None)

    values = _time_last([_stacked(row) for row in zip(*channels, strict=True)], len(lists) == 1)
    cases = Cases(
        values,
        label.labels if label is not None else None,
        tuple(lists) if values and len(lists) == values[0].shape[0] else (),
        None,
        subject.labels if subject is not None else None,
        part.parts() if part is not None else None,
    )
    return Raw(cases, "Parquet", f"every row is a series (lists in {', '.join(n[:30] for n in lists[:4])})")


def _time_last(values: list[Numbers], nested: bool) -> list[Numbers]:
    """Lists of moments, each a list of channels, turned: time is what differs in length, or is the longer."""
    heights, widths = {v.shape[0] for v in values}, {v.shape[1] for v in values}
    turn = nested and len(widths) == 1 and (len(heights) > 1 or min(heights, default=0) > max(widths, default=0) > 0)
    return [v.T for v in values] if turn and min(heights) > 1 else values


def _numbers(value: Any, name: str, row: int) -> Numbers:
    try:
        found = np.array([] if value is None else value, np.float64)
        if found.ndim > 2:
            raise ValueError
    except (ValueError, TypeError):
        raise FileError(f"Column {name[:40]!r}, row {row + 1} is not a list of numbers.") from None
    return found


def _stacked(row: tuple[Numbers, ...]) -> Numbers:
    if row[0].ndim == 2 and len(row) == 1:
        return row[0]
    size = max(v.size for v in row)
    out = np.full((len(row), size), np.nan)
    for i, v in enumerate(row):
        out[i, : v.size] = v.reshape(-1)
    return out
