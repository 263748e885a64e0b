"""Persistence images: which valleys and peaks a series has, how deep they are, and nothing of when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range
from kdviz.modalities.base import Array, Modality, refuse_unfitted, refuse_unseeable, sentence
from kdviz.modalities.kernels.compiled import chunks, moments
from kdviz.modalities.kernels.persistence_image import Axis, Weights, exact_axes, legacy_axes, looked_up, paint, weights
from kdviz.modalities.kernels.sublevel import SIGNS, Diagrams, Look, diagrams, looks

__all__ = ["SIGNS", "Params", "Persistence"]


@dataclass(frozen=True)
class Params:
    """What is swept, and how pairs become an image."""

    resolution: Annotated[int, Range(8, 128, 1, "pixels a side")] = 24
    sigma: Annotated[
        float, Range(0.005, 0.25, 0.005, "blur of each pair, as a share of the side: more forgives, less tells apart")
    ] = 0.05
    filtration: Annotated[
        str,
        Choice(("both", "sublevel", "superlevel"), "sublevel sees valleys, superlevel peaks, both one image of each"),
    ] = "both"
    tilt: Annotated[
        float,
        Range(
            0,
            8,
            0.5,
            "0 sees heights only; above, the series is also swept tilted to both sides, and time leaves a trace",
        ),
    ] = 1.0
    weight: Annotated[
        str,
        Choice(
            ("constant", "linear"),
            "constant counts every pair; linear by how long it lives: calmer, but small valleys fade",
        ),
    ] = "constant"
    essential: Annotated[
        str,
        Choice(
            ("cap_at_max", "drop"), "the deepest valley never merges: end it at the maximum, or lose it and the range"
        ),
    ] = "cap_at_max"
    normalise: Annotated[
        str, Choice(("train", "max", "none"), "train: one scale a channel; max: each image by itself, forgets how much")
    ] = "train"
    backend: Annotated[
        str,
        Choice(("exact", "persim_legacy"), "persim_legacy leaves gaps between pixels, as published experiments did"),
    ] = "exact"


class Persistence(Modality):
    """Persistence image (Adams et al. 2017) of each channel's valleys and peaks: sublevel sets, dimension 0.

    A view channel is a `Look`: a channel of the series one way up. Peaks are the valleys of the negated channel.
    """

    id = "persistence"
    title = "Persistence image"
    idea = "Flood the series: every valley is born at its depth and dies where it merges with a deeper one."
    forgets = "Time: in which order valleys come, and how long they last; a tilt brings part of it back."
    Params = Params
    _spread: NDArray[np.float64] | None = None
    _ranges: NDArray[np.float64]
    _scale: NDArray[np.float64]

    def fit(self, series: Array) -> None:
        """Learn each look's lowest and highest birth, longest persistence and brightness from series (N, C, T)."""
        refuse_unseeable(series)
        self._spread = moments(series)[:, 1]
        count = len(self.looks(series.shape[1]))
        ranges = np.tile([np.inf, -np.inf, 0.0], (count, 1))
        for part in self._parts(series):
            for known, (found, _) in zip(ranges, self._diagrams(series[part]), strict=True):
                known[0] = found.birth.min(initial=known[0])
                known[1] = found.birth.max(initial=known[1])
                known[2] = found.persistence.max(initial=known[2])
        self._ranges = np.where(np.isfinite(ranges), ranges, 0)
        power = np.ones(count)
        if self.params.normalise == "train":
            parts = (self._images(series[part]) for part in self._parts(series))
            power = sum((np.array([(i**2).mean((1, 2)).sum() for i in p]) for p in parts), np.zeros(count))
            power /= max(len(series), 1)
        self._scale = np.sqrt(np.where(power > 0, power, 1))

    def looks(self, channels: int) -> list[Look]:
        """What each of the C' channels of the view shows of a series of `channels` channels."""
        return looks(channels, self.params.filtration, self.params.tilt)

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C', R, R): rows are persistence, columns birth, both ascending."""
        return len(self.looks(channels)), self.params.resolution, self.params.resolution

    def draw(self, series: Array, out: Array) -> None:
        """The image of every look."""
        refuse_unfitted(self._spread, series, self.title)
        for part in self._parts(series):
            for look, images in enumerate(self._images(series[part])):
                out[part, look] = images / self._brightness(look, images)

    def axes(self, look: int) -> tuple[Axis, Axis]:
        """The birth and the persistence axis of a look; raises UserError before fit."""
        low, high, longest = self._range(look)
        count, sigma = self.params.resolution, self.params.sigma
        if self.params.backend == "exact":
            return exact_axes((low, high), longest, count, sigma)
        top = max(high, longest) if longest > 0 else 1.0
        return legacy_axes(low, top, count, sigma * (top - min(low, 0.0)))

    def pairs(self, series: Array, look: int) -> Diagrams:
        """The pairs of one series (C, T) in a look; values are as seen that way up: negated for peaks, tilted."""
        return self._diagram(series[None], self.looks(len(series))[look])[0]

    def swept(self, series: Array, look: int) -> Array:
        """The values (T,) of one series (C, T) that a look floods: negated for peaks, tilted."""
        spread = refuse_unfitted(self._spread, series[None], self.title)
        return np.asarray(self.looks(len(series))[look].rows(series[None], spread)[0], dtype=np.float32)

    def light(self, series: Array, look: int) -> tuple[Diagrams, Weights]:
        """The pairs of one series (C, T) in a look, and how bright each shines in the finished image."""
        found, weight = self._diagram(series[None], self.looks(len(series))[look])
        image = paint(found.birth, found.persistence, weight, found.start, self.axes(look))
        return found, weight / float(np.squeeze(self._brightness(look, image)))

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, h, w) through each pair to the samples of its birth and death, weighted as in the image: (N, T)."""
        refuse_unfitted(self._spread, series, self.title)
        out = np.zeros((len(series), series.shape[2]), np.float32)
        for part in self._parts(series):
            for look, (found, weight) in enumerate(self._diagrams(series[part])):
                across, up = self.axes(look)
                value = looked_up(maps[part], found.row, up.share(found.persistence), across.share(found.birth))
                value = value * weight / self._heaviest(look)
                for sample in (found.birth_sample, found.death_sample):
                    place = found.row * series.shape[2] + sample
                    out[part] += np.bincount(place, value, out[part].size).reshape(out[part].shape)
        return out

    def names(self, channels: Sequence[str]) -> tuple[str, ...]:
        """The valleys of each channel, then the peaks of each; then the same tilted up, and down."""
        return tuple(look.name(channels[look.channel]) for look in self.looks(len(channels)))

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Which series have an empty image, and which have pairs outside it."""
        still = (np.ptp(series, axis=2) == 0).any(1)
        where = " in a channel" if series.shape[1] > 1 else ""
        one = f"never changes{where}: nothing is born and nothing dies, so it is drawn at 0."
        said = sentence(still, numbers, one, one.replace("never changes", "never change").replace("it is", "they are"))
        if self._spread is None:
            return said
        beyond = np.zeros(len(series), dtype=bool)
        for part in self._parts(series):
            for look, (found, _) in enumerate(self._diagrams(series[part])):
                across, up = self.axes(look)
                places = np.stack([across.share(found.birth), up.share(found.persistence)])
                beyond[part][found.row[((places < 0) | (places > 1)).any(0)]] = True
        lost = "pairs beyond the range of the training set: they fall off the image."
        return said + sentence(beyond, numbers, f"has {lost}", f"have {lost}")

    def _parts(self, series: Array) -> Iterator[slice]:
        return chunks(len(series), 2 * max(series.shape[2], self.params.resolution**2))

    def _diagrams(self, series: Array) -> Iterator[tuple[Diagrams, Weights]]:
        """The pairs of series (N, C, T) in each look, and their weights."""
        return (self._diagram(series, look) for look in self.looks(series.shape[1]))

    def _diagram(self, series: Array, look: Look) -> tuple[Diagrams, Weights]:
        spread = refuse_unfitted(self._spread, series, self.title)
        found = diagrams(look.rows(series, spread))
        # What never changes has nothing to sweep, however it is tilted.
        alive = np.ptp(series[:, look.channel], axis=1) > 0
        kept = (found.death > found.birth) & alive[found.row]
        if self.params.essential == "drop":
            kept &= ~found.essential
        found = found.keep(kept)
        return found, weights(found, "legacy" if self.params.backend == "persim_legacy" else self.params.weight)

    def _range(self, look: int) -> tuple[float, float, float]:
        if self._spread is None:
            raise UserError(f"{self.title} takes its ranges from the training series: fit it to them first.")
        low, high, longest = self._ranges[look]
        return float(low), float(high), float(longest)

    def _heaviest(self, look: int) -> float:
        linear = self.params.backend == "exact" and self.params.weight == "linear"
        return (self._range(look)[2] if linear else 0.0) or 1.0

    def _images(self, series: Array) -> Iterator[NDArray[np.float64]]:
        for look, (found, weight) in enumerate(self._diagrams(series)):
            yield paint(found.birth, found.persistence, weight, found.start, self.axes(look))

    def _brightness(self, look: int, images: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.params.normalise == "max":
            top = images.max((1, 2), keepdims=True)
            return np.where(top > 0, top, 1.0)
        return self._scale[look : look + 1]
