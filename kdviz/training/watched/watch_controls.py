"""The controls of a watch, always beside it: discord, neighbour in the teacher's space, chance. No student in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.baselines.discord import MOST, discord
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import TimeScore
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_loop import Watched, Watcher
from kdviz.training.watched.watch_scores import Score, highest, scored
from kdviz.training.watched.watch_settings import Settings, starts
from kdviz.training.watched.watch_views import WatchedWindows, batches

DISCORD, NEIGHBOUR, CHANCE = "discord", "neighbour", "random"
CONTROLS = (DISCORD, NEIGHBOUR, CHANCE)
MOST_KNOWN = 4_096


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


AT_ONCE = 2_048
Vectors = NDArray[np.floating[Any]]


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
