"""Lines that are nearly a table: a time in brackets or before an arrow, name:value cells, index:value pairs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.core.errors import FileError
from kdviz.data import limits

SAMPLE = 60
MOST_ODD = 0.1
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?([.,:]\d+)?"
_TIME = (
    rf"(\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}([T ]+{_CLOCK})?|{_CLOCK}|\d+(\.\d+)?)\s*(Z|[AP]M|[+-]\d{{2}}:?\d{{2}})?"
)
_PREFIX = re.compile(
    rf"^\s*(?:[\[(<]\s*(?P<inner>{_TIME})\s*[\])>]\s*(?:->|=>|>+|[,;:|\t]|-(?=\s))?|(?P<bare>{_TIME})\s*(?:->|=>|→|>>|>(?=\s)))\s*(?P<rest>\S.*)$",
    re.I,
)
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?"
_NAMED = re.compile(rf"(?P<name>[^\W\d][\w./%°² -]{{0,29}}?)\s*[:=]\s*(?P<value>{_NUMBER}|nan)\s*", re.I)
_PAIRS = re.compile(rf"^(?P<label>{_NUMBER}|\w+)(?P<pairs>(\s+\d+:{_NUMBER})+)\s*(#.*)?$", re.I)
_MARKS = (",", ";", "\t", "|")
_WHOLE = re.compile(r'"((?:[^"]|"")*[,;\t](?:[^"]|"")*)"')


@dataclass(frozen=True)
class Plain:
    """Lines as a table has them, one for each that was there; names where every value carried its own.

    sparse   whether they were index:value pairs, the class first
    """

    lines: list[str]
    names: tuple[str, ...] = ()
    note: str = ""
    sparse: bool = False


def plain_lines(lines: list[str]) -> Plain:
    """The lines of a text without what stands around its values; as they are where nothing does."""
    sample = [line for line in lines[: 4 * SAMPLE] if line.strip()][:SAMPLE]
    if len(sample) < 3:
        return Plain(lines)
    if _most(_PAIRS, sample):
        return _sparse(lines)
    note = ""
    if all(_WHOLE.fullmatch(line.strip()) for line in sample):
        note = "Whole lines stand in quotation marks, which were taken away."
        lines = [found[1].replace('""', '"') if (found := _WHOLE.fullmatch(line.strip())) else line for line in lines]
        sample = [line for line in lines[: 4 * SAMPLE] if line.strip()][:SAMPLE]
    prefixed = _most(_PREFIX, sample)
    if prefixed:
        mark = _mark([m["rest"] for line in sample if (m := _PREFIX.match(line))])
        lines = [_unprefixed(line, mark) for line in lines]
        sample = [line for line in lines[: 4 * SAMPLE] if line.strip()][:SAMPLE]
        note += " The time that stands in brackets or before an arrow was read as the first column."
    names = _names(sample, prefixed)
    if not names:
        return Plain(lines, note=note.strip())
    lines = [_unnamed(line, prefixed) for line in lines]
    return Plain(lines, names, " ".join((note, "Every value carries the name of its channel.")).strip())


def _most(pattern: re.Pattern[str], sample: Sequence[str]) -> bool:
    return sum(pattern.match(line) is not None for line in sample) >= (1 - MOST_ODD) * len(sample)


def _mark(rests: Sequence[str]) -> str:
    """What separates the values after the time; a tab where there is one value, or blanks."""
    return next((m for m in _MARKS if sum(m in r for r in rests) > 0.5 * len(rests)), "\t")


def _unprefixed(line: str, mark: str) -> str:
    found = _PREFIX.match(line)
    if not found:
        return line
    rest = found["rest"].strip()
    rest = re.sub(r"\s+", "\t", rest) if mark == "\t" and not _NAMED.match(rest) else rest
    return f"{found['inner'] or found['bare']}{mark}{rest}"


def _cells(line: str) -> list[str]:
    mark = next((m for m in _MARKS if m in line), None)
    return [c.strip() for c in line.strip().strip(",;").split(mark)]


def _names(sample: Sequence[str], prefixed: bool) -> tuple[str, ...]:
    """The names that every line carries in the same order; none where a cell has no name."""
    found = set()
    for line in sample[1:]:
        cells = _cells(line)[int(prefixed) :]
        named = [_NAMED.fullmatch(c) for c in cells]
        if not cells or any(m is None for m in named):
            return ()
        found.add(tuple(m["name"].strip() for m in named if m))
    if len(found) != 1:
        return ()
    return (("time",) if prefixed else ()) + found.pop()


def _unnamed(line: str, prefixed: bool) -> str:
    if not line.strip():
        return line
    cells = _cells(line)
    keep = int(prefixed)
    return "\t".join([*cells[:keep], *(m["value"] if (m := _NAMED.fullmatch(c)) else c for c in cells[keep:])])


def _sparse(lines: list[str]) -> Plain:
    """Index:value pairs as rows; an index that a row lacks is 0, as the format has it. Raises FileError."""
    rows: list[tuple[str, dict[int, str]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _PAIRS.match(line.strip())
        if not found:
            raise FileError(f"Line {number} is no line of index:value pairs after a class, as the others are.", number)
        rows.append((found["label"], dict(_pair(p) for p in found["pairs"].split())))
    width = max(max(pairs) for _, pairs in rows)
    limits.check_columns(width)
    limits.check_values(width * len(rows))
    first = 0 if any(0 in pairs for _, pairs in rows) else 1
    out = [",".join([label, *(pairs.get(i, "0") for i in range(first, width + 1))]) for label, pairs in rows]
    return Plain(out, note="Lines of index:value pairs (libsvm): the class stands first; a missing index is 0.",
                 sparse=True)  # fmt: skip


def _pair(text: str) -> tuple[int, str]:
    index, _, value = text.partition(":")
    return int(index[:9]), value
