"""The .ts format of aeon and sktime: tags, then one case a line, its dimensions cut at colons, the class last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, words
from kdviz.data.mapping import NOTHING, Mapping
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
    notes: tuple[str, ...] = ()
    told: bool = False
    unwanted: bool = False


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
        lines = lines_of(file.text().text)
        header = _asked(_header(lines), lines, mapping)
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
        _fit(values)
        values, uneven = _evened(values, mapping.unequal)
        said = ("The file holds a target to predict (@targetLabel), not classes; it was left out.",)
        channels = ("value",) if values[0].shape[0] == 1 else tuple(f"dimension {i}" for i in range(values[0].shape[0]))
        cases = Cases(values, words(labels) if header.labelled else None, channels, rates[0])
        kind = "multivariate" if values[0].shape[0] > 1 else "univariate"
        why = "it has the tags of a .ts file" + ("; the class stands after the last colon" if header.labelled else "")
        warnings = (*(said if header.regression else ()), *uneven, *header.notes)
        return Raw(cases, f".ts, {kind}", why, warnings, heeds=("label",))


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
            told = "classlabel" in tags or "targetlabel" in tags
            return Header(stamps, labelled, regression, i + 1, tuple(said[1:]), told=told)
        tags[name.lower()] = value.strip()
    raise FileError("There is no @data line in this .ts file, so it holds no series. It may have been cut off.")


def _cut(text: str, header: Header, line: int) -> tuple[list[str], str]:
    if header.timestamps:
        body, _, label = text.rpartition(":")
        if not (header.labelled or header.regression or header.unwanted) or "(" in label:
            body, label = text, ""
        dims = re.split(r"(?<=\))\s*:\s*(?=\(|$)", body)
    else:
        dims = text.split(":")
        label = dims.pop() if header.labelled or header.regression or header.unwanted else ""
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


def _fit(values: Sequence[Numbers]) -> None:
    if not values:
        raise FileError("There are no series after @data.")
    counts = Counter(v.shape[0] for v in values)
    usual = max(counts, key=lambda n: (counts[n], n == values[0].shape[0]))
    for i, value in enumerate(values):
        if value.shape[0] != usual:
            raise FileError(
                f"Case {i + 1} has {value.shape[0]} dimensions, the others have {usual}. Every case needs the same "
                "dimensions."
            )


def _asked(header: Header, lines: Sequence[str], mapping: Mapping) -> Header:
    """The header as a person wants it: label=- leaves the class out, label=last takes the part after the last colon.

    Where no tag says whether there are classes, the parts after the last colons decide: single labels that repeat.
    Raises UserError for another column, since the format has none.
    """
    if mapping.label not in ("", NOTHING, "last"):
        raise UserError(
            "A .ts file has no columns: the class stands after the last colon. Use label=last, or label=- for none."
        )
    if mapping.label == NOTHING:
        return replace(header, labelled=False, unwanted=header.labelled or header.regression, regression=False)
    if mapping.label == "last":
        return replace(header, labelled=True, regression=False)
    if header.labelled or header.regression or header.told or header.timestamps:
        return header
    data = [line.strip() for line in lines[header.first :] if line.strip() and line.strip()[0] not in "#%"]
    ends = [line.rpartition(":")[2].strip() for line in data]
    alone = all(":" in line for line in data) and all(ends) and not any("," in e for e in ends)
    longer = any("," in line.rpartition(":")[0] for line in data)
    if not (alone and longer and 2 <= len(set(ends)) <= max(2, len(ends) // 2)):
        return header
    note = (
        "No @classLabel line says so, but what stands after the last colon was read as the class; label=- reads none."
    )
    return replace(header, labelled=True, notes=(note,))


def _evened(values: list[Numbers], how: str) -> tuple[list[Numbers], tuple[str, ...]]:
    """Series without what only fills them up at the end; short dimensions drawn out or padded, and a sentence."""
    out: list[Numbers] = []
    odd: list[int] = []
    said = ""
    for i, value in enumerate(values):
        there = np.isfinite(value)
        lengths = np.where(there.any(axis=1), value.shape[1] - np.argmax(there[:, ::-1], axis=1), 0)
        size = int(lengths.max()) or value.shape[1]
        one = value[:, :size]
        if lengths.min() < size and lengths.min() > 0:
            odd.append(i)
            said = said or ", ".join(str(int(n)) for n in lengths[:6])
            size = int(lengths.min()) if how == "truncate" else size
            one = np.stack([_drawn(row[:n], size, how) for row, n in zip(one, lengths, strict=True)])
        out.append(one)
    if not odd:
        return out, ()
    done = {"pad": "padded with their last value", "truncate": "cut to the shortest", "resample": "drawn out"}[how]
    return out, (
        f"The dimensions of {len(odd):,} cases differ in length (case {odd[0] + 1}: {said}): other sampling rates, or "
        f"short channels. They were {done}; unequal=resample draws them out to one length, unequal=truncate cuts them.",
    )


def _drawn(row: Numbers, size: int, how: str) -> Numbers:
    """One dimension at `size` samples."""
    if how == "resample":
        return np.interp(np.linspace(0, row.size - 1, size), np.arange(row.size), row)
    return np.concatenate([row[:size], np.full(max(0, size - row.size), row[-1])])
