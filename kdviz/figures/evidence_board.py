"""The board of evidence as plain values for the browser: one axis of time, rows of evidence, like under like."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
BROWSER = Path(__file__).with_name("browser")
SIZES = ("full", "half", "fold")


@dataclass(frozen=True)
class Lane:
    """One network's map over time (T,), raw, or why there is none.

    who      teacher, student, control or difference; size: full, half or fold
    says     its answer in words; `role` whose answer it is, by which an epoch's answer replaces it
    usual    how strong such a map usually is, where that is known
    film     where its maps of other epochs are: the film's mark, extractor, role and modality
    pair     folded lanes of one such name share a strip, and open together
    second   of the run that lies beside; key C hides and shows those
    """

    who: str
    title: str
    colour: str
    values: Array | None
    signed: bool
    says: str = ""
    why: str = ""
    size: str = "full"
    usual: float | None = None
    film: tuple[str, str, str, str] | None = None
    pair: str = ""
    second: bool = False


@dataclass(frozen=True)
class Picture:
    """Evidence (h', w') over the image (h, w) it was found in; `timed` where rows and columns are time."""

    title: str
    view: Array
    values: Array
    signed: bool
    timed: bool
    usual: float | None = None


@dataclass(frozen=True)
class Spectrum:
    """Power (R,) in decibels by frequency (R,)."""

    title: str
    colour: str
    frequencies: Array
    decibels: Array
    dash: Sequence[int] = ()
    second: bool = False


@dataclass(frozen=True)
class Row:
    """One kind of evidence: lanes over time, images beside them, and spectra where it has some."""

    title: str
    about: str
    lanes: Sequence[Lane]
    pictures: Sequence[Picture] = ()
    spectra: Sequence[Spectrum] = ()


@dataclass(frozen=True)
class Track:
    """The slider over kept epochs (E,): its match curves by name, which epoch is shown, and which is the answer."""

    epochs: Sequence[int]
    shown: int
    answer: int | None
    stages: Sequence[tuple[str, int]] = ()
    curves: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    mark: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the numbers say, in one sentence; what stands beside it, in words; the same in short of a second run."""

    sentence: str
    beside: Sequence[str]
    second: str = ""


def board(
    times: Array,
    unit: str,
    channels: Sequence[tuple[str, Array]],
    chosen: int,
    rows: Sequence[Row],
    words: Mapping[str, str],
    scale: str = "own",
    brush: tuple[int, int] | None = None,
    track: Track | None = None,
    verdict: Verdict | None = None,
    present: bool = False,
    hertz: str = "",
    difference: bool = False,
    truth: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """Everything that evidence_board.js draws; `channels` by name (T,), of which one is `chosen`; `truth` is the
    stretch, in samples, that is known to tell the class.
    """
    return {
        "times": [float(f"{t:.5g}") for t in times],
        "unit": unit,
        "channels": [{"title": name, "values": to_base64(values)} for name, values in channels],
        "chosen": chosen,
        "rows": [_row(row, times, unit) for row in rows],
        "scale": scale,
        "brush": None if brush is None else list(brush),
        "track": None if track is None else asdict(track),
        "verdict": None if verdict is None else asdict(verdict),
        "present": present,
        "hertz": hertz,
        "difference": difference,
        "truth": None if truth is None else list(truth),
        "words": dict(words),
        "alt": described(rows, times, unit),
    }


def _row(row: Row, times: Array, unit: str) -> dict[str, Any]:
    return {
        "title": row.title,
        "about": row.about,
        "alt": row_sentence(row, times, unit),
        "lanes": [_lane(lane) for lane in row.lanes],
        "pictures": [_picture(p) for p in row.pictures],
        "spectra": [_spectrum(each) for each in row.spectra],
    }


def _lane(lane: Lane) -> dict[str, Any]:
    values = None if lane.values is None else to_base64(lane.values)
    return {
        "who": lane.who, "title": lane.title, "colour": lane.colour, "says": lane.says, "why": lane.why,
        "size": lane.size, "pair": lane.pair, "second": lane.second, "signed": lane.signed, "usual": lane.usual,
        "values": values, "film": None if lane.film is None else list(lane.film),
    }  # fmt: skip


def _picture(picture: Picture) -> dict[str, Any]:
    low, high = float(picture.view.min()), float(picture.view.max())
    shade = np.clip(255 * (picture.view - low) / ((high - low) or 1.0), 0, 255).astype(np.uint8)
    row, place = np.unravel_index(int(np.argmax(picture.values)), picture.values.shape)
    return {
        "title": picture.title,
        "signed": picture.signed,
        "timed": picture.timed,
        "usual": picture.usual,
        "view": base64.b64encode(shade.tobytes()).decode(),
        "vh": shade.shape[0],
        "vw": shade.shape[1],
        "values": to_base64(picture.values),
        "h": picture.values.shape[0],
        "w": picture.values.shape[1],
        "alt": f"{picture.title}: strongest at row {row + 1} of {picture.values.shape[0]}, "
        f"column {place + 1} of {picture.values.shape[1]}.",
    }


def _spectrum(each: Spectrum) -> dict[str, Any]:
    return {
        "title": each.title,
        "colour": each.colour,
        "dash": list(each.dash),
        "second": each.second,
        "x": [float(f"{x:.5g}") for x in each.frequencies],
        "y": [float(f"{y:.4g}") for y in each.decibels],
    }


def film(
    mark: str, epochs: Sequence[int], maps: Mapping[str, Mapping[str, Mapping[str, Array]]],
    says: Mapping[str, Sequence[str]],
) -> dict[str, Any]:  # fmt: skip
    """Maps (E, T) by extractor, role and modality, and answers in words by role, for the board of this mark."""
    return {
        "mark": mark,
        "epochs": list(epochs),
        "maps": {
            "/".join((name, role, m)): to_base64(each)
            for name, by in maps.items()
            for role, views in by.items()
            for m, each in views.items()
        },
        "says": {role: list(each) for role, each in says.items()},
    }


def to_base64(values: Array) -> str:
    """Numbers as base64 of little-endian float32."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def row_sentence(row: Row, times: Array, unit: str) -> str:
    """One row in words: what each network says, and where its map peaks."""
    peaks = [
        f"{': '.join(filter(None, (lane.title, lane.says)))}, peaks at {times[int(np.argmax(lane.values))]:.4g} {unit}"
        for lane in row.lanes
        if lane.values is not None
    ]
    return f"{row.title}. {'; '.join(peaks)}."


def described(rows: Sequence[Row], times: Array, unit: str) -> str:
    """All rows in words."""
    return " ".join(row_sentence(row, times, unit) for row in rows)


def component_script(name: str) -> str:
    """The code of a drawing, with what all of them share in front."""
    return "\n".join((BROWSER / f"{part}.js").read_text(encoding="utf-8") for part in ("common", name))


def style(name: str) -> str:
    """Its style."""
    path = BROWSER / f"{name}.css"
    return path.read_text(encoding="utf-8") if path.exists() else ""
