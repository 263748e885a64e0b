"""Two recordings that are always there: a machine whose sensor fails (NAB), and one with six anomalies made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.stretch import Stretch, train_end_of

Floats = NDArray[np.float64]
MACHINE = Path(__file__).with_name("machine_temperature.npz")
TITLES = {"machine": "Machine temperature", "planted-recording": "Planted recording"}
CITATION = "Lavin & Ahmad 2015, Numenta Anomaly Benchmark (MIT licence, kdviz/data/sources/machine_temperature.txt)"
NORMAL_OF_MACHINE = 2_100

BEAT, LENGTH, NORMAL = 96, 12_000, 4_000
PLANTED = {
    "spike": (5_010, 5_014), "level": (6_200, 6_391), "missing beat": (7_392, 7_487), "tempo": (8_600, 8_887),
    "flat": (9_800, 9_895), "noise": (11_000, 11_191),
}  # fmt: skip
"""The planted anomalies by name, as (first, last) sample."""


def recording(name: str, train_end: str = "") -> Stretch:
    """A recording of these by its name after `sample:`; raises UserError where there is none such."""
    if name not in TITLES:
        raise UserError(f"There is no recording {name[:40]!r}. There are: {', '.join(TITLES)}.")
    found = _machine() if name == "machine" else _planted()
    if not train_end:
        return found
    end = train_end_of(train_end, found.length, found.rate, found.sample_at)
    return Stretch(**{**vars(found), "train_end": end})


def _machine() -> Stretch:
    """NAB's machine temperature: a sample every five minutes, four marked windows around failures."""
    with np.load(MACHINE, allow_pickle=False) as held:
        values, times, marks = held["values"], held["times"], held["marks"]
    return Stretch(
        values[None], NORMAL_OF_MACHINE, ("temperature",), TITLES["machine"], times.astype(np.float64), rate=1 / 300,
        source={"sample": "machine"}, marks=marks,
    )  # fmt: skip


def _planted() -> Stretch:
    """Beats of 96 samples with a little noise and a slow breath; where `PLANTED` says, one thing goes wrong."""
    rng = np.random.default_rng(7)
    x = beats(np.arange(LENGTH) / BEAT) + 0.15 * np.sin(2 * np.pi * np.arange(LENGTH) / 1_000)
    x += 0.05 * rng.standard_normal(LENGTH)
    place = {name: slice(a, b + 1) for name, (a, b) in PLANTED.items()}
    x[place["spike"]] += 1.2
    x[place["level"]] += 0.6
    x[place["missing beat"]] = 0.05 * rng.standard_normal(BEAT)
    size = place["tempo"].stop - place["tempo"].start
    x[place["tempo"]] = beats(np.arange(size) / (BEAT / 1.5)) + 0.05 * rng.standard_normal(size)
    x[place["flat"]] = x[place["flat"]].mean()
    x[place["noise"]] += 0.35 * rng.standard_normal(192)
    marks = np.zeros(LENGTH, np.uint8)
    for part in place.values():
        marks[part] = 1
    return Stretch(
        x[None].astype(np.float32), NORMAL, ("beat",), TITLES["planted-recording"], rate=96.0,
        source={"sample": "planted-recording"}, marks=marks,
    )  # fmt: skip


def beats(turn: Floats) -> Floats:
    """A heart's beat at each turn (a whole number is a whole beat): a low wave, a sharp one, a broad one."""
    phase = turn % 1.0
    waves = ((0.2, 0.25, 0.04), (1.0, 0.45, 0.02), (-0.25, 0.5, 0.02), (0.35, 0.75, 0.06))
    return np.asarray(sum(h * np.exp(-0.5 * ((phase - at) / width) ** 2) for h, at, width in waves))
