"""Numbers that stand for a value that is not there: -999 from a logger, -200 from a gas sensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kdviz.data.prepare.quality import Finding, many
from kdviz.data.raw import Cases

Row: TypeAlias = NDArray[np.floating]
OFTEN, KINDS = 3, 8
MARKS = frozenset(map(float, (-99, -200, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999, -32768, 32767, 65535)))


def missing_marks(cases: Cases) -> tuple[Finding, ...]:
    """Numbers that stand for no value: the usual ones (-999), or any that is often there and far from all others."""
    found: dict[float, int] = {}
    for channel in range(cases.values[0].shape[0]):
        rows = [row for v in cases.values if (row := _finite(v[channel])).size]
        ends = (min(float(r.min()) for r in rows), max(float(r.max()) for r in rows)) if rows else ()
        for mark in dict.fromkeys(ends):  # only what lies outside all others of its channel can be a mark there
            found[mark] = found.get(mark, 0) + _far_away(rows, mark)
    said = {m: n for m, n in found.items() if n}
    if not said:
        return ()
    written = ", ".join(f"{m:.0f}" if 1e5 <= abs(m) < 1e15 else f"{m:.10g}" for m in said)
    count = sum(said.values())
    way = f"missing_words={written.replace(' ', '')}"
    sentence = (
        f"{many(count, 'value is', 'values are')} {written}, far from all others: often the mark of a missing value. "
        f"Kept as measured; {way} reads {'it' if count == 1 else 'them'} as missing."
    )
    first = next(i for i, v in enumerate(cases.values) if np.isin(v, list(said)).any())
    return (Finding("marks", sentence, count, first, (way,)),)


def _finite(row: Row) -> Row:
    there = np.isfinite(row)
    return row if there.all() else row[there]


def _far_away(rows: Sequence[Row], mark: float) -> int:
    """How often a number occurs in a channel where the others lie closer together than it lies to them.

    Any number is a mark only where it stands often and three times as far away, and the others are no mere switch.
    """
    usual, low, high, hits, away = mark in MARKS, np.inf, -np.inf, 0, 0.0
    kinds: set[float] = set()
    for row in rows:
        rest = row[row != mark]
        hits += row.size - rest.size
        if not rest.size:
            continue
        low, high = min(low, float(rest.min())), max(high, float(rest.max()))
        away = low - mark if mark < low else mark - high
        if away <= max(high - low, 1e-12):  # more series can only bring the others nearer to it, and further apart
            return 0
        if not usual and len(kinds) <= KINDS:
            kinds.update(rest[:100].tolist())
    clear = usual or (hits >= OFTEN and len(kinds) > KINDS and away > 3 * (high - low))
    return hits if clear and low <= high else 0
