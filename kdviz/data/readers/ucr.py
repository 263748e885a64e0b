"""UCR archive text (2015: blanks, 2018: tabs): no header, the class first, then the samples."""

from __future__ import annotations

import numpy as np

from kdviz.data import cells
from kdviz.data.cells import is_number
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.tables.column_content import like_moments
from kdviz.data.text import delimited, dialect
from kdviz.data.text.lines import lines_of

FEWEST = 9


class Ucr(Reader):
    """UCR text: blanks or tabs."""

    id = "ucr"
    title = "UCR text"
    extensions = (".tsv", ".txt")

    def sniff(self, file: File) -> Guess | None:
        """Lines of numbers at blanks or tabs, as many in each, whose first is a whole number that a class may be."""
        rows = [line.split() for line in file.beginning.split("\n") if line.strip()]
        rows = rows[: max(1, len(rows) - 1)] if len(file.data) > len(file.head) else rows
        if not rows or "," in file.beginning[:2000] or ";" in file.beginning[:2000]:
            return None
        widths = {len(r) for r in rows}
        if len(widths) != 1 or min(widths) < FEWEST or not all(_is_ucr(r) for r in rows) or _is_recording(rows):
            return None
        return Guess(0.8, "no header, numbers at blanks or tabs, the first of each line is a class")

    def read(self, file: File, mapping: Mapping) -> Raw:
        """A table without names; a row is a series."""
        lines = lines_of(file.text().text)
        form = dialect.understand(lines, mapping)
        table, left_out = delimited.read(form.source, file.tick)
        why = "no header, numbers at blanks or tabs"
        return Raw(table, self.title, why, left_out, form.notes, layout="wide", form=form.form)


def _is_recording(rows: list[list[str]]) -> bool:
    """Whether the first column is a clock, or the rows follow each other as moments do."""
    values = np.array([cells.numbers(r) for r in rows[:300]])
    first = values[:, 0]
    counts = first.size > 10 and bool((np.diff(first) > 0).all()) and (first.size > 100 or first[0] != 1)
    return counts or (first.size > 10 and like_moments(values[:, 1:], 3.0))


def _is_ucr(row: list[str]) -> bool:
    return _whole(row[0]) and all(is_number(c) or c.lower() in ("nan", "?") for c in row)


def _whole(cell: str) -> bool:
    try:
        value = float(cell)
    except ValueError:
        return False
    return abs(value) < 10_000 and value == int(value)
