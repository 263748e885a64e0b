"""What is kept of a large text: which columns, how many rows, and the rows so far, in arrays that grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, Words
from kdviz.data.prepare.thinned import averaged
from kdviz.data.tables.times import alike, from_words
from kdviz.data.text.dialect import Dialect


@dataclass(frozen=True)
class Plan:
    """What is kept of each row: the places of channels, and of the columns with a role."""

    form: Dialect
    channels: tuple[int, ...]
    roles: Mapping[str, int]
    names: tuple[str, ...]
    words: frozenset[str]
    every: int
    rows: int
    offset: Numbers

    @property
    def used(self) -> list[int]:
        """The places of all columns that are read."""
        return sorted({*self.channels, *self.roles.values()})

    @property
    def width(self) -> int:
        """How many cells a line has, those at its end that are always blank among them."""
        source = self.form.source
        _, row = next(source.cutter.rows(source.lines, source.first), (0, []))
        return max(len(source.names), len(row))


@dataclass
class KeptRows:
    """What has been kept so far, in arrays that grow."""

    plan: Plan
    values: list[NDArray[np.float32]] = field(default_factory=list)
    times: list[Numbers] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    codes: dict[str, list[NDArray[np.int32]]] = field(default_factory=dict)
    known: dict[str, dict[str, int]] = field(default_factory=dict)
    read: int = 0
    whole: NDArray[np.float32] | None = None
    size: int = 0

    def add(self, frame: Any) -> None:
        """Take in the rows of a frame, averaged where fewer are kept; a shorter rest at the end is one too."""
        plan = self.plan
        self.read += len(frame)
        rows = -(-len(frame) // plan.every)
        self._room(rows)
        assert self.whole is not None
        for i, place in enumerate(plan.channels):
            column = self._numbers(frame[place], place) - plan.offset[i]
            self.whole[i, self.size : self.size + rows] = averaged(column[None], plan.every)[0]
        self.size += rows
        for role, place in plan.roles.items():
            column = frame[place].to_numpy()[:: plan.every]
            if role == "time" and role not in plan.words:
                self.times.append(self._numbers(frame[place], place)[:: plan.every])
            elif role == "time":
                self._moments([str(w) for w in column])
            else:
                known = self.known.setdefault(role, {})
                codes = np.fromiter(
                    (known.setdefault(str(w).strip(), len(known)) for w in column), np.int32, len(column)
                )
                self.codes.setdefault(role, []).append(codes)

    def _moments(self, written: list[str]) -> None:
        """Times in words: as seconds at once where all so far are plain ISO, which take a tenth of the room."""
        seconds = None if self.stamps else alike(written)
        if seconds is None and self.times:
            found = from_words(written)
            seconds = np.full(len(written), np.nan) if found is None else found
        if seconds is None:
            self.stamps += written
        else:
            self.times.append(seconds)

    def _room(self, rows: int) -> None:
        """Space for more rows: once for what was expected, and half as much again where that was too little."""
        plan = self.plan
        if self.whole is None:
            self.whole = np.empty((len(plan.channels), int(1.05 * plan.rows / plan.every) + rows + 64), np.float32)
        if self.size + rows > self.whole.shape[1]:
            more = (self.size + rows) * len(plan.channels)
            if more > 1.3 * limits.KEPT_VALUES:
                raise UserError(f"There are more rows than their beginning said. Keep fewer: every={2 * plan.every}.")
            grown = np.empty((len(plan.channels), int(1.25 * (self.size + rows))), np.float32)
            grown[:, : self.size] = self.whole[:, : self.size]
            self.whole = grown

    def _numbers(self, column: Any, place: int) -> Numbers:
        """A column's cells as numbers; raises FileError where one is a word, naming about where."""
        values = column.to_numpy()
        if values.dtype.kind in "biuf":
            return np.asarray(values, np.float64)
        tail, comma = self.plan.form.source.cutter.tail, self.plan.form.source.comma
        out = np.empty(len(values), np.float64)
        for i, cell in enumerate(values):
            text = str(cell).removesuffix(tail) if tail else str(cell)
            try:
                out[i] = cells.number(cells.with_point(text) if comma else text)
            except ValueError:
                row = self.read - len(values) + i + 1
                name = self.plan.form.source.names[place]
                raise FileError(
                    f"Row {row:,}, column {place + 1} ({name[:40]!r}): {text[:40]!r} is not "
                    f"a number. Leave the column out (ignore=#{place + 1}), or say what means missing "
                    f"(missing_words={text[:20]})."
                ) from None
        return out

    def words(self, role: str) -> Words | None:
        """(rows,) the words of a role, one object each kind."""
        if role not in self.codes:
            return None
        names = np.array([*map(cells.label, self.known[role])], object)
        return names[np.concatenate(self.codes[role])]
