"""From windows to scores: each student's discrepancy on time, z by the kept normal part, fused, alarms, top windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.baselines.discord import MOST, discord
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import Floats, TimeScore, fused, standardised, threshold_of
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_loop import Watched, Watcher
from kdviz.training.watched.watch_settings import FUSED, Layout, Settings, starts
from kdviz.training.watched.watch_views import WatchedWindows, batches

Told = Callable[[float], None]
TOP = 10


def silent(_: float) -> None:
    """Tells nobody."""


@dataclass(frozen=True, eq=False)
class Score:
    """One score on time: as it comes (T,), by which channel (T,), its z (T,) and what that was taken with."""

    raw: Floats
    channel: NDArray[np.uint16]
    z: Floats
    mean: float
    spread: float
    threshold: float


def laid(watched: Watched, one: Watcher, length: int, told: Told = silent) -> tuple[Floats, NDArray[np.uint16]]:
    """A student's discrepancy on time (T,), the highest of the channels, and which channel that is."""
    windows, found = watched.windows, []
    count = len(windows.values)
    for channel in range(count):
        score, done = TimeScore.of(length), 0
        for at, series in batches(windows, channel):
            maps = one.apart(one.view.see(series))
            score.add(one.view.to_time(maps, series), at)
            done += at.size
            told((channel + done / max(windows.layout.scored.size, 1)) / count)
        found.append(score.score)
    return highest(found)


def highest(by_channel: Sequence[Floats]) -> tuple[Floats, NDArray[np.uint16]]:
    """The highest of the channels' scores (T,), and whose it is."""
    stacked = np.stack(by_channel)
    return np.asarray(stacked.max(0), np.float64), stacked.argmax(0).astype(np.uint16)


def scored(raw: Floats, channel: NDArray[np.uint16], layout: Layout, quantile: float, above: float) -> Score:
    """A score with its z and threshold, both by the kept normal part alone."""
    z, mean, spread = standardised(raw, layout.normal)
    return Score(raw, channel, z, mean, spread, threshold_of(z, layout.normal, quantile, above))


def fused_score(scores: Mapping[str, Score], layout: Layout, quantile: float, above: float) -> Score:
    """The mean of z of several scores, with a threshold of its own; the channel of the one that is highest there."""
    every = list(scores.values())
    z = fused({k: s.z for k, s in scores.items()})
    lead = np.stack([s.z for s in every]).argmax(0)
    channel = np.stack([s.channel for s in every])[lead, np.arange(z.size)]
    return Score(z, channel, z, 0.0, 1.0, threshold_of(z, layout.normal, quantile, above))


def peaks(z: Floats, count: int, apart: int, first: int = 0) -> list[int]:
    """The `count` highest samples from `first` on, at least `apart` samples from one another, highest first."""
    left, found = np.array(z, np.float64), list[int]()
    left[:first] = -np.inf
    while len(found) < count and np.isfinite(left).any():
        top = int(np.argmax(left))
        found.append(top)
        left[max(0, top - apart + 1) : top + apart] = -np.inf
    return found


