"""What a comparison allows one to say, in sentences. No stars: where nothing follows, that is what is said."""

from __future__ import annotations

import math

from kdviz.metrics.hypothesis_tests import ALPHA, Paired


def verdict(found: Paired, one: str, other: str, unit: str = "seed") -> str:
    """The difference one - other in accuracy as a sentence or two; `unit` is what was paired."""
    n, many = found.mean.n, f"{unit}s"
    if n == 0:
        return f"{one} and {other} share no {unit}: nothing can be compared."
    if not found.can_conclude:
        return _too_few(found, one, other, unit)
    size = f"{abs(found.mean.value) * 100:.1f} points ({_interval(found)}, n = {n} {many}, p = {_p(found.adjusted)})"
    if found.conclusive:
        return f"{one} is {'better' if found.mean.value > 0 else 'worse'} than {other} by {size}."
    return f"No difference between {one} and {other} is shown: {_signed(found.mean.value)} points "\
        f"({_interval(found)}, n = {n} {many}, p = {_p(found.adjusted)}). {_more(found, many)}"  # fmt: skip


def _too_few(found: Paired, one: str, other: str, unit: str) -> str:
    n = found.mean.n
    counted = f"{n} {unit}{'s' * (n != 1)}"
    among = "" if found.comparisons == 1 else f", for {found.comparisons} comparisons made together"
    least = (
        f"Even if all agreed, p could not fall below {_p(found.least_p)}"
        if n > 1
        else f"One {unit} does not show the spread"
    )
    return (
        f"Nothing can be concluded about {one} and {other} from {counted} (here {_signed(found.mean.value)} points). "
        f"{least}; it takes at least {found.pairs} {unit}s{among}{_size(found, unit)}."
    )


def _size(found: Paired, unit: str) -> str:
    if found.mean.n < 2 or found.needed is None or found.needed <= found.pairs:
        return ""
    return f", and about {found.needed} to show a difference of this size"


def _more(found: Paired, many: str) -> str:
    if found.needed is None:
        return f"No reasonable number of {many} would show a difference this small."
    return f"To show one of this size, it would take about {max(found.needed, found.mean.n + 1)} {many}."


def _interval(found: Paired) -> str:
    return f"95 % interval {_signed(found.mean.low)} to {_signed(found.mean.high)}"


def _signed(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value * 100:+.1f}"


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-3 else f"{p:.0e}"


def ranked(sets: int, sets_for_any: int, friedman: float) -> str:
    """What a ranking over data sets says as a whole."""
    if sets < sets_for_any:
        return (
            f"{sets} data sets: the order is drawn, but no two methods can be told apart by it; that takes at least "
            f"{sets_for_any} data sets with so many methods."
        )
    if math.isnan(friedman) or friedman < ALPHA:
        return f"{sets} data sets. Methods under one bar cannot be told apart (Wilcoxon-Holm, 5 %)."
    return f"{sets} data sets: methods as a whole cannot be told apart (Friedman, p = {_p(friedman)})."
