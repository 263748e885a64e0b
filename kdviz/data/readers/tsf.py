"""Monash .tsf for forecasting: attributes, a frequency, then one series a line behind its attributes; no classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, words
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import Cases, File, Raw, Recording
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.tables import calendar_words
from kdviz.data.text.lines import lines_of

_TAG = re.compile(r"^\s*@(frequency|horizon)\b", re.I | re.M)
_STEPS = {
    "yearly": 31_556_952.0, "quarterly": 7_889_238.0, "monthly": 2_629_746.0, "weekly": 604_800.0, "daily": 86_400.0,
    "hourly": 3_600.0, "half_hourly": 1_800.0, "minutely": 60.0, "secondly": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """The attributes before a series' values, seconds from value to value, and the index of the first data line."""

    attributes: tuple[str, ...]
    step: float | None
    first: int


class Tsf(Reader):
    """Monash .tsf."""

    id = "tsf"
    title = ".tsf"
    extensions = (".tsf",)

    def sniff(self, file: File) -> Guess | None:
        """Its tag @frequency or @horizon, which ARFF and .ts lack."""
        there = file.extension == ".tsf" and re.search(r"^\s*@(attribute|data)\b", file.beginning, re.I | re.M)
        return Guess(1.2, "it has the tags of a .tsf file") if there or _TAG.search(file.beginning) else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series; one alone is a recording. An attribute is the class where label= names it."""
        lines = lines_of(file.text().text)
        header = _header(lines)
        place = _label_place(header, mapping)
        values: list[Numbers] = []
        labels: list[str] = []
        total = 0
        for number, line in enumerate(lines[header.first :], header.first + 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            before, series = _cut(line, header, number)
            values.append(series[None])
            labels.append("" if place is None else cells.label(before[place]))
            total += series.size
            limits.check_values(total)
            file.tick(number / len(lines))
        if not values:
            raise FileError("There are no series after @data.")
        rate = None if header.step is None else float(f"{1.0 / header.step:.10g}")
        why = "it has the tags of a .tsf file: a series a line, for forecasting"
        said = _hint(header, mapping)
        if len(values) == 1:
            return Raw(Recording(values[0], ("value",), rate=rate), self.title, why, heeds=("label",))
        cases = Cases(values, None if place is None else words(labels), ("value",), rate)
        return Raw(cases, self.title, why, notes=said, heeds=("label",))


def _header(lines: Sequence[str]) -> Header:
    attributes: list[str] = []
    step = None
    for i, line in enumerate(lines):
        tag, _, rest = line.strip().replace("\t", " ").partition(" ")
        if tag.lower() == "@attribute":
            attributes.append(rest.strip().split(" ")[0])
        elif tag.lower() == "@frequency":
            step = _seconds(rest.strip().lower())
        elif tag.lower() == "@data":
            return Header(tuple(attributes), step, i + 1)
    raise FileError("There is no @data line in this .tsf file, so it holds no series. It may have been cut off.")


def _seconds(word: str) -> float | None:
    """Seconds of a frequency: "half_hourly", "10_minutes", "4_seconds"; None for another word."""
    found = re.fullmatch(r"(\d{1,6})[_ ](\w+)", word)
    unit = calendar_words.unit(found[2]) if found else None
    return float(found[1]) * unit if found and unit else _STEPS.get(word)


def _label_place(header: Header, mapping: Mapping) -> int | None:
    if mapping.label in ("", NOTHING):
        return None
    number = re.fullmatch(r"#(\d{1,3})", mapping.label)
    place = int(number[1]) - 1 if number else -1
    if mapping.label in header.attributes:
        return header.attributes.index(mapping.label)
    if 0 <= place < len(header.attributes):
        return place
    there = ", ".join(a[:30] for a in header.attributes) or "none"
    raise UserError(f"A .tsf file names no {mapping.label[:40]!r} before its series. There are: {there}.")


def _hint(header: Header, mapping: Mapping) -> tuple[str, ...]:
    more = [a for a in header.attributes if a not in ("series_name", "start_timestamp")]
    if not more or mapping.label:
        return ()
    return (f"Attributes of the series are left out ({', '.join(a[:30] for a in more[:6])}); label={more[0][:30]} "
            "makes one the class.",)  # fmt: skip


def _cut(line: str, header: Header, number: int) -> tuple[list[str], Numbers]:
    """A series' attributes and values (T,); raises FileError naming the line."""
    *before, written = line.strip().split(":")
    if len(before) != len(header.attributes):
        raise FileError(
            f"Line {number} has {len(before)} attributes before its values, @attribute names {len(header.attributes)}.",
            number,
        )
    cells_ = written.split(",")
    limits.check_values(len(cells_))
    try:
        return before, cells.numbers(cells_)
    except ValueError:
        at = next(j for j, c in enumerate(cells_) if not cells.is_number_or_missing(c))
        raise FileError(
            f"Line {number}, value {at + 1}: {cells_[at][:40]!r} is not a number.", number, at + 1
        ) from None
