"""What separates the cells of a delimited text: by a vote of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kdviz.data.cells import is_date, is_number
from kdviz.data.mapping import Mapping
from kdviz.data.text.lines import Cutter

_ORDER = ("\t", ";", "|", ",", "")
_WRAPPED = re.compile(r"(^|[,;\t|])\s*'[^']*'\s*([,;\t|]|$)")
MOST_BESIDE, FEWEST = 8, 5


def cutter_of(body: Sequence[str], mapping: Mapping, hint: str) -> Cutter:
    """How lines are cut into cells: as the mapping or the file says, else by a vote of marks."""
    quote = _quote(body)
    tail = _tail(body)
    if mapping.separator != "auto":
        return Cutter({"tab": "\t", "space": ""}.get(mapping.separator, mapping.separator), quote, tail)
    if hint:
        return Cutter("" if hint == " " else hint, quote, "")
    scored = [(score, -i, s) for i, s in enumerate(_ORDER) if (score := _score(Cutter(s, quote, tail), body)) > 0]
    if not scored:
        return Cutter(_cut_anyhow(body, quote), quote, tail)
    best = max(scored)[2]
    if lists := next((s for s in _ORDER[:-1] if s != best and _lists(Cutter(s, quote, tail), best, body)), ""):
        best = lists
    elif not best:
        best = next((s for s in _ORDER[:-1] if _cuts(Cutter(s, quote, tail), body)), best)
    return Cutter(best, quote, tail)


def _cuts(cutter: Cutter, body: Sequence[str]) -> bool:
    """Whether a mark cuts the lines alike, and what is between two of them is no row of numbers cut at blanks."""
    rows = [r for _, r in cutter.rows(body, 0)]
    rows = rows[len(rows) // 3 :]
    width, same = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if width < 2 or same < 0.9 * len(rows):
        return False
    parts = (c.split() for r in rows for c in r if not is_date(c))
    return not any(len(p) > 1 and all(is_number(w) for w in p) for p in parts)


def _cut_anyhow(body: Sequence[str], quote: str) -> str:
    """The separator of lines that all differ in length: it cuts every line into cells, most of them numbers."""
    for separator in _ORDER:
        rows = [r for _, r in Cutter(separator, quote).rows(body, 0)]
        cells_ = [c for r in rows for c in r]
        if rows and min(map(len, rows)) > 2 and sum(map(is_number, cells_)) > 0.5 * len(cells_):
            return separator
    return "\n"


def _quote(body: Sequence[str]) -> str:
    """The quotation mark in use: a double one anywhere, single ones where they wrap whole cells."""
    if any('"' in line for line in body):
        return '"'
    single = [line for line in body if "'" in line]
    wraps = bool(single) and all(line.count("'") % 2 == 0 for line in single) and bool(_WRAPPED.search(single[0]))
    return "'" if wraps else ""


def _tail(body: Sequence[str]) -> str:
    """A semicolon that ends every line although another mark separates the cells."""
    ends = [line.rstrip() for line in body]
    alone = all(line.endswith(";") and line.count(";") == 1 for line in ends)
    return ";" if alone else ""


def _score(cutter: Cutter, body: Sequence[str]) -> float:
    rows = [r for _, r in cutter.rows(body, 0)]
    if not rows:
        return 0.0
    widths = Counter(len(r) for r in rows)
    width, same = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]))
    if width < 2:
        return 0.0
    comma = cutter.separator != ","
    cells_ = [c for r in rows if len(r) == width for c in r]
    fine = sum(is_number(c, comma) or not c.strip() or is_date(c) for c in cells_) / len(cells_)
    return round(same / len(rows), 1) * (0.2 + fine)


def _lists(cutter: Cutter, best: str, body: Sequence[str]) -> bool:
    """Whether a mark cuts every line alike into few cells, and the one that cuts most cuts a cell of it: a series."""
    rows = [r for _, r in cutter.rows(body, 0)]
    if len(rows) < 3 or len({len(r) for r in rows}) != 1 or not 2 <= len(rows[0]) <= MOST_BESIDE:
        return False
    inner = [[len(c.split(best or None)) for c in r] for r in rows[1:]]
    return any(min(column) >= FEWEST for column in zip(*inner, strict=True)) and not any(
        len(c.split(best or None)) >= FEWEST for c in rows[0] if not is_number(c.split(best or None)[0])
    )
