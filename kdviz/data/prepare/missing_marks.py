"""Numbers that stand for a value that is not there: -999 from a logger, -200 from a gas sensor."""

from __future__ import annotations

import numpy as np

from kdviz.data.prepare.quality import Finding, many
from kdviz.data.raw import Cases

MARKS = frozenset(map(float, (-99, -200, -999, -9999, -99999, -999999, 999, 9999, 99999, 999999, -32768, 32767, 65535)))


def missing_marks(cases: Cases) -> tuple[Finding, ...]:
    """Numbers that usually stand for no value (-999, -200), at an end of a channel and far from all others."""
    found: dict[float, int] = {}
    for v in cases.values:
        there = np.asarray(v)[np.isfinite(v).any(axis=1)] if v.size else v
        if there.size:
            found |= {float(m): 0 for m in (*np.nanmin(there, axis=1), *np.nanmax(there, axis=1)) if float(m) in MARKS}
    for mark in found:
        found[mark] = _far_away(cases, mark)
    said = {m: n for m, n in found.items() if n}
    if not said:
        return ()
    written = ", ".join(f"{m:g}" if abs(m) < 1e5 else f"{m:.0f}" for m in said)
    count = sum(said.values())
    way = f"missing_words={written.replace(' ', '')}"
    sentence = (
        f"{many(count, 'value is', 'values are')} {written}, far from all others: often the mark of a missing value. "
        f"Kept as measured; {way} reads {'it' if count == 1 else 'them'} as missing."
    )
    first = next(i for i, v in enumerate(cases.values) if np.isin(v, list(said)).any())
    return (Finding("marks", sentence, count, first, (way,)),)


def _far_away(cases: Cases, mark: float) -> int:
    """How often a number occurs in channels where the others lie closer together than it lies to them."""
    count = 0
    for c in range(cases.values[0].shape[0]):
        low, high, hits = np.inf, -np.inf, 0
        for v in cases.values:
            row = v[c][np.isfinite(v[c])]
            rest = row[row != mark]
            hits += row.size - rest.size
            if rest.size:
                low, high = min(low, float(rest.min())), max(high, float(rest.max()))
        away = low - mark if mark < low else mark - high if mark > high else 0.0
        count += hits if hits and away > max(high - low, 1e-12) and low <= high else 0
    return count
