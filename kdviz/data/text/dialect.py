"""What a delimited text looks like: separator, quotes, decimal mark, comments, header, units; by a vote of lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits
from kdviz.data.cells import COMMA_NUMBER, POINT_NUMBER, THOUSANDS, is_missing, is_number
from kdviz.data.mapping import Mapping
from kdviz.data.text.header import (
    empatica_rate,
    header_of,
    is_comment_column,
    is_setting,
    names_of,
    stated_rate,
    unread_rate,
)
from kdviz.data.text.lines import Cutter, Lines, Row, is_comment, ragged
from kdviz.data.text.separator import cutter_of
from kdviz.data.text.table_start import table_start

SAMPLE = 60
PREAMBLE = 60
TWO_TABLES = 3
_COMMENTS = ("#", "%", "//")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*$', re.I)


@dataclass(frozen=True)
class Dialect:
    """A delimited text's form, and what was noticed on the way."""

    source: Lines
    sample: tuple[Row, ...]
    separator: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rate: float | None = None

    @property
    def form(self) -> dict[str, str]:
        """How it is read, in the words of a mapping."""
        separator = {"\t": "tab", "": "space", "\n": ""}.get(self.separator, self.separator)
        header = "yes" if self.source.header else "no"
        return {"separator": separator, "header": header, "decimal": "," if self.source.comma else "."}


def understand(lines: Sequence[str], mapping: Mapping, separator: str = "") -> Dialect:
    """The form of a delimited text, its `separator` where that is known; raises FileError where there is none."""
    start, comment, hint, commented = _opening(lines)
    if mapping.head:
        start, commented = _head(lines, mapping.head), []
    body = [line for line in islice(lines, start, start + PREAMBLE + SAMPLE) if line.strip()]
    body = [line for line in body if not comment or not line.lstrip().startswith(comment)]
    if not body:
        raise FileError("There are no values in this file. Choose one that has series in it.")
    cutter = Cutter(separator) if separator else cutter_of(body, mapping, hint)
    comma = _decimal_comma(cutter, body, mapping)
    sample = _sample(cutter, lines, start, comment)
    if not sample:
        raise FileError("There are no values in this file. Choose one that has series in it.")
    if mapping.bad_lines == "pad":
        width = max(len(r) for _, r in cutter.rows(lines, start))
        sample = [(line, row + [""] * (width - len(row))) for line, row in sample]
    else:
        sample, width = _without_blank_ends(sample, _width(sample))
    begin = None if mapping.head or mapping.header == "no" else table_start(sample, width, comma)
    if begin is not None:
        skipped, header, units = begin.names, 1, begin.values - begin.names - 1
        above = sample[begin.names]
        _as_many(above, width, sample[begin.values])
        called = above[1][:width]
        if called[0].rstrip().endswith(("=", ":")):
            called[0] = "time" if begin.rises else ""  # "ChannelTitle=" is said of the names beside it
        sample = [(above[0], called), *sample[begin.names + 1 :]]
    else:
        sample, skipped = _without_preamble(sample, width, comma, mapping.bad_lines == "drop")
        sample, title = _without_title(sample, comma)
        skipped += title
        header, units = header_of(sample, width, comma, mapping)
    while header and is_setting(
        sample[header + units][1] if header + units < len(sample) else (), sample[header + units + 1 :], comma
    ):
        units += 1
    first = sample[header + units][0] - 1 if header + units < len(sample) else len(lines)
    notes: list[str] = []
    names, warnings = names_of(sample, header, width, commented)
    limits.check_columns(len(names), first + 1)
    named = bool(header) or len(commented) == width
    heading = tuple(sample[0][1]) if header else ()
    texts = _texts([r for r in sample[header + units :] if tuple(r[1]) != heading], comma)
    source = Lines(lines, first, cutter, tuple(names), named, comma, comment, heading, mapping.bad_lines, texts)
    source = replace(source, units=tuple(c.strip() for c in sample[header][1]) if units else ())
    stated = stated_rate(lines[: min(first, 200)])
    if stated is not None:
        notes.append(f"The lines before the table name the sampling rate: {stated:g} Hz.")
    elif said := unread_rate(lines[: min(first, 200)]):
        notes.append(
            f"A line before the table speaks of sampling, but no rate is read from it: {said!r}; rate=HZ says it."
        )
    rate = None if header else empatica_rate(sample, comma)
    if rate is not None:
        source = replace(source, first=sample[2][0] - 1)
        notes.append(f"The first two lines are the start and the rate ({rate:g} Hz), as Empatica writes them.")
    if skipped:
        notes.append(f"{skipped} line{'s' * (skipped > 1)} before the table left out.")
    if units:
        notes += _about(sample[header : header + units], sample[header + units :], comma)
    return Dialect(
        source, tuple(sample[header + units :]), cutter.separator, tuple(notes), tuple(warnings), rate or stated
    )


def _about(headings: Sequence[Row], below: Sequence[Row], comma: bool) -> list[str]:
    """Sentences about the rows between the names and the values: units, and settings, which are not applied."""
    settings = [r for r in headings if is_setting(r[1], below, comma)]
    said = [
        f"Line {line} names units; that of the time is used." for line, _ in headings[:1] if headings[0] not in settings
    ]
    for line, row in settings:
        shown = ", ".join(c.strip()[:12] for c in row[:5])
        said.append(f"Line {line} is a setting of the channels ({shown}): it was read as a heading and not applied.")
    return said


