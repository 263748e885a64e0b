"""The .ts format of aeon and sktime: tags, then one case a line, its dimensions cut at colons, the class last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, words
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.tables import clock_numbers, times
from kdviz.data.text.lines import lines_of

_TAG = re.compile(r"^\s*@(problemname|timestamps|univariate|classlabel|targetlabel|equallength|serieslength|missing)\b",
                  re.I | re.M)  # fmt: skip
_PAIR = re.compile(r"\(([^()]*),([^(),]*)\)")


@dataclass(frozen=True)
class Header:
    """The tags that change how a line is read, and the index of the first data line."""

    timestamps: bool
    labelled: bool
    regression: bool
    first: int
    classes: tuple[str, ...] = ()


class Ts(Reader):
    """aeon and sktime .ts."""

    id = "ts"
    title = ".ts"
    extensions = (".ts",)

    def sniff(self, file: File) -> Guess | None:
        """Its tags, as @problemName or @classLabel."""
        if not _TAG.search(file.beginning) or re.search(r"^\s*@(relation|attribute)\b", file.beginning, re.I | re.M):
            return None
        return Guess(1.0, "it has the tags of a .ts file, as @classLabel")

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series, of one or several dimensions."""
        del mapping
        lines = lines_of(file.text().text)
        header = _header(lines)
        values: list[Numbers] = []
        labels: list[str] = []
        rates: list[float | None] = []
        total = 0
        for number, line in enumerate(lines[header.first :], header.first + 1):
            text = line.strip()
            if not text or text.startswith(("#", "%")):
                continue
            dims, label = _cut(text, header, number)
            series, rate = _series(dims, header, number)
            values.append(series)
            labels.append(label)
            rates.append(rate)
            total += series.size
            if not len(values) % 50:
                limits.check_values(total)
                file.tick(number / len(lines))
        limits.check_values(total)
        _fit(values, header.first + 1)
        said = ("The file holds a target to predict (@targetLabel), not classes; it was left out.",)
        channels = ("value",) if values[0].shape[0] == 1 else tuple(f"dimension {i}" for i in range(values[0].shape[0]))
        cases = Cases(values, words(labels) if header.labelled else None, channels, rates[0])
        kind = "multivariate" if values[0].shape[0] > 1 else "univariate"
        why = "it has the tags of a .ts file" + ("; the class stands after the last colon" if header.labelled else "")
        return Raw(cases, f".ts, {kind}", why, said if header.regression else ())


def _header(lines: Sequence[str]) -> Header:
    tags: dict[str, str] = {}
    for i, line in enumerate(lines):
        text = line.strip()
        if not text.startswith("@"):
            continue
        name, _, value = text[1:].replace("\t", " ").partition(" ")
        if name.lower() == "data":
            said = tags.get("classlabel", "").split()
            labelled = bool(said) and said[0].lower() == "true"
            regression = tags.get("targetlabel", "").lower().startswith("true")
            stamps = tags.get("timestamps", "").lower().startswith("true")
            return Header(stamps, labelled, regression, i + 1, tuple(said[1:]))
        tags[name.lower()] = value.strip()
    raise FileError("There is no @data line in this .ts file, so it holds no series. It may have been cut off.")


def _cut(text: str, header: Header, line: int) -> tuple[list[str], str]:
    if header.timestamps:
        body, _, label = text.rpartition(":")
        if not (header.labelled or header.regression) or "(" in label:
            body, label = text, ""
        dims = re.split(r"(?<=\))\s*:\s*(?=\(|$)", body)
    else:
        dims = text.split(":")
        label = dims.pop() if header.labelled or header.regression else ""
    if not dims or not dims[0].strip():
        raise FileError(
            f"Line {line} has a class but no values before it. Expected: values, then a colon, then it.", line
        )
    return dims, cells.label(label)


def _series(dims: Sequence[str], header: Header, line: int) -> tuple[Numbers, float | None]:
    rows: list[Numbers] = []
    rate = None
    for i, dim in enumerate(dims):
        if header.timestamps:
            row, rate = _stamped(dim, line, i)
        else:
            row = _plain(dim, line, i)
        rows.append(row)
    width = max(r.size for r in rows)
    out = np.full((len(rows), width), np.nan)
    for i, row in enumerate(rows):
        out[i, : row.size] = row
    return out, rate


def _plain(dim: str, line: int, place: int) -> Numbers:
    written = dim.split(",")
    try:
        if "_" not in dim and dim.isascii():
            return np.array(list(map(float, written)), np.float64)
    except ValueError:
        pass
    try:
        return cells.numbers(written)
    except ValueError:
        at = next(j for j, c in enumerate(written) if not cells.is_number_or_missing(c))
        raise FileError(
            f"Line {line}, dimension {place + 1}, value {at + 1}: {written[at][:40]!r} is not a number.", line, at + 1
        ) from None


def _stamped(dim: str, line: int, place: int) -> tuple[Numbers, float | None]:
    pairs = _PAIR.findall(dim)
    if not pairs:
        raise FileError(f"Line {line}, dimension {place + 1}: expected (time,value),(time,value) ... there.", line)
    values = _plain(",".join(v for _, v in pairs), line, place)
    stamps = [t.strip() for t, _ in pairs]
    try:
        return values, clock_numbers.rate_of(cells.numbers(stamps))
    except ValueError:
        seconds = times.from_words(stamps)
        return values, None if seconds is None else clock_numbers.rate_of(seconds)


def _fit(values: Sequence[Numbers], first: int) -> None:
    if not values:
        raise FileError("There are no series after @data.")
    for i, value in enumerate(values):
        if value.shape[0] != values[0].shape[0]:
            raise FileError(
                f"Case {i + 1} has {value.shape[0]} dimensions, case 1 (line {first}) has {values[0].shape[0]}. "
                "Every case needs the same dimensions."
            )
