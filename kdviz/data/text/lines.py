"""Text to lines, lines to cells; quotation marks that never close are found."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kdviz.core.errors import FileError
from kdviz.data import limits

LINES_PER_ROW = 50
_OPEN = "a quotation mark opens here and is not closed. Close it, or remove the quotation marks."


Row = tuple[int, list[str]]


def lines_of(text: str) -> list[str]:
    """The lines, whatever ends them; raises FileError where one is longer than is read."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n\ufeff" in text:  # files were joined, each with its mark
        text = text.replace("\n\ufeff", "\n")
    lines = text.split("\n")
    longest = max(map(len, lines))
    if longest > limits.LINE_CHARACTERS:
        at = next(i for i, line in enumerate(lines) if len(line) == longest)
        raise FileError(
            f"Line {at + 1} is {longest:,} characters long; at most {limits.LINE_CHARACTERS:,} are read. "
            "Write one series or one moment per line.",
            at + 1,
        )
    return lines


@dataclass(frozen=True)
class Cutter:
    """How a line is cut into cells.

    separator   one character, "" for any run of blanks, or a newline for one cell a line
    quote       the quotation mark in use, "" where there is none
    tail        an ending that every line carries and that means nothing
    """

    separator: str
    quote: str = ""
    tail: str = ""

    def rows(self, lines: Sequence[str], first: int) -> Iterator[Row]:
        """(line number, cells) of every line from index `first` on."""
        if self.quote:
            yield from self._quoted(lines, first)
            return
        edge, separator = " \n" if self.separator == "\t" else None, self.separator or None
        for number, line in enumerate(lines[first:], first + 1):
            bare = line.strip(edge)
            if bare:
                yield number, bare.removesuffix(self.tail).split(separator)

    def _quoted(self, lines: Sequence[str], first: int) -> Iterator[Row]:
        blank = not self.separator
        text = (self._ready(line) for line in lines[first:])
        reader = csv.reader(
            text, delimiter=self.separator or " ", quotechar=self.quote, skipinitialspace=self.separator != "\t"
        )
        before = 0
        while True:
            try:
                row = next(reader, None)
            except csv.Error as why:
                raise FileError(f"Line {first + before + 1}: {_csv_fault(why)}", first + before + 1) from None
            if row is None:
                return
            if reader.line_num - before > LINES_PER_ROW:
                raise FileError(f"Line {first + before + 1}: {_OPEN}", first + before + 1)
            start, before = before + 1, reader.line_num
            if any(cell.strip() for cell in row):
                yield first + start, [c for c in row if c] if blank else row

    def _ready(self, line: str) -> str:
        line = line.strip() if self.separator != "\t" else line
        return (line.removesuffix(self.tail) if self.tail else line) + "\n"


def _csv_fault(why: csv.Error) -> str:
    return _OPEN if "field limit" in str(why) else f"it cannot be cut into cells ({why}). Check its quotation marks."


@dataclass(frozen=True)
class Lines:
    """A whole delimited text, understood: where its rows begin, how they are cut, what the columns are called.

    texts   the places of columns that are known to be words
    units   what a row under the names says of each column, () where there is none
    """

    lines: Sequence[str]
    first: int
    cutter: Cutter
    names: tuple[str, ...]
    named: bool
    comma: bool = False
    comment: str = ""
    header: tuple[str, ...] = ()
    bad_lines: str = "stop"
    texts: frozenset[int] = frozenset()
    units: tuple[str, ...] = ()


def is_comment(row: Sequence[str], comment: str) -> bool:
    """Whether a row is a comment."""
    return bool(comment) and bool(row) and row[0].lstrip().startswith(comment)


def ragged(line: int, found: int, first: int, width: int) -> FileError:
    """The error of a line of another width than the table's, which line `first` has."""
    more = "value" if found == 1 else "values"
    odd = f"column {found + 1:,} is missing" if found < width else f"column {width + 1:,} is too many"
    like = f"line {first} has" if first != line else "expected were"
    return FileError(
        f"Line {line} has {found:,} {more}, {like} {width:,} ({odd}). If the line is broken, mend it or "
        "leave such lines out (bad_lines=drop); if rows are series of unequal length, choose bad_lines=pad.",
        line,
        min(found, width) + 1,
    )
