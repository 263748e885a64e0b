"""A table of columns whose roles are still open; what a column looks like is found once and stays with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells
from kdviz.data.cells import Numbers, Words, words

SHARE_CELLS = 500
FEW_KINDS = 24
FREQUENT = 0.5
_NEVER_NAMES = frozenset(("?", ".", "#value!", "#num!", "#VALUE!", "#NUM!"))


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table: numbers (float64, NaN where missing) or words (text, empty where missing).

    is_clock   whether the file itself says that these are seconds since 1970
    is_truth   whether the file itself says that these are true (1) or false (0)
    comma      whether numbers among its words are written with a decimal comma
    unit       the unit that stands under its name in the file, "" where none does
    """

    name: str
    numbers: Numbers | None = None
    words: Words | None = None
    is_clock: bool = False
    is_truth: bool = False
    comma: bool = False
    unit: str = ""

    @property
    def size(self) -> int:
        """How many rows it has."""
        return len(self.words) if self.words is not None else len(self.numbers)  # type: ignore[arg-type]

    @cached_property
    def normalised_name(self) -> str:
        """Its name in one spelling, as the lists of usual names are written."""
        return cells.normalised_name(self.name)

    @cached_property
    def distinct(self) -> int:
        """How many different values it has."""
        if self.numbers is not None:
            return int(np.unique(self.numbers).size)
        return len(set(self.words)) if self.words is not None else 0

    @cached_property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers only."""
        values = self.numbers
        return values is not None and bool(np.isfinite(values).all() and (values == np.round(values)).all())

    @cached_property
    def is_empty(self) -> bool:
        """Whether every value is missing."""
        if self.numbers is not None:
            return bool(np.isnan(self.numbers).all())
        return self.words is not None and all(cells.is_no_value(str(w)) for w in set(self.words))

    @cached_property
    def numeric_share(self) -> float:
        """Which share of the first 500 cells are numbers, among those that are not missing; 0 where all are."""
        if self.words is None:
            return 1.0
        found = there = 0
        for cell in self.words[:SHARE_CELLS]:
            try:
                value = self._number(cell)
            except ValueError:
                there += 1
                continue
            found += value == value
            there += value == value
        return found / there if there else 0.0

    def _number(self, cell: str) -> float:
        return cells.number(cells.with_point(cell) if self.comma else cell)

    @cached_property
    def labels(self) -> Words:
        """(rows,) its cells as labels as they were written, "" where missing. Not to be written to."""
        if self.words is None:
            return self._labels_from(self.numbers if self.numbers is not None else np.zeros(0))
        known = {w: self._label(w) for w in set(self.words)}
        if all(k == v for k, v in known.items()):
            return self.words  # as they stand: no second copy of a long column
        out = np.empty(len(self.words), object)
        out[:] = [known[w] for w in self.words]
        return out

    def kinds(self) -> set[str]:
        """The different labels, without making one for every row."""
        if self.words is not None:
            return {self._label(w) for w in set(self.words)}
        return set(self._labels_from(np.unique(self.numbers))) if self.numbers is not None else set()

    def _label(self, word: str) -> str:
        return word.strip() if word == self.named_none else cells.label(word)

    @cached_property
    def named_none(self) -> str:
        """A usual word for no value that is a name here ("None", "NA", "-"): it stands often, and no cell is blank."""
        if self.words is None or not self.size or self.numeric_share >= 0.5:
            return ""
        lacking = [w for w in set(self.words) if cells.is_missing(w)]
        if len(lacking) != 1 or not lacking[0].strip() or lacking[0].strip() in _NEVER_NAMES:
            return ""
        often = int((self.words == lacking[0]).sum())
        others = self.distinct - 1
        return lacking[0] if others and FREQUENT * self.size / self.distinct <= often < self.size else ""

    def _labels_from(self, values: Numbers) -> Words:
        if self.is_truth:
            return words([{0.0: "False", 1.0: "True"}.get(v, "") for v in values.tolist()])
        return cells.labels_from_numbers(values)

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """(rows,) the place of each label among the different ones."""
        place: dict[str, int] = {}
        return np.fromiter((place.setdefault(w, len(place)) for w in self.labels), np.int32, self.size)

    def parts(self) -> Words:
        """(rows,) train, validation and test; raises UserError for another word."""
        known = {w: cells.part_name(w, self.name) for w in self.kinds()}
        odd = next((w for w in self.labels if not known[w]), None)
        if odd is not None:
            raise UserError(f"Column {self.name[:40]!r} says {odd[:40]!r}; allowed are train, validation and test.")
        return words([known[w] for w in self.labels])


def column_of(name: str, written: Words, comma: bool = False, unit: str = "") -> Column:
    """A column from its cells: numbers where words among them only say that there is none, else the words.

    Few whole numbers beside a word stay words: "0, 1, unknown" may be classes.
    """
    column = Column(name, words=written, comma=comma, unit=unit)
    kinds: dict[str, float] = {}
    try:
        for word in written:
            if word not in kinds:
                kinds[word] = column._number(word)
    except ValueError:
        return _measured(column)
    there = {v for v in kinds.values() if v == v}
    plain = all(v == v or cells.is_missing(k) for k, v in kinds.items())
    zeros = any(k[:1] == "0" and len(k) > 1 and k.isdigit() for k in kinds)
    few = not plain and len(there) <= FEW_KINDS and all(v == round(v) for v in there if abs(v) < 1e300)
    if zeros or not there or few:
        return column
    return Column(name, numbers=np.array([kinds[w] for w in written], np.float64), unit=unit)


def _measured(column: Column) -> Column:
    """Numbers with their unit in every cell as numbers: many, or with fractions, since "5 Hz" may be a class."""
    kinds = set(column.words) if column.words is not None else set()
    unit = cells.unit_among([w for w, _ in zip(kinds, range(SHARE_CELLS), strict=False)])
    try:
        values = {w: column._number(cells.without_unit(w, unit)) for w in kinds} if unit else {}
    except ValueError:
        return column
    there = {v for v in values.values() if v == v}
    if column.words is None or (len(there) <= FEW_KINDS and all(v == round(v) for v in there if abs(v) < 1e300)):
        return column
    return Column(column.name, numbers=np.array([values[w] for w in column.words], np.float64), unit=unit)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns whose roles are still open.

    named    whether the names stood in the file
    lines    the line of each row, for sentences; None where rows are not lines
    parts    "train", "validation" or "test" for each row where the file says so otherwise than in a column
    rate     rows per second where the file says so
    blanks   the numbers of blank lines between rows
    """

    columns: tuple[Column, ...]
    named: bool
    lines: NDArray[np.int64] | None = None
    parts: Words | None = None
    rate: float | None = None
    blanks: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.columns[0].size if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(c.name for c in self.columns)

    def lacking(self, missing: Sequence[str]) -> Table:
        """The same, where cells that are one of these words, or equal to one of these numbers, are missing."""
        return replace(self, columns=tuple(_lacking(c, missing) for c in self.columns)) if missing else self

    def numbers_of(self, column: Column) -> Numbers:
        """A column's numbers, NaN where missing; raises FileError naming line and column of the first that is none."""
        if column.numbers is not None:
            return column.numbers
        written = column.words if column.words is not None else np.zeros(0, object)
        out = np.empty(len(written), np.float64)
        for row, cell in enumerate(written):
            try:
                out[row] = column._number(cell)
            except ValueError:
                raise self._no_number(column, row, cell) from None
        return out

    def _no_number(self, column: Column, row: int, cell: str) -> FileError:
        line = int(self.lines[row]) if self.lines is not None else row + 1
        place = "Line" if self.lines is not None else "Row"
        at = next(i for i, c in enumerate(self.columns) if c is column) + 1
        name = f" ({column.name[:40]!r})" if self.named else ""
        word = cell.strip() if re.fullmatch(r"[\w#.+*-]+", cell.strip()) else f'"{cell.strip()}"'
        plain = len(word) <= 40 and not set(",=\n") & set(word) and word.count('"') in (0, 2) and word != '""'
        lacks = f"let it mean missing (missing_words={word}), " if plain and column.numeric_share > 0.5 else ""
        return FileError(
            f"{place} {line}, column {at}{name}: {cell[:40]!r} is not a number. Mend that cell, {lacks}"
            f"leave the column out (ignore=#{at}), or name it as the label, time or subject.",
            line,
            at,
        )


def numbers_among(missing: Sequence[str]) -> Numbers:
    """Those of some words that are numbers."""
    return np.array([cells.plain_number(w) for w in missing if cells.is_number(w)], np.float64)


def _lacking(column: Column, missing: Sequence[str]) -> Column:
    if column.numbers is not None:
        gone = np.isin(column.numbers, numbers_among(missing))
        return replace(column, numbers=np.where(gone, np.nan, column.numbers)) if gone.any() else column
    bare = {w.lower() for w in missing}
    numbers = set(numbers_among(missing).tolist())
    written = column.words if column.words is not None else np.zeros(0, object)

    def is_gone(word: str) -> bool:
        return word.strip().lower() in bare or (cells.is_number(word) and cells.plain_number(word) in numbers)

    gone_words = {w for w in set(written) if is_gone(w)}
    if not gone_words:
        return column
    return column_of(column.name, words(["" if w in gone_words else w for w in written]), column.comma)
