"""One series seen in two ways, or two series in one: A, B, and B - A."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kdviz.changes import apart, difference
from kdviz.figures.image import scale
from kdviz.panels.base import Panel
from kdviz.panels.making import views
from kdviz.panels.seen import Seen

DIFFERENCE = "from kdviz.changes import difference"


@dataclass(frozen=True, eq=False)
class Beside:
    """Two panels of the same name and their difference; `apart` is its largest value as a share of their range."""

    name: str
    one: Panel
    other: Panel
    between: Panel
    apart: float

    @property
    def resized(self) -> bool:
        """Whether one of the two had to be enlarged."""
        one, other = ([a.shape for a in p.arrays.values()] for p in (self.one, self.other))
        return one != other


def beside(one: Seen, other: Seen) -> Iterator[Beside]:
    """What both views have in common, name by name; images on one colour scale, their difference around zero."""
    ours, theirs = _named(one), _named(other)
    for name in ours:
        if name in theirs:
            yield _pair(name, one, other, ours[name], theirs[name])


def alone(one: Seen, other: Seen) -> list[str]:
    """What only one of the two has."""
    return [name for name in {**_named(one), **_named(other)} if name not in _named(one) or name not in _named(other)]


def _named(seen: Seen) -> dict[str, int]:
    return {seen.names[k]: k for k in seen.looks}


def _pair(name: str, one: Seen, other: Seen, mine: int, its: int) -> Beside:
    a, b = views(one)[list(one.looks).index(mine)], views(other)[list(other.looks).index(its)]
    key = next(k for k in a.arrays if k != "times")
    values = a.arrays[key], b.arrays[key]
    between = np.asarray(difference(*values), np.float32)
    if key == "image":
        limits = scale(list(values))
        a, b = (replace(p, given={**p.given, "limits": limits}) for p in (a, b))
        top = float(np.abs(between).max()) or 1.0
        given = {**a.given, "limits": (-top, top)}
    else:
        given = dict(a.given)
    code = (
        *one.opened,
        *one.fitted("eye_a"),
        *other.fitted("eye_b"),
        *(["times = data.times()"] if "times" in a.arrays else []),
        f"a = eye_a.see({one.asked})[0, {mine}]",
        f"b = eye_b.see({other.asked})[0, {its}]",
        f"{key} = difference(a, b)",
    )
    arrays = {**{k: v for k, v in a.arrays.items() if k == "times"}, key: between}
    imports = tuple(dict.fromkeys((*one.imports, *other.imports, DIFFERENCE)))
    made = Panel(f"{name}, B − A", arrays, imports, code, a.call, given)
    return Beside(name, a, b, made, apart(*values))
