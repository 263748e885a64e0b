"""What frequencies the features of a run's networks are made of, and what a frequency method does to them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.intervals import interval
from kdviz.metrics.spectra import high_share, power, radial, spectral_distance
from kdviz.runs.analysis.method_maps import attended, shows
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.training.encoded_data import encode

FILTERED = re.compile(r"filter\.(.+)")
RATE = re.compile(r"(global|local) rate (.+)")
Arrays = dict[str, NDArray[Any]]
Index = NDArray[np.int64]


def spectra(opened: OpenedRun, series: Index, stage: int) -> tuple[dict[str, Any], Arrays]:
    """What the feature maps of every network at `stage` (0 the first, -1 the last) are made of, in some series.

    Words by `role/modality`: `grid`, `high` (share of power above half of the highest frequency, with interval).
    Arrays: `role/modality/rings` (R,) cycles per place, `.../radial` (R,) mean power by ring, scaled to sum one;
    `.../map` (*grid) and `.../power` (*grid, unshifted) of the first series, means over channels.
    Raises UserError where a network has no such stage.
    """
    views, words, arrays = encode(opened.eyes, opened.data.X[series]), dict[str, Any](), dict[str, NDArray[Any]]()
    for role, net in opened.networks.items():
        if not -net.depth <= stage < net.depth:
            raise UserError(f"There is no stage {stage}: networks of this run have stages 0 to {net.depth - 1}.")
        with torch.no_grad():
            trace = net({m: views[m] for m in net.modalities})
        for m, part in (trace.parts or {net.modalities[0]: trace}).items():
            maps = part.stages[stage].numpy()
            spectrum, name = power(maps), f"{role}/{m}"
            away, rings = radial(spectrum)
            mean = rings.mean(0)
            arrays[f"{name}/rings"], arrays[f"{name}/radial"] = away, mean / (mean.sum() or 1.0)
            arrays[f"{name}/map"], arrays[f"{name}/power"] = maps[0].mean(0), spectrum[0]
            told = interval(high_share(spectrum))
            words[name] = {
                "grid": list(maps.shape[2:]),
                "high": [_or_none(v) for v in (told.value, told.low, told.high)],
            }
    return words, arrays


def filters(opened: OpenedRun, series: Index) -> tuple[dict[str, Any], Arrays]:
    """What a frequency method does to the student's maps in one series; nothing where the method has no such filter.

    Words by filter: `side`, `radius` of the removed block, `rates` (global, local) at the end, `energy` of both
    branches, `distance` in decibels of the student's spectrum from the teacher's, before and after.
    Arrays `FILTER/what` (*grid), zero frequency in the centre: before, after, filter, mask, teacher; and in space or
    time: seen, passed, rebuilt, wanted, global, local. `FILTER/global rate` and `FILTER/local rate` (E,) over `epochs`.
    """
    if not shows(opened):
        return {}, {}
    found = attended(opened, series[:1])
    words, arrays = dict[str, Any](), dict[str, NDArray[Any]]()
    over = _rates(opened)
    for name in found:
        key = FILTERED.fullmatch(name)
        if key is None:
            continue
        mine = {
            what.rpartition(f".{key[1]}")[0]: each[0] for what, each in found.items() if what.endswith(f".{key[1]}")
        }
        arrays |= {f"{key[1]}/{what}": each for what, each in mine.items()}
        rates = {which: over[which, key[1]] for which in ("global", "local") if (which, key[1]) in over}
        arrays |= {f"{key[1]}/{which} rate": values for which, values in rates.items()}
        words[key[1]] = {
            "side": int(mine["mask"].shape[-1]),
            "radius": _radius(mine["mask"]),
            "rates": {which: float(values[-1]) for which, values in rates.items()},
            "energy": _energies(mine, rates),
            "distance": {
                what: _or_none(float(spectral_distance(_squared(mine[what]), _squared(mine["teacher"]))[0]))
                for what in ("before", "after")
            },
        }
    if words:
        arrays["epochs"] = np.array(sorted({e["epoch"] for e in _epochs(opened)}))
    return words, arrays


def _energies(mine: dict[str, NDArray[Any]], rates: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    """The mean energy of each branch after its rate."""
    return {
        which: float(mine[which].mean() * (float(rates[which][-1]) ** 2 if which in rates else 1.0))
        for which in ("global", "local")
    }


def _squared(picture: NDArray[Any]) -> NDArray[np.float64]:
    """A picture log(1 + magnitude), centred, as a power spectrum (1, *grid), unshifted."""
    axes = tuple(range(picture.ndim))
    return np.asarray(np.fft.ifftshift(np.expm1(picture.astype(np.float64)) ** 2, axes=axes)[None])


def _radius(mask: NDArray[Any]) -> int:
    """Half the side of the block of zeros."""
    removed = float((mask == 0).sum())
    side: float = removed ** (1 / mask.ndim)
    return round(side / 2)


def _epochs(opened: OpenedRun) -> list[dict[str, Any]]:
    return [e for e in opened.run.events() if e.get("event") == "epoch" and e.get("who") == "student"]


def _rates(opened: OpenedRun) -> dict[tuple[str, str], NDArray[np.float64]]:
    """(branch, filter) -> its learned rate (E,) over the epochs."""
    told = {e["epoch"]: e.get("readouts", {}) for e in _epochs(opened)}
    names = {name for each in told.values() for name in each if RATE.fullmatch(name)}
    found = {}
    for name in names:
        which = RATE.fullmatch(name)
        if which:
            found[which[1], which[2]] = np.array([told[e].get(name, np.nan) for e in sorted(told)])
    return found


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