def _as_many(names: Row, width: int, values: Row) -> None:
    """Raises FileError where there are more names than values: which column lacks its values cannot be known."""
    line, row = names
    count = max((i + 1 for i, c in enumerate(row) if c.strip()), default=0)
    names_all = all(c.strip() and not is_number(c) and ":" not in c for c in row[:count])
    if count and is_comment_column(row[count - 1]):
        return
    if count == width + 1 and names_all and values[0] == line + 1:  # more than one are settings beside the names
        raise FileError(
            f"Line {line} has {count:,} names, line {values[0]} has {width:,} values: a shift would give columns the "
            f"names of others. Mend the names, or read without them: head={values[0]} header=no.",
            line,
            width + 1,
        )


def _head(lines: Sequence[str], head: int) -> int:
    """The index of the line where the table begins, as a person says; raises UserError where there is none."""
    if head > len(lines) or not lines[head - 1].strip():
        raise UserError(f"Line {head:,} is empty, or the file ends before it: no table begins there (head={head}).")
    return head - 1


def _texts(rows: Sequence[Row], comma: bool) -> frozenset[int]:
    """The places of cells that are words, as far as the sample tells."""
    return frozenset(
        j for _, row in rows for j, cell in enumerate(row) if not is_number(cell, comma) and not is_missing(cell)
    )


def _opening(lines: Sequence[str]) -> tuple[int, str, str, list[str]]:
    """Index of the first line that counts, the comment mark, a "sep=;" hint, and names in the last comment."""
    comment, hint, last = "", "", ""
    for i, line in enumerate(lines):
        text = line.strip()
        stated = _SEPARATOR_LINE.match(line)
        if stated and not hint:
            hint = stated[1]
        elif text and not text.startswith(_COMMENTS):
            return i, comment, hint, re.split(r"[,;\t|]\s*|\s+", last.lstrip("#%/ ").strip()) if last else []
        elif text:
            comment, last = comment or next(c for c in _COMMENTS if text.startswith(c)), text
    return len(lines), comment, hint, []


def _decimal_comma(cutter: Cutter, body: Sequence[str], mapping: Mapping) -> bool:
    if mapping.decimal != "auto":
        return mapping.decimal == ","
    return (cutter.separator != "," or bool(cutter.quote)) and _more_commas(cutter, body)


def _more_commas(cutter: Cutter, body: Sequence[str]) -> bool:
    found = [c.strip() for _, row in cutter.rows(body, 0) for c in row]
    commas = [c for c in found if COMMA_NUMBER.fullmatch(c)]
    thousands = cutter.separator == "," and all(THOUSANDS.fullmatch(c) for c in commas)
    return not thousands and len(commas) > sum(bool(POINT_NUMBER.fullmatch(c)) for c in found)


def _sample(cutter: Cutter, lines: Sequence[str], start: int, comment: str) -> list[Row]:
    found = cutter.rows(lines, start)
    return list(islice((r for r in found if not is_comment(r[1], comment)), PREAMBLE + SAMPLE))


def _width(sample: Sequence[Row]) -> int:
    """The usual number of cells; of the later rows, since a preamble comes first."""
    widths = Counter(len(r) for _, r in sample[len(sample) // 3 :])
    return max(widths.items(), key=lambda pair: (pair[1], pair[0]))[0]


def _without_blank_ends(sample: list[Row], width: int) -> tuple[list[Row], int]:
    """Columns at the end that are blank in every row, as marks at the ends of lines make them, are none."""
    full = [row for _, row in sample if len(row) == width]
    while width > 1 and not any(row[width - 1].strip() for row in full):
        width -= 1
    return [(line, row[:width] if not any(c.strip() for c in row[width:]) else row) for line, row in sample], width


def _without_preamble(sample: list[Row], width: int, comma: bool, drop: bool) -> tuple[list[Row], int]:
    """Lines of words before the table, of another width than it; lines of numbers too where `drop` says so."""
    odd = [
        i for i, (_, r) in enumerate(sample) if len(r) != width and len(r) > 1 and all(is_number(c, comma) for c in r)
    ]
    for i, (_, row) in enumerate(sample):
        if i in odd and drop:
            continue
        if i in odd:
            there = next(n for n, r in sample if len(r) == width)
            if sum(sample[j][0] < there for j in odd) >= TWO_TABLES:
                raise FileError(
                    f"Line {sample[i][0]} has {len(row):,} values, line {there} has {width:,}: two tables stand in "
                    f"this file. Read the one that begins there with head={there}, or part the file.",
                    sample[i][0],
                )
            raise ragged(sample[i][0], len(row), there, width)
        fits = len(row) == width or _short_header(sample, i, width) or _one_more(row, width)
        if fits or (any(is_number(c, comma) for c in row) and len(row) > 2) or i == len(sample) - 1:
            return sample[i:], i
    return sample, 0


def _without_title(sample: list[Row], comma: bool) -> tuple[list[Row], int]:
    """A line of few words over the names, as a workbook's title or merged cells leave it."""
    if len(sample) < 3:
        return sample, 0
    first, second = sample[0][1], sample[1][1]
    filled = sum(bool(c.strip()) for c in first)
    names = all(c.strip() for c in second) and not any(is_number(c, comma) for c in (*first, *second))
    return (sample[1:], 1) if len(first) > 2 and 2 * filled <= len(first) and names else (sample, 0)


def _short_header(sample: Sequence[Row], i: int, width: int) -> bool:
    """A header that lacks the name of the row number, as R writes it."""
    row = sample[i][1]
    following = i + 1 < len(sample) and len(sample[i + 1][1]) == width
    return width > 2 and len(row) == width - 1 and following and not any(is_number(c) for c in row)


def _one_more(row: Sequence[str], width: int) -> bool:
    return len(row) == width + 1 and not row[-1].strip()