def top_windows(
    fused_z: Score, parts: Mapping[str, Score], stretch: Stretch, windows: WatchedWindows, count: int = TOP
) -> list[dict[str, Any]]:
    """The windows that stand out most: where, when, z by view, whose share of it is how large, the channel, and the
    nearest normal window."""
    z = fused_z.z if stretch.mended is None else np.where(stretch.mended, -np.inf, fused_z.z)
    size, out = windows.layout.window, []
    for at in peaks(z, count, size // 2, stretch.tested):
        begin = int(np.clip(at - size // 2, 0, stretch.length - size))
        channel = int(fused_z.channel[at])
        each = {k: float(s.z[at]) for k, s in parts.items()}
        total = sum(max(v, 0.0) for v in each.values()) or 1.0
        near, distance = nearest_normal(windows, channel, begin)
        out.append({
            "at": at, "from": begin, "to": begin + size - 1, "time": stretch.said_time(at), "z": float(fused_z.z[at]),
            "views": each, "found_by": {k: max(v, 0.0) / total for k, v in each.items()},
            "channel": stretch.channels[channel], "normal": near, "distance": distance,
        })  # fmt: skip
    return out


def nearest_normal(windows: WatchedWindows, channel: int, begin: int) -> tuple[int, float]:
    """Where the most alike window of the fit part begins, and their root mean squared difference, in spreads."""
    layout = windows.layout
    row, size = windows.values[channel], layout.window
    query = row[begin : begin + size].astype(np.float64)
    part = row[: layout.fit].astype(np.float64)
    width = 1 << int(np.ceil(np.log2(part.size + size)))
    cross = np.fft.irfft(np.fft.rfft(part, width) * np.conj(np.fft.rfft(query, width)), width)[: part.size - size + 1]
    squares = np.concatenate([[0.0], np.cumsum(part**2)])
    apart = squares[size:] - squares[:-size] - 2 * cross + (query**2).sum()
    free = np.abs(np.arange(apart.size) - begin) >= size // 2
    apart = np.where(free, apart, np.inf)
    at = int(np.argmin(apart))
    return at, float(np.sqrt(max(apart[at], 0) / size))


def whole_scores(
    watched: Watched, stretch: Stretch, keys: Sequence[str], quantile: float, above: float, told: Told = silent
) -> dict[str, Score]:
    """The score of every pair by its key, and `fused` over `keys`; no mark is read."""
    out, layout = dict[str, Score](), watched.windows.layout
    for number, one in enumerate(watched.watchers):
        share = len(watched.watchers)

        def tell(done: float, number: int = number, share: int = share) -> None:
            told((number + done) / share)

        raw, channel = laid(watched, one, stretch.length, tell)
        out[one.pair.key] = scored(raw, channel, layout, quantile, above)
    return {**out, FUSED: fused_score({k: out[k] for k in keys}, layout, quantile, above)}


DISCORD, NEIGHBOUR, CHANCE = "discord", "neighbour", "random"
CONTROLS = (DISCORD, NEIGHBOUR, CHANCE)
MOST_KNOWN, AT_ONCE = 4_096, 2_048
Vectors = NDArray[np.floating[Any]]


def controls(watched: Watched, stretch: Stretch, recipe: Recipe, settings: Settings) -> Mapping[str, Score]:
    """The score of each control by its name; the discord only up to 60,000 samples."""
    layout, out = watched.windows.layout, dict[str, Score]()

    def keep(name: str, by_channel: list[np.ndarray]) -> None:
        out[name] = scored(*highest(by_channel), layout, settings.quantile, settings.above)

    if stretch.length <= MOST:
        keep(DISCORD, [discord(row, recipe.window) for row in watched.windows.values])
    lead = next((w for w in watched.watchers if w.pair.view == "signal"), watched.watchers[0])
    keep(NEIGHBOUR, neighbours(lead, watched.windows, stretch))
    keep(CHANCE, [by_chance(stretch.length, recipe.seed)])
    return out


def neighbours(one: Watcher, windows: WatchedWindows, stretch: Stretch) -> list[np.ndarray]:
    """By channel, how far each window's vector is from the nearest of the fit part in the teacher's space (T,)."""
    layout, found = windows.layout, []
    at = starts(stretch, layout.window, layout.step, 0, layout.fit)
    at = at[np.unique(np.linspace(0, at.size - 1, min(at.size, MOST_KNOWN)).astype(np.int64))]
    for channel in range(len(windows.values)):
        known = _vectors(one, windows, channel, at)
        score = TimeScore.of(stretch.length)
        for first, series in batches(windows, channel):
            apart = nearest(_embedded(one, series), known)
            score.add(np.repeat(apart[:, None], layout.window, 1), first)
        found.append(score.score)
    return found


def _vectors(one: Watcher, windows: WatchedWindows, channel: int, at: np.ndarray) -> np.ndarray:
    parts = []
    for first in range(0, at.size, 256):
        places = at[first : first + 256]
        parts.append(_embedded(one, windows.at(np.stack([np.full(places.size, channel), places], 1))))
    return np.concatenate(parts)


def _embedded(one: Watcher, series: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        found: np.ndarray = one.trace(one.view.see(series)).embedding.numpy()
    return found


def nearest(vectors: Vectors, normal: Vectors) -> NDArray[np.float64]:
    """Euclidean distance of each of vectors (N, K) to the nearest of normal (M, K): (N,)."""
    known = np.asarray(normal, np.float64)
    squares, out = (known**2).sum(1), np.empty(len(vectors))
    for first in range(0, len(vectors), AT_ONCE):
        part = np.asarray(vectors[first : first + AT_ONCE], np.float64)
        apart = (part**2).sum(1)[:, None] + squares[None] - 2 * part @ known.T
        out[first : first + AT_ONCE] = np.sqrt(np.maximum(apart.min(1), 0))
    return out


def by_chance(length: int, seed: int) -> NDArray[np.float64]:
    """A score (T,) that knows nothing."""
    return np.random.default_rng(seed).random(length)
