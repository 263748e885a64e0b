"""Weka ARFF: one attribute per sample and a class, or one relational attribute that holds several channels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, words
from kdviz.data.columns import Column
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.text.delimited import read
from kdviz.data.text.lines import Cutter, Lines, lines_of

_ATTRIBUTE = re.compile(
    r"""@attribute\s+(?P<name>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s{]+?)(\s+|(?=\{))(?P<kind>.+)""", re.I
)


@dataclass(frozen=True)
class Attribute:
    """A column: its name and its kind as written."""

    name: str
    kind: str

    @property
    def nominal(self) -> bool:
        """Whether it is one of a list of words."""
        return self.kind.startswith("{")


@dataclass(frozen=True)
class Header:
    """What stands before the data: attributes, those inside a relation, and the index of the first data line."""

    attributes: tuple[Attribute, ...]
    inner: tuple[Attribute, ...]
    first: int


class Arff(Reader):
    """Weka ARFF."""

    id = "arff"
    title = "ARFF"
    extensions = (".arff",)

    def sniff(self, file: File) -> Guess | None:
        """An @relation and an @attribute line."""
        found = re.search(r"^\s*@relation\b", file.beginning, re.I | re.M)
        attribute = re.search(r"^\s*@attribute\b", file.beginning, re.I | re.M)
        if not ((found and attribute) or (attribute and file.extension == ".arff")):
            return None
        return Guess(1.0, "it has @relation and @attribute lines")

    def read(self, file: File, mapping: Mapping) -> Raw:
        """A table, or the series inside a relational attribute."""
        lines = lines_of(file.text().text)
        header = _header(lines)
        if header.inner:
            cases = _relational(lines, header, file)
            return Raw(cases, "ARFF, multivariate", "it has a relational attribute: one line of it per channel")
        return _flat(lines, header, file, mapping)


def _header(lines: Sequence[str]) -> Header:
    outer: list[Attribute] = []
    inner: list[Attribute] = []
    inside = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        word = text[:10].lower()
        if word.startswith("@data"):
            return Header(tuple(outer), tuple(inner), number)
        if word.startswith("@end"):
            inside = False
        elif word.startswith("@attribute"):
            found = _attribute(text, number)
            inside, target = (
                (True, outer) if found.kind.lower() == "relational" else (inside, inner if inside else outer)
            )
            target.append(found)
    raise FileError("There is no @data line in this ARFF file, so it holds no series. It may have been cut off.")


def _attribute(text: str, line: int) -> Attribute:
    found = _ATTRIBUTE.match(text)
    if not found:
        raise FileError(f"Line {line} is no attribute: {text[:60]!r}. Expected: @attribute name kind.", line)
    name = found["name"]
    if name[0] in "'\"":
        name = name[1:-1].replace("\\", "")
    return Attribute(name, found["kind"].strip())


def _flat(lines: Sequence[str], header: Header, file: File, mapping: Mapping) -> Raw:
    limits.check_columns(len(header.attributes))
    if any(line.lstrip().startswith("{") for line in lines[header.first : header.first + 50]):
        raise FileError("This is a sparse ARFF file, which has no order in time. Save it as ordinary ARFF or CSV.")
    quotes = {q for line in lines[header.first :] for q in "'\"" if q in line}
    quote = min(quotes) if quotes else ""
    names = tuple(a.name for a in header.attributes)
    source = Lines(lines, header.first, Cutter(",", quote), names, True, comment="%", bad_lines=mapping.bad_lines)
    table, left_out = read(source, file.tick)
    if len(quotes) > 1:
        table = replace(table, columns=tuple(map(_unquoted, table.columns)))
    named = [a.name for a in header.attributes if a.nominal]
    label = named[-1] if named else ""
    return Raw(table, "ARFF", "it has @attribute lines, one per column", warnings=left_out, label=label)


def _unquoted(column: Column) -> Column:
    """A column without the single quotation marks around its words, where others are the text's own."""
    if column.words is None:
        return column
    bare = [w[1:-1] if len(w) > 1 and w[0] == w[-1] == "'" else w for w in column.words]
    return replace(column, words=words(bare))


def _relational(lines: Sequence[str], header: Header, file: File) -> Cases:
    values: list[Numbers] = []
    labels: list[str] = []
    total = 0
    for number, line in enumerate(lines[header.first :], header.first + 1):
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        body, label = _cut(text, number)
        values.append(_channels(body, number))
        labels.append(cells.label(label.strip("'\"")))
        total += values[-1].size
        limits.check_values(total)
        if not len(values) % 50:
            file.tick(number / len(lines))
    _same_channels(values)
    return Cases(values, words(labels) if any(labels) else None)


def _cut(text: str, line: int) -> tuple[str, str]:
    quote = text[0]
    end = text.find(quote, 1)
    if quote not in "'\"" or end < 0:
        raise FileError(f"Line {line} does not begin with a quoted series. It may have been cut off.", line)
    return text[1:end], text[end + 1 :].lstrip(", \t")


def _channels(body: str, line: int) -> Numbers:
    rows = [r.split(",") for r in body.replace("\\n", "\n").split("\n") if r.strip()]
    width = max(map(len, rows), default=0)
    out = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        try:
            out[i, : len(row)] = cells.numbers(row)
        except ValueError:
            at = next(j for j, cell in enumerate(row) if not cells.is_number_or_missing(cell))
            raise FileError(
                f"Line {line}, channel {i + 1}, value {at + 1}: {row[at][:40]!r} is not a number.", line, at + 1
            ) from None
    return out


def _same_channels(values: Sequence[Numbers]) -> None:
    if not values:
        raise FileError("There are no series after @data.")
    for i, value in enumerate(values):
        if value.shape[0] != values[0].shape[0] or not value.size:
            raise FileError(
                f"Series {i + 1} has {value.shape[0]} channels, series 1 has {values[0].shape[0]}. "
                "Every series needs the same channels."
            )
