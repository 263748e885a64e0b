"""The way back: the series that a GASF was made of, up to its sign, and how far it misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdviz.core.errors import UserError
from kdviz.modalities.base import Array
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.kernels.paa import means, widen
from kdviz.panels.panel import NUMPY, Arrays, Panel, SeriesView


@dataclass(frozen=True, eq=False)
class Recovered:
    """The scaled series and what came back; errors are root mean squares on the scale -1..1.

    pixel_error   against what the image was made of: the mean of each pixel's samples
    error         against every sample: what pixels cost in detail
    turned        whether it came back upside down
    """

    panel: Panel
    pixel_error: float
    error: float
    turned: bool


def recovered(seen: SeriesView) -> Recovered:
    """From the GASF of the channel back to its scaled samples; raises UserError where the view holds no GASF."""
    if not isinstance(seen.eye, Gaf):
        raise UserError("Only a GASF gives the series back.")
    back = seen.eye.reconstruct(seen.view[None])[0, seen.channel]
    made_of = seen.eye.angles(seen.series[None])[0][0, seen.channel]
    turned = bool(back @ made_of < 0)
    upright = -back if turned else back
    wanted = _scaled(seen)
    came = widen(upright, seen.data.length)
    arrays: Arrays = {"times": seen.data.times(), "scaled": wanted, "recovered": came.astype(np.float32)}
    sign = "-" if turned else ""
    code = (
        *seen.opened,
        *seen.fitted(),
        f"series = {seen.asked}",
        "times = data.times()",
        f"recovered = {sign}eye.reconstruct(eye.see(series), data.length)[0, {seen.channel}]",
        *_scaling(seen),
    )
    panel = Panel(f"Back from the GASF: {seen.title}", arrays, (NUMPY,), code, "lines",
                  {"across": seen.unit})  # fmt: skip
    return Recovered(panel, _rms(upright - made_of), _rms(came - wanted), turned)


def _bounds(seen: SeriesView) -> tuple[float, float]:
    """The range that is mapped to -1..1."""
    if not isinstance(seen.eye, Gaf):
        raise UserError("Only a GASF gives the series back.")
    known = seen.eye.bounds(seen.channel)
    if known is not None:
        return known
    pixels = means(seen.series[seen.channel], min(seen.eye.params.size, seen.data.length))
    return float(pixels.min()), float(pixels.max())


def _scaled(seen: SeriesView) -> Array:
    low, high = _bounds(seen)
    share = (seen.series[seen.channel].astype(np.float64) - low) / ((high - low) or 1.0)
    return np.asarray(2 * share - 1, np.float32) if high > low else np.zeros(seen.data.length, np.float32)


def _scaling(seen: SeriesView) -> tuple[str, ...]:
    low, high = _bounds(seen)
    if not high > low:
        return ("scaled = np.zeros(data.length)",)
    return (f"low, high = {low!r}, {high!r}", f"scaled = 2 * (series[0, {seen.channel}] - low) / (high - low) - 1")


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(np.square(errors, dtype=np.float64))))
