"""The panels of one series through one modality."""

from __future__ import annotations

from typing import Any

import numpy as np

from kdviz.errors import UserError
from kdviz.figures.image import scale
from kdviz.modalities.base import Array
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.persistence import Persistence
from kdviz.panels.base import Arrays, Panel, Scale
from kdviz.panels.seen import Seen, one_line

NUMPY = "import numpy as np"


def signal(seen: Seen) -> Panel:
    """The channel as it was measured, over time."""
    code = (*seen.opened, "times = data.times()", f"signal = {seen.asked}[0, {seen.channel}]")
    arrays = {"times": seen.data.times(), "signal": seen.series[seen.channel]}
    return Panel(seen.title, arrays, seen.imports, code, "lines", {"across": seen.unit})


def views(seen: Seen) -> list[Panel]:
    """What the modality makes of the channel: an image each, or a line."""
    view, names = seen.view, seen.names
    if view.ndim == 2:
        return [_line(seen, view[k], names[k], k) for k in seen.looks]
    limits = scale([view[k] for k in seen.looks])
    calls = {k: f"eye.see({seen.asked})[0, {k}]" for k in seen.looks}
    return [image(seen, view[k], names[k], calls[k], limits) for k in seen.looks]


def image(seen: Seen, values: Array, name: str, call: str, limits: Scale) -> Panel:
    """One image (h, w) that the expression `call` gives."""
    given: dict[str, Any] = {"limits": limits}
    if isinstance(seen.eye, Persistence):
        given |= {"across": "birth", "up": "lifetime", "upright": True}
    code = (*seen.opened, *seen.fitted(), f"image = {call}")
    return Panel(f"{name}, series {seen.number}", {"image": values}, seen.imports, code, "plane", given)


def diagram(seen: Seen) -> Panel:
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
    return Panel(f"Persistence diagram of {seen.title}", arrays, (NUMPY, *seen.imports), code, "pairs")


def every_channel(seen: Seen) -> Panel:
    """The first image of every channel, small, on one scale. Raises UserError for a view that is no image."""
    view, count = seen.view, len(seen.data.channels)
    if view.ndim == 2:
        raise UserError("The signal is no image: choose another view to see all channels as images.")
    code = (*seen.opened, *seen.fitted(), f"images = eye.see({seen.asked})[0, :{count}]")
    given = {"names": seen.names[:count], "upright": isinstance(seen.eye, Persistence)}
    name = f"Every channel of series {seen.number}"
    return Panel(name, {"images": view[:count]}, seen.imports, code, "grid", given)


def across(seen: Seen, other: int) -> Panel:
    """The GAF between two channels: cos(phi_i of one + phi_j of the other). Raises UserError for another modality."""
    if not isinstance(seen.eye, Gaf):
        raise UserError("Only a GAF compares two channels.")
    values = seen.eye.cross(seen.series[None], seen.channel, other)[0]
    names = [one_line(seen.data.channels[c]) for c in (seen.channel, other)]
    call = f"eye.cross({seen.asked}, {seen.channel}, {other})[0]"
    made = image(seen, values, f"{names[0]} against {names[1]}", call, (-1.0, 1.0))
    given = {**made.given, "across": names[1], "up": names[0]}
    return Panel(made.name, made.arrays, made.imports, made.code, made.call, given)


def _line(seen: Seen, values: Array, name: str, look: int) -> Panel:
    code = (*seen.opened, *seen.fitted(), "times = data.times()", f"view = eye.see({seen.asked})[0, {look}]")
    arrays: Arrays = {"times": seen.data.times(), "view": values}
    return Panel(f"{name}, series {seen.number}", arrays, seen.imports, code, "lines", {"across": seen.unit})
