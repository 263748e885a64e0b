"""What the lens is sent: the series, and how its pictures are made; pictures themselves only where a browser cannot.

What the lens says; the browser fills in the numbers. A translation is another such table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kdviz.figures.board import to_base64
from kdviz.modalities.base import Array, Modality
from kdviz.modalities.gaf import FIELDS, Gaf
from kdviz.modalities.kernels.persistence_image import Axis
from kdviz.modalities.persistence import Persistence

SENTENCES = {
    "idle": "Drag along the signal to light a stretch in every picture, click to let it go; point at a pixel or a pair "
    "to see what it is made of. Keys: Tab, arrows, Shift for ten steps, Space for both ends of a stretch, Esc.",
    "idle touch": "Draw along the signal with a finger to light a stretch in every picture; touch a pixel or a pair to "
    "see what it is made of. A tap on the signal lets the stretch go.",
    "title": "{channel}, series {series}, class {label}",
    "keys": "{name}. Arrow keys move, with Shift ten steps, Escape clears.",
    "sample": "sample {t}",
    "samples": "samples {t}–{u}",
    "itself": "itself",
    "value": "The value at {t} is {value}.",
    "one end": "One end of the stretch is sample {t}. Move on and press Space for the other.",
    "stretch": "Stretch of {n} samples, {a} to {b}{time}: its rows and columns are lit; "
    "{inside} of {all} pairs are born in it.",
    "pixel": "Pixel ({i}, {j}) = {value}: compares {a} with {b}.",
    "pixel gasf": "Pixel ({i}, {j}) = cos(φ{i} + φ{j}) = {value}: compares {a} with {b}.",
    "pixel gadf": "Pixel ({i}, {j}) = sin(φ{i} − φ{j}) = {value}: compares {a} with {b}.",
    "pixel markov": "Pixel ({i}, {j}) = {value}: how often the level at {a} steps to the level at {b}.",
    "pixel recurrence": "Pixel ({i}, {j}) = {value}: how far {a} is from {b}.",
    "diagram": "Persistence diagram",
    "image valley": "Image of valleys",
    "image peak": "Image of peaks",
    "tilt 0": "",
    "tilt 1": ", tilted up",
    "tilt -1": ", tilted down",
    "valley": "Valley",
    "peak": "Peak",
    "pair": "{what} born at sample {b} ({x}), merges at {d} ({y}): lives {life}.",
    "valley essential": "The deepest valley, born at sample {b} ({x}), never merges: it is ended at the maximum, "
    "sample {d} ({y}), and lives {life}.",
    "peak essential": "The highest peak, born at sample {b} ({x}), never merges: it is ended at the minimum, "
    "sample {d} ({y}), and lives {life}.",
    "spot": "Pixel at birth {x}, lifetime {y} = {value}: fed by {fed}.",
    "spot dark": "Pixel at birth {x}, lifetime {y} = {value}: no pair reaches it.",
    "feeds": "{what} {b}→{d} ({share} %)",
    "more": "{n} more",
    "spot axes": "across: birth, up: lifetime",
    "still": "Nothing changes here, so there is nothing to compare.",
}


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
        "words": SENTENCES,
    }


def _planes(eye: Modality, series: Array, channel: int) -> Iterator[dict[str, Any]]:
    spans = eye.spans(series.shape[1])
    if spans is None:
        return
    whole = len(spans) == series.shape[1] and bool((spans[:, 0] == spans[:, 1]).all())
    shared = {"first": None if whole else spans[:, 0].tolist(), "last": None if whole else spans[:, 1].tolist()}
    if isinstance(eye, Gaf):
        for field in FIELDS[eye.params.kind]:
            kind = field.lower()
            made = {"name": field, "kind": kind, "says": f"pixel {kind}", "range": eye.bounds(channel, field)}
            yield {**shared, **made, "limits": [-1, 1]}
        return
    image = eye.see(series[None])[0, channel]
    says = f"pixel {eye.id}" if f"pixel {eye.id}" in SENTENCES else "pixel"
    top = float(np.abs(image).max()) or 1.0
    limits = [-top if image.min() < 0 else 0.0, top]
    yield {**shared, "name": eye.title, "says": says, "values": to_base64(image), "limits": limits}


def _looks(eye: Persistence, series: Array, channel: int, sweep: int) -> Iterator[dict[str, Any]]:
    for place, look in enumerate(eye.looks(len(series))):
        if look.channel != channel or np.sign(look.tilt) != sweep:
            continue
        found, light = eye.light(series, place)
        across, up = eye.axes(place)
        kind = "valley" if look.sign > 0 else "peak"
        endless = eye.params.essential != "drop" and found.birth.size > 0
        yield {
            "name": SENTENCES[f"image {kind}"] + SENTENCES[f"tilt {int(np.sign(look.tilt))}"],
            "kind": kind,
            "one": SENTENCES[kind],
            "sign": look.sign,
            "swept": to_base64(eye.swept(series, place)) if look.tilt else None,
            "born": found.birth_sample.tolist(),
            "died": found.death_sample.tolist(),
            "weight": to_base64(light),
            "essential": found.birth.size - 1 if endless else -1,
            "across": _axis(across),
            "up": _axis(up),
        }


def _axis(axis: Axis) -> dict[str, float]:
    return {"low": axis.low, "step": axis.step, "count": axis.count, "spread": axis.spread, "width": axis.width}
