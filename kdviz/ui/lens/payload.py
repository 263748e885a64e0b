"""What the lens is sent: the series, and how its pictures are made; pictures themselves only where a browser cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kdviz.figures.evidence_board import to_base64
from kdviz.modalities.base import Array, Modality
from kdviz.modalities.gaf import FIELDS, Gaf
from kdviz.modalities.kernels.persistence_image import Axis
from kdviz.modalities.persistence import Persistence
from kdviz.ui.texts.sentences import LENS

Stretch = tuple[int, int]


def payload(
    series: Array,
    channel: int,
    name: str,
    rate: float | None,
    brush: Stretch | None,
    plane: Modality,
    persistence: Persistence,
    sweep: int = 0,
) -> Mapping[str, Any]:
    """One channel of series (C, T) for the lens; the modalities are fitted.

    sweep   which looks of persistence: 0 the level ones, 1 those tilted up, -1 down
    """
    return {
        "series": to_base64(series[channel]),
        "name": name,
        "rate": rate,
        "brush": list(brush) if brush else None,
        "planes": list(_planes(plane, series, channel)),
        "looks": list(_looks(persistence, series, channel, sweep)),
        "words": LENS,
    }


def _planes(shown: Modality, series: Array, channel: int) -> Iterator[dict[str, Any]]:
    spans = shown.spans(series.shape[1])
    if spans is None:
        return
    whole = len(spans) == series.shape[1] and bool((spans[:, 0] == spans[:, 1]).all())
    shared = {"first": None if whole else spans[:, 0].tolist(), "last": None if whole else spans[:, 1].tolist()}
    if isinstance(shown, Gaf):
        for field in FIELDS[shown.params.kind]:
            kind = field.lower()
            made = {"name": field, "kind": kind, "says": f"pixel {kind}", "range": shown.bounds(channel, field)}
            yield {**shared, **made, "limits": [-1, 1]}
        return
    image = shown.see(series[None])[0, channel]
    says = f"pixel {shown.id}" if f"pixel {shown.id}" in LENS else "pixel"
    top = float(np.abs(image).max()) or 1.0
    limits = [-top if image.min() < 0 else 0.0, top]
    yield {**shared, "name": shown.title, "says": says, "values": to_base64(image), "limits": limits}


def _looks(shown: Persistence, series: Array, channel: int, sweep: int) -> Iterator[dict[str, Any]]:
    for place, look in enumerate(shown.looks(len(series))):
        if look.channel != channel or np.sign(look.tilt) != sweep:
            continue
        found, light = shown.light(series, place)
        across, up = shown.axes(place)
        kind = "valley" if look.sign > 0 else "peak"
        endless = shown.params.essential != "drop" and found.birth.size > 0
        yield {
            "name": LENS[f"image {kind}"] + LENS[f"tilt {int(np.sign(look.tilt))}"],
            "kind": kind,
            "one": LENS[kind],
            "sign": look.sign,
            "swept": to_base64(shown.swept(series, place)) if look.tilt else None,
            "born": found.birth_sample.tolist(),
            "died": found.death_sample.tolist(),
            "weight": to_base64(light),
            "essential": found.birth.size - 1 if endless else -1,
            "across": _axis(across),
            "up": _axis(up),
        }


def _axis(axis: Axis) -> dict[str, float]:
    return {"low": axis.low, "step": axis.step, "count": axis.count, "spread": axis.spread, "width": axis.width}
