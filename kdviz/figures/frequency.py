"""Frequencies drawn: energy by ring, a frequency filter's rates, accuracy by cut, coherence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.chart import DASHES, Axis, Chart, Line, lines
from kdviz.figures.palette import INK, colour

Floats = NDArray[np.floating[Any]]
SHARE = "share of the highest frequency"


def rings(each: Mapping[str, tuple[str, Floats, Floats]], alt: str) -> Chart:
    """Energy by frequency, one line a network: title -> (role, shares of the highest frequency, energy)."""
    found = [
        Line(title, shares.tolist(), np.maximum(energy, 1e-8).tolist(), colour(role), DASHES[k % len(DASHES)])
        for k, (title, (role, shares, energy)) in enumerate(each.items())
    ]
    return lines(found, Axis(SHARE, "percent"), Axis("share of energy", log=True), alt)


def rates(epochs: Floats, each: Mapping[str, Floats], alt: str) -> Chart:
    """The learned rates of a filter's branches by epoch."""
    colours = ("#0072B2", "#D55E00")
    found = [
        Line(name, epochs[: len(values)].tolist(), values.tolist(), colours[k % 2], DASHES[k % 2])
        for k, (name, values) in enumerate(each.items())
    ]
    return lines(found, Axis("epoch", "count"), Axis("rate"), alt)


def by_cut(cuts: Floats, each: Mapping[str, Floats], titles: Mapping[str, str], now: float, alt: str) -> Chart:
    """Accuracy with only some frequencies, by where they are cut; one line a network."""
    found = [
        Line(titles[role], cuts.tolist(), values.tolist(), colour(role), DASHES[k % len(DASHES)])
        for k, (role, values) in enumerate(each.items())
    ]
    across, up = Axis(f"cut, {SHARE}", "percent", 0.0, 1.0), Axis("accuracy", "percent", 0.0, 1.0)
    return lines(found, across, up, alt, {now: "this cut"})


def coherence(frequencies: Floats, each: Mapping[str, Floats], alt: str) -> Chart:
    """Squared coherence with the teacher by frequency: student, control, chance."""
    looks = {"student": ("", 3.0), "control": ("6 3", 2.0), "chance": ("2 3", 1.5)}
    found = [
        Line(who, frequencies.tolist(), values.tolist(), INK if who == "chance" else colour(who), *looks[who])
        for who, values in each.items()
    ]
    return lines(found, Axis("cycles per sample"), Axis("coherence", min=0.0, max=1.0), alt)
