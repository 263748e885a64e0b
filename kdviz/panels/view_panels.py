"""The panels of a view: one series, two views or series and their difference, the separability of several views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.core.params import Value
from kdviz.core.plain_text import one_line
from kdviz.figures.images import scale
from kdviz.metrics.perturbations import apart, difference
from kdviz.metrics.separability import Score, Separability
from kdviz.modalities.base import Array
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.persistence import Persistence
from kdviz.panels.panel import NUMPY, Arrays, Panel, Scale, SeriesView


def signal(seen: SeriesView) -> Panel:
    """The channel as it was measured, over time."""
    code = (*seen.opened, "times = data.times()", f"signal = {seen.asked}[0, {seen.channel}]")
    arrays = {"times": seen.data.times(), "signal": seen.series[seen.channel]}
    return Panel(seen.title, arrays, (), code, "lines", {"across": seen.unit})


def views(seen: SeriesView) -> list[Panel]:
    """What the modality makes of the channel: an image each, or a line."""
    view, names = seen.view, seen.names
    if view.ndim == 2:
        return [_line(seen, view[k], names[k], k) for k in seen.looks]
    limits = scale([view[k] for k in seen.looks])
    calls = {k: f"eye.see({seen.asked})[0, {k}]" for k in seen.looks}
    return [image(seen, view[k], names[k], calls[k], limits) for k in seen.looks]


def image(seen: SeriesView, values: Array, name: str, call: str, limits: Scale) -> Panel:
    """One image (h, w) that the expression `call` gives."""
    given: dict[str, Any] = {"limits": limits}
    if isinstance(seen.eye, Persistence):
        given |= {"across": "birth", "up": "lifetime", "upright": True}
    code = (*seen.opened, *seen.fitted(), f"image = {call}")
    return Panel(f"{name}, series {seen.number}", {"image": values}, (), code, "plane", given)


def diagram(seen: SeriesView) -> Panel:
    """The persistence pairs by value; those of peaks lie below the diagonal. Raises UserError for another modality."""
    if not isinstance(seen.eye, Persistence):
        raise UserError("Only the persistence image has a diagram.")
    values, every = seen.series[seen.channel], seen.eye.looks(len(seen.series))
    level = [k for k in seen.looks if not every[k].tilt]
    signs = tuple(every[k].sign for k in level)
    found = [seen.eye.pairs(seen.series, look) for look in level]
    born = np.concatenate([f.birth_sample for f in found]).astype(np.int64)
    died = np.concatenate([f.death_sample for f in found]).astype(np.int64)
    sign = np.concatenate([np.full(f.birth.size, s) for f, s in zip(found, signs, strict=True)]).astype(np.int64)
    arrays = {"birth": values[born], "death": values[died], "birth_sample": born, "death_sample": died, "sign": sign}
    code = (
        *seen.opened,
        *seen.fitted(),
        f"series = {seen.asked}[0]",
        f"found = [eye.pairs(series, look) for look in {level}]",
        "birth_sample = np.concatenate([f.birth_sample for f in found])",
        "death_sample = np.concatenate([f.death_sample for f in found])",
        f"birth, death = series[{seen.channel}, birth_sample], series[{seen.channel}, death_sample]",
        f"sign = np.concatenate([np.full(f.birth.size, s) for f, s in zip(found, {signs!r})])",
    )
    return Panel(f"Persistence diagram of {seen.title}", arrays, (NUMPY,), code, "pairs")


def every_channel(seen: SeriesView) -> Panel:
    """The first image of every channel, small, on one scale. Raises UserError for a view that is no image."""
    view, count = seen.view, len(seen.data.channels)
    if view.ndim == 2:
        raise UserError("The signal is no image: choose another view to see all channels as images.")
    code = (*seen.opened, *seen.fitted(), f"images = eye.see({seen.asked})[0, :{count}]")
    given = {"names": seen.names[:count], "upright": isinstance(seen.eye, Persistence)}
    name = f"Every channel of series {seen.number}"
    return Panel(name, {"images": view[:count]}, (), code, "grid", given)


def across(seen: SeriesView, other: int) -> Panel:
    """The GAF between two channels: cos(phi_i of one + phi_j of the other). Raises UserError for another modality."""
    if not isinstance(seen.eye, Gaf):
        raise UserError("Only a GAF compares two channels.")
    values = seen.eye.cross(seen.series[None], seen.channel, other)[0]
    names = [one_line(seen.data.channels[c], 40) for c in (seen.channel, other)]
    call = f"eye.cross({seen.asked}, {seen.channel}, {other})[0]"
    made = image(seen, values, f"{names[0]} against {names[1]}", call, (-1.0, 1.0))
    given = {**made.given, "across": names[1], "up": names[0]}
    return Panel(made.name, made.arrays, made.imports, made.code, made.call, given)


def _line(seen: SeriesView, values: Array, name: str, look: int) -> Panel:
    code = (*seen.opened, *seen.fitted(), "times = data.times()", f"view = eye.see({seen.asked})[0, {look}]")
    arrays: Arrays = {"times": seen.data.times(), "view": values}
    return Panel(f"{name}, series {seen.number}", arrays, (), code, "lines", {"across": seen.unit})


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


def beside(one: SeriesView, other: SeriesView) -> Iterator[Beside]:
    """What both views have in common, name by name; images on one colour scale, their difference around zero."""
    ours, theirs = _named(one), _named(other)
    for name in ours:
        if name in theirs:
            yield _pair(name, one, other, ours[name], theirs[name])


def alone(one: SeriesView, other: SeriesView) -> list[str]:
    """What only one of the two has."""
    return [name for name in {**_named(one), **_named(other)} if name not in _named(one) or name not in _named(other)]


def _named(seen: SeriesView) -> dict[str, int]:
    return {seen.names[k]: k for k in seen.looks}


def _pair(name: str, one: SeriesView, other: SeriesView, mine: int, its: int) -> Beside:
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
        f"{key} = kdviz.difference(a, b)",
    )
    arrays = {**{k: v for k, v in a.arrays.items() if k == "times"}, key: between}
    made = Panel(f"{name}, B − A", arrays, (), code, a.call, given)
    return Beside(name, a, b, made, apart(*values))


def separated(seen: SeriesView, found: Mapping[str, tuple[str, Mapping[str, Value], Separability]]) -> Panel:
    """What was found by modality: its title, its settings, its scores."""
    scores = [each for _, _, each in found.values()]
    arrays = {kind: np.array([row(getattr(s, kind)) for s in scores]) for kind in ("neighbour", "probe")}
    asked = {name: dict(settings) for name, (_, settings, _) in found.items()}
    code = (
        *seen.opened,
        f"asked = {asked!r}",
        "found = [kdviz.separability(data, name, **knobs) for name, knobs in asked.items()]",
        *(f"{kind} = np.array([[s.accuracy, s.low, s.high, s.chance] for s in (f.{kind} for f in found)])"
          for kind in arrays),
    )  # fmt: skip
    given = {"names": tuple(title for title, _, _ in found.values())}
    return Panel("Separability before training", arrays, (NUMPY,), code, "bars", given)


def row(score: Score) -> tuple[float, float, float, float]:
    """Value, low, high, chance."""
    return score.accuracy, score.low, score.high, score.chance
