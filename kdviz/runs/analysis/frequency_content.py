"""What frequencies the features of a run's networks are made of, and what a frequency method does to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.intervals import finite_or_none, interval
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.spectra import high_share, power, radial, spectral_distance
from kdviz.runs.analysis.method_maps import attended
from kdviz.runs.analysis.network_answers import Floats, FrequencyContent, FrequencyFilter, MapSpectrum
from kdviz.runs.analysis.opened_run import OpenedRun, check_series

FILTERED = re.compile(r"filter\.(.+)")
RATE = re.compile(r"(global|local) rate (.+)")
MOST = 64
BRANCHES = ("global", "local")
Index = NDArray[np.int64]


def frequency(opened: OpenedRun, series: int, stage: int = -1) -> FrequencyContent:
    """Spectra of every network at a stage, and a frequency method's filters.

    Maps and filters are those of `series`; radial energy and shares are over it and up to 64 test series.
    """
    check_series(opened, series)
    others = evenly_spaced(opened.data.test, MOST)
    mine = np.concatenate([[series], others[others != series]]).astype(np.int64)
    found = filters(opened, mine)
    epochs = np.array(sorted({e["epoch"] for e in _epochs(opened)}), np.int64) if found else None
    return FrequencyContent(int(mine.size), spectra(opened, mine, stage), found, epochs)


def spectra(opened: OpenedRun, series: Index, stage: int) -> dict[str, dict[str, MapSpectrum]]:
    """What the feature maps of every network at `stage` (0 the first, -1 the last) are made of, in some series.

    By role and modality: `high` is the share of power above half of the highest frequency; `rings` (R,) cycles per
    place, `radial` (R,) mean power by ring, scaled to sum one; `map` (*grid) and `power` (*grid, unshifted) are of
    the first series, means over channels. Raises UserError where a network has no such stage.
    """
    views, out = opened.views_by_role(series), dict[str, dict[str, MapSpectrum]]()
    for role, net in opened.networks.items():
        if not -net.depth <= stage < net.depth:
            raise UserError(f"There is no stage {stage}: networks of this run have stages 0 to {net.depth - 1}.")
        with torch.no_grad():
            trace = net(views[role])
        parts = trace.parts or {net.modalities[0]: trace}
        out[role] = {m: _spectrum(part.stages[stage].numpy()) for m, part in parts.items()}
    return out


def _spectrum(maps: NDArray[np.float32]) -> MapSpectrum:
    spectrum = power(maps)
    away, rings = radial(spectrum)
    mean, high = rings.mean(0), interval(high_share(spectrum)).known()
    return MapSpectrum(maps.shape[2:], high, away, mean / (mean.sum() or 1.0), maps[0].mean(0), spectrum[0])


def filters(opened: OpenedRun, series: Index) -> dict[str, FrequencyFilter]:
    """What a frequency method does to the student's maps in one series; nothing where the method has no such filter.

    `radius` is that of the removed block; `rates` (global, local) those at the end, `rate_lines` (E,) over epochs;
    `energy` that of both branches; `distance` in decibels of the student's spectrum from the teacher's, before and
    after. `pictures` (*grid), zero frequency in the centre: before, after, filter, mask, teacher; and in space or
    time: seen, passed, rebuilt, wanted, global, local.
    """
    if not opened.own_maps:
        return {}
    found, over, out = attended(opened, series[:1]), _rates(opened), dict[str, FrequencyFilter]()
    for name in found:
        key = FILTERED.fullmatch(name)
        if key is None:
            continue
        mine = {
            what.rpartition(f".{key[1]}")[0]: each[0] for what, each in found.items() if what.endswith(f".{key[1]}")
        }
        rates = {which: over[which, key[1]] for which in BRANCHES if (which, key[1]) in over}
        out[key[1]] = FrequencyFilter(
            int(mine["mask"].shape[-1]),
            _radius(mine["mask"]),
            {which: float(values[-1]) for which, values in rates.items()},
            _energies(mine, rates),
            {
                what: finite_or_none(float(spectral_distance(_squared(mine[what]), _squared(mine["teacher"]))[0]))
                for what in ("before", "after")
            },
            mine,
            rates,
        )
    return out


def _energies(mine: dict[str, NDArray[Any]], rates: Mapping[str, Floats]) -> dict[str, float]:
    """The mean energy of each branch after its rate."""
    return {
        which: float(mine[which].mean() * (float(rates[which][-1]) ** 2 if which in rates else 1.0))
        for which in BRANCHES
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


def _rates(opened: OpenedRun) -> dict[tuple[str, str], Floats]:
    """(branch, filter) -> its learned rate (E,) over the epochs."""
    readouts = {e["epoch"]: e.get("readouts", {}) for e in _epochs(opened)}
    names = {name for each in readouts.values() for name in each if RATE.fullmatch(name)}
    found = {}
    for name in names:
        which = RATE.fullmatch(name)
        if which:
            found[which[1], which[2]] = np.array([readouts[e].get(name, np.nan) for e in sorted(readouts)])
    return found
