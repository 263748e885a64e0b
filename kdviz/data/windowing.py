"""One long recording cut into windows: where they begin, which label each has, what does not count."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.data import cells, limits
from kdviz.data.mapping import Mapping, span
from kdviz.data.raw import Cases, Recording, Words
from kdviz.data.tall import borders
from kdviz.errors import UserError

USUAL = 128
SHORT = 8
WANTED = 20
GAP = 1.5

Places = NDArray[np.int64]


def samples(text: str, what: str, rate: float | None) -> int | None:
    """A length in samples; raises UserError where seconds are asked for and the rate is unknown."""
    found = span(text, what)
    if found is None:
        return None
    number, seconds = found
    if not seconds:
        return int(number)
    if not rate:
        raise UserError(
            f"The {what} {text!r} is in seconds, but the sampling rate is unknown. Set rate=HZ, or samples."
        )
    return max(1, round(number * rate))


def suggested(rows: int) -> int:
    """A window for a recording of `rows` samples: 128, shorter where that leaves fewer than 20."""
    if rows < 2 * SHORT:
        return max(1, rows)
    return int(min(USUAL, max(SHORT, 2 ** int(np.log2(max(2, rows // WANTED))))))


def sizes(recording: Recording, mapping: Mapping) -> tuple[int, int]:
    """Window and step in samples; raises UserError where the window is longer than the recording."""
    rate = mapping.rate or recording.rate
    window = samples(mapping.window, "window", rate) or min(suggested(recording.rows), longest(recording, mapping.gaps))
    step = samples(mapping.step, "step", rate) or window
    if window > recording.rows:
        raise UserError(
            f"The window has {window:,} samples, the recording only {recording.rows:,}. Choose a shorter window."
        )
    return window, step


def longest(recording: Recording, gaps: str) -> int:
    """The longest stretch that one window may span."""
    return int(np.diff(edges_of(recording, gaps)).max(initial=1))


def edges_of(recording: Recording, gaps: str) -> Places:
    """Where no window goes on: from one subject to the next, and at gaps where gaps="split"."""
    edges = borders(recording.subjects, recording.rows)
    return np.union1d(edges, gaps_in(recording)) if gaps == "split" else edges


def starts(recording: Recording, window: int, step: int, gaps: str) -> Places:
    """Where windows begin: never across subjects, nor across gaps where gaps="split"; a partial last one is dropped."""
    return between(edges_of(recording, gaps), window, step)


def between(edges: Places, window: int, step: int) -> Places:
    """Where windows begin that cross none of the edges."""
    found = [np.arange(a, b - window + 1, step) for a, b in pairwise(edges)]
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)


def gaps_in(recording: Recording) -> Places:
    """The rows before which time jumps by more than half a usual step over one."""
    if recording.times is None or recording.rows < 3:
        return np.zeros(0, np.int64)
    steps = np.diff(recording.times)
    usual = np.median(steps[steps > 0]) if (steps > 0).any() else np.inf
    with np.errstate(invalid="ignore"):
        return (np.flatnonzero((steps > GAP * usual) | (steps < 0)) + 1).astype(np.int64)


def cut(recording: Recording, mapping: Mapping) -> Cases:
    """The windows as series; raises UserError where there are none, or more than are read."""
    window, step = sizes(recording, mapping)
    places = starts(recording, window, step, mapping.gaps)
    if not places.size:
        raise UserError(f"No stretch of the recording is {window:,} samples long. Choose a shorter window.")
    if places.size > limits.SERIES or places.size * window * recording.values.shape[0] > limits.VALUES:
        raise UserError(
            f"A window of {window:,} and a step of {step:,} samples give {places.size:,} series; at most "
            f"{limits.SERIES:,} series and {limits.VALUES:,} values are taken. Choose a longer step."
        )
    labels, kept = label_of(recording.labels, places, window, mapping.rule)
    if not kept.any():
        raise UserError("No window has one label throughout. Choose a shorter window, or rule=majority.")
    places = places[kept]
    return Cases(
        [recording.values[:, a : a + window] for a in places],
        None if labels is None else labels[kept],
        recording.channels,
        mapping.rate or recording.rate,
        None if recording.subjects is None else recording.subjects[places],
        None if recording.parts is None else recording.parts[places],
    )


def label_of(written: Words | None, places: Places, window: int, rule: str) -> tuple[Words | None, NDArray[np.bool_]]:
    """Each window's label and whether it counts: of most samples (a tie goes to the later label), or whole windows."""
    kept = np.ones(places.size, bool)
    if written is None:
        return None, kept
    names = cells.in_order([w for w in set(written) if w])
    place = {n: i for i, n in enumerate(names)} | {"": len(names)}
    codes = np.array([place[w] for w in written], np.int64)
    out = np.empty(places.size, object)
    for i, a in enumerate(places):
        votes = np.bincount(codes[a : a + window], minlength=len(names) + 1)
        kept[i] = rule != "whole" or votes.max() == window
        said = votes[:-1]
        out[i] = names[said.size - 1 - int(np.argmax(said[::-1]))] if said.any() else ""
    return out, kept
