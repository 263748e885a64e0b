"""Numbers that stand for a value that is not there: -999 from a logger, -200 from a gas sensor."""

from __future__ import annotations

import numpy as np

from kdviz.data.prepare.quality import Finding, many
from kdviz.data.raw import Cases

OFTEN, KINDS = 3, 8
MARKS = frozenset(map(float, (-99, -200, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999, -32768, 32767, 65535)))


def missing_marks(cases: Cases) -> tuple[Finding, ...]:
    """Numbers that stand for no value: the usual ones (-999), or any that is often there and far from all others."""
    ends = _ends(cases)
    found = dict.fromkeys((mark for pair in ends for mark in pair), 0)
    for channel, pair in enumerate(ends):  # only what lies outside all others of its channel can be a mark there
        for mark in dict.fromkeys(pair):
            found[mark] += _far_away(cases, channel, mark)
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


def _ends(cases: Cases) -> list[tuple[float, ...]]:
    """The least and the largest number of each channel; nothing where it has none."""
    found: list[tuple[float, ...]] = []
    for c in range(cases.values[0].shape[0]):
        rows = (row[np.isfinite(row)] for v in cases.values if (row := np.asarray(v[c])).size)
        ends = [(float(row.min()), float(row.max())) for row in rows if row.size]
        found.append((min(e[0] for e in ends), max(e[1] for e in ends)) if ends else ())
    return found


def _far_away(cases: Cases, channel: int, mark: float) -> int:
    """How often a number occurs in a channel where the others lie closer together than it lies to them.

    Any number is a mark only where it stands often and three times as far away, and the others are no mere switch.
    """
    usual, low, high, hits = mark in MARKS, np.inf, -np.inf, 0
    kinds: set[float] = set()
    for v in cases.values:
        row = v[channel][np.isfinite(v[channel])]
        rest = row[row != mark]
        hits += row.size - rest.size
        if rest.size:
            low, high = min(low, float(rest.min())), max(high, float(rest.max()))
            if not usual and len(kinds) <= KINDS:
                kinds.update(rest[:100].tolist())
    away = low - mark if mark < low else mark - high if mark > high else 0.0
    clear = usual or (hits >= OFTEN and len(kinds) > KINDS and away > 3 * (high - low))
    return hits if hits and clear and away > max(high - low, 1e-12) and low <= high else 0
