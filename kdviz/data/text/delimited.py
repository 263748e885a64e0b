"""Lines of cells to columns: numbers where a column is numbers, words otherwise; every complaint names its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, Words
from kdviz.data.columns import Column, Table, column_of
from kdviz.data.raw import Tick, silent
from kdviz.data.text.lines import Lines, Row, is_comment, ragged

ROWS_AT_ONCE = 2_000
MOST_BLANKS = 20_000


@dataclass
class _Growing:
    """The columns while they are read."""

    width: int
    comma: bool
    careful: bool
    texts: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    parts: list[list[Numbers | Words]] = field(default_factory=list)
    lines: list[Sequence[int]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = [[] for _ in range(self.width)]

    def add(self, rows: list[Row]) -> None:
        self.lines.append([n for n, _ in rows])
        for j, column in enumerate(zip(*(r for _, r in rows), strict=True)):
            if j in self.texts:
                self.parts[j].append(self._words(column))
            elif j not in self.failed:
                self._number(j, column)

    def _number(self, j: int, column: Sequence[str]) -> None:
        if not self.parts[j] and any(c[:1] == "0" and len(c) > 1 and c.isdigit() for c in column):
            self.failed.add(j)  # "007" may be a label: its zeros must survive
            return
        try:
            self.parts[j].append(_numbers(column, self.comma, self.careful))
        except ValueError:
            self.failed.add(j)
            self.parts[j].clear()

    def _words(self, column: Sequence[str]) -> Words:
        out = np.empty(len(column), object)
        out[:] = [self.known.setdefault(c, c) for c in (c.strip() for c in column)]
        return out


def _numbers(column: Sequence[str], comma: bool, careful: bool) -> Numbers:
    if comma:
        column = [cells.with_point(c) for c in column]
    if not careful:
        try:
            return np.array(list(map(float, column)), np.float64)
        except ValueError:
            pass
    if any(not cells.is_missing(c) and cells.is_no_value(c) for c in column):
        raise ValueError  # the whole column decides what such a word is
    return cells.numbers(column)


def read(source: Lines, tick: Tick = silent) -> tuple[Table, tuple[str, ...]]:
    """The columns, and sentences about lines left out. Raises FileError naming line and column."""
    careful = any("_" in line or not line.isascii() for line in source.lines)
    growing = _Growing(len(source.names), source.comma, careful, texts=set(source.texts))
    said = _pass(source, growing, tick)
    if growing.failed:
        growing = _Growing(len(source.names), source.comma, careful, texts=growing.failed | growing.texts)
        said = _pass(source, growing, tick)
    lines = np.array([n for part in growing.lines for n in part], np.int64)
    columns = tuple(
        _column(name, parts, j in growing.texts, source.comma, source.units[j] if j < len(source.units) else "")
        for j, (name, parts) in enumerate(zip(source.names, growing.parts, strict=True))
    )
    return Table(columns, source.named, lines, blanks=_blanks(source, lines)), said


def _blanks(source: Lines, lines: NDArray[np.int64]) -> tuple[int, ...]:
    """The first blank line of each run of them between two rows, where there are few."""
    gaps = np.flatnonzero(np.diff(lines) > 1)
    if gaps.size > MOST_BLANKS:
        return ()
    return tuple(int(lines[g]) + 1 for g in gaps if not source.lines[lines[g]].strip())


def _column(name: str, parts: list[Numbers | Words], text: bool, comma: bool, unit: str) -> Column:
    whole: Any = np.concatenate(parts) if parts else np.zeros(0, object if text else np.float64)
    parts.clear()
    return column_of(name, whole, comma, unit) if text else Column(name, numbers=whole, unit=unit)


def _pass(source: Lines, growing: _Growing, tick: Tick) -> tuple[str, ...]:
    batch: list[Row] = []
    rows, sifted = 0, _Sifted(source)
    for row in sifted:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            rows += len(batch)
            limits.check_rows(rows)
            limits.check_values(rows * growing.width)
            growing.add(batch)
            batch.clear()
            tick(min(1.0, row[0] / len(source.lines)))
    if batch:
        limits.check_values((rows + len(batch)) * growing.width)
        growing.add(batch)
    return sifted.sentences()


class _Sifted:
    """Rows of the right width; counts those left out."""

    def __init__(self, source: Lines) -> None:
        self.source = source
        self.blank: list[int] = []
        self.bad: list[int] = []
        self.short: list[int] = []
        self.again: list[int] = []

    def __iter__(self) -> Iterator[Row]:
        source, width = self.source, len(self.source.names)
        for line, row in source.cutter.rows(source.lines, source.first):
            if len(row) == width and (row[0] or any(row)):
                if source.header and row[0] == source.header[0] and tuple(row) == source.header:
                    self.again.append(line)
                    continue
                yield line, row
                continue
            fitted = self._fit(line, row, width)
            if fitted:
                yield line, fitted

    def _fit(self, line: int, row: list[str], width: int) -> list[str] | None:
        if is_comment(row, self.source.comment):
            return None
        if not any(c.strip() for c in row):
            self.blank.append(line)
            return None
        while len(row) > width and not row[-1].strip():
            row = row[:-1]
        if len(row) == width:
            return row
        if self.source.bad_lines == "pad" and len(row) < width:
            self.short.append(line)
            return row + [""] * (width - len(row))
        if self.source.bad_lines == "drop":
            self.bad.append(line)
            return None
        raise ragged(line, len(row), self.source.first + 1, width)

    def sentences(self) -> tuple[str, ...]:
        out = []
        if self.blank:
            out.append(f"{_count(self.blank, 'line')} without any value left out (first: line {self.blank[0]}).")
        if self.bad:
            out.append(f"{_count(self.bad, 'line')} with too few or too many values left out (line {self.bad[0]}).")
        if self.short:
            width = len(self.source.names)
            out.append(f"{_count(self.short, 'line')} with fewer than {width:,} values: those at the end are missing.")
        if self.again:
            out.append(f"The header stands again in {_count(self.again, 'line')} (first: line {self.again[0]}).")
        return tuple(out)


def _count(found: Sequence[int], what: str) -> str:
    return f"{len(found):,} {what}{'s' if len(found) != 1 else ''}"
