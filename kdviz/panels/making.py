"""The panels of one series through one modality."""

from __future__ import annotations

from typing import Any

import numpy as np

from kdviz.errors import UserError
from kdviz.figures.image import scale
from kdviz.modalities.base import Array
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.persistence import SIGNS, Persistence
from kdviz.panels.base import Panel
from kdviz.panels.seen import MODALITY, Seen, fitting, one_line, opening

NUMPY = "import numpy as np"


def signal(seen: Seen) -> Panel:
    """The channel as it was measured, over time."""
    imports, opens = opening(seen.data)
    code = (*opens, "times = data.times()", f"signal = data.X[{seen.number}, {seen.channel}]")
    arrays = {"times": seen.data.times(), "signal": seen.series[seen.channel]}
    return Panel(_title(seen), arrays, imports, code, "lines", {"across": seen.unit})


def views(seen: Seen) -> list[Panel]:
    """What the modality makes of the channel: an image each, or a line."""
    view, names = seen.view, seen.names
    if view.ndim == 2:
        return [_line(seen, view[k], names[k], k) for k in seen.looks]
    limits = scale([view[k] for k in seen.looks])
    return [image(seen, view[k], names[k], _begun(seen, f"eye.see(data.X[[{seen.number}]])[0, {k}]"), limits)
            for k in seen.looks]  # fmt: skip


def image(seen: Seen, values: Array, name: str, code: tuple[str, ...], limits: tuple[float, float]) -> Panel:
    """One image with the lines that make it."""
    upright = isinstance(seen.eye, Persistence)
    given: dict[str, Any] = {"limits": limits}
    if upright:
        given |= {"across": "birth", "up": "lifetime", "upright": True}
    imports = (*opening(seen.data)[0], MODALITY)
    return Panel(f"{name}, series {seen.number}", {"image": values}, imports, code, "plane", given)


def diagram(seen: Seen) -> Panel:
    """The persistence pairs by value; those of peaks lie below the diagonal. Raises UserError without pairs."""
    if not isinstance(seen.eye, Persistence):
        raise UserError("Only the persistence image has a diagram.")
    values, signs = seen.series[seen.channel], SIGNS[seen.eye.params.filtration]
    plain = list(seen.looks)[: len(signs)]
    found = [seen.eye.pairs(seen.series, look) for look in plain]
    born = np.concatenate([f.birth_sample for f in found]).astype(np.int64)
    died = np.concatenate([f.death_sample for f in found]).astype(np.int64)
    sign = np.concatenate([np.full(f.birth.size, s) for f, s in zip(found, signs, strict=True)]).astype(np.int64)
    arrays = {"birth": values[born], "death": values[died], "birth_sample": born, "death_sample": died, "sign": sign}
    imports = (NUMPY, *opening(seen.data)[0], MODALITY)
    code = (
        *opening(seen.data)[1],
        *fitting(seen.name, seen.settings),
        f"series = data.X[{seen.number}]",
        f"found = [eye.pairs(series, look) for look in {plain}]",
        "birth_sample = np.concatenate([f.birth_sample for f in found])",
        "death_sample = np.concatenate([f.death_sample for f in found])",
        f"birth, death = series[{seen.channel}, birth_sample], series[{seen.channel}, death_sample]",
        f"sign = np.concatenate([np.full(f.birth.size, s) for f, s in zip(found, {signs!r})])",
    )
    return Panel(f"Persistence diagram of {_title(seen)}", arrays, imports, code, "pairs")


def every_channel(seen: Seen) -> Panel:
    """The first image of every channel, small, on one scale. Raises UserError for a view that is no image."""
    view = seen.view
    if view.ndim == 2:
        raise UserError("This view is no image.")
    count = len(seen.data.channels)
    call = f"eye.see(data.X[[{seen.number}]])[0, :{count}]"
    code = (*opening(seen.data)[1], *fitting(seen.name, seen.settings), f"images = {call}")
    given = {"names": seen.names[:count], "upright": isinstance(seen.eye, Persistence)}
    imports = (*opening(seen.data)[0], MODALITY)
    return Panel(f"Every channel of series {seen.number}", {"images": view[:count]}, imports, code, "grid", given)


def across(seen: Seen, other: int) -> Panel:
    """The GASF between two channels: cos(phi_i of one + phi_j of the other). Raises UserError for another modality."""
    if not isinstance(seen.eye, Gaf):
        raise UserError("Only a GAF compares two channels.")
    values = seen.eye.cross(seen.series[None], seen.channel, other)[0]
    code = _begun(seen, f"eye.cross(data.X[[{seen.number}]], {seen.channel}, {other})[0]")
    names = tuple(seen.names[c].removeprefix("GASF of ").removeprefix("GADF of ") for c in (seen.channel, other))
    made = image(seen, values, f"{names[0]} against {names[1]}", code, (-1.0, 1.0))
    given = {**made.given, "across": names[1], "up": names[0]}
    return Panel(made.name, made.arrays, made.imports, made.code, made.call, given)


def _begun(seen: Seen, call: str) -> tuple[str, ...]:
    return *opening(seen.data)[1], *fitting(seen.name, seen.settings), f"image = {call}"


def _line(seen: Seen, values: Array, name: str, look: int) -> Panel:
    call = f"eye.see(data.X[[{seen.number}]])[0, {look}]"
    code = (*opening(seen.data)[1], *fitting(seen.name, seen.settings), "times = data.times()", f"view = {call}")
    imports = (*opening(seen.data)[0], MODALITY)
    title = f"{name}, series {seen.number}"
    return Panel(title, {"times": seen.data.times(), "view": values}, imports, code, "lines", {"across": seen.unit})


def _title(seen: Seen) -> str:
    return f"{one_line(seen.data.channels[seen.channel])}, series {seen.number}"
