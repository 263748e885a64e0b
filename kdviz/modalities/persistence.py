"""Persistence images: which valleys and peaks a series has, how deep they are, and nothing of when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError
from kdviz.modalities.base import Array, Modality, refuse_unfitted, refuse_unseeable, sentence
from kdviz.modalities.kernels.axes import Axis, exact_axes, legacy_axes
from kdviz.modalities.kernels.chunks import chunks
from kdviz.modalities.kernels.imager import Weights, paint, weights
from kdviz.modalities.kernels.lookup import looked_up
from kdviz.modalities.kernels.sweep import Diagrams, diagrams
from kdviz.params import Choice, Range

SIGNS = {"sublevel": (1,), "superlevel": (-1,), "both": (1, -1)}
WORDS = {1: "valleys", -1: "peaks"}


@dataclass(frozen=True)
class Params:
    """What is swept, and how pairs become an image."""

    resolution: Annotated[int, Range(8, 128, 1, "pixels a side")] = 32
    sigma: Annotated[
        float, Range(0.005, 0.25, 0.005, "blur of each pair, as a share of the side: more forgives, less tells apart")
    ] = 0.05
    filtration: Annotated[
        str,
        Choice(("both", "sublevel", "superlevel"), "sublevel sees valleys, superlevel peaks, both one image of each"),
    ] = "both"
    weight: Annotated[
        str, Choice(("linear", "constant"), "linear counts a pair by how long it lives; constant counts noise as much")
    ] = "linear"
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

    A view channel is a channel of the series seen one way up; peaks are the valleys of the negated channel.
    """

    id = "persistence"
    title = "Persistence image"
    idea = "Flood the series: every valley is born at its depth and dies where it merges with a deeper one."
    forgets = "Time: in which order valleys come, and how long they last."
    Params = Params
    _ranges: NDArray[np.float64] | None = None
    _scale: NDArray[np.float64] | None = None

    def fit(self, series: Array) -> None:
        """Learn each view channel's lowest and highest birth, longest persistence and brightness from (N, C, T)."""
        refuse_unseeable(series)
        channels, signs = series.shape[1], len(SIGNS[self.params.filtration])
        ranges = np.tile([np.inf, -np.inf, 0.0], (signs * channels, 1))
        for part in self._parts(series):
            for known, (found, _) in zip(ranges, self._diagrams(series[part]), strict=True):
                known[0] = found.birth.min(initial=known[0])
                known[1] = found.birth.max(initial=known[1])
                known[2] = found.persistence.max(initial=known[2])
        ranges[~np.isfinite(ranges)] = 0
        self._ranges, self._scale = ranges.reshape(signs, channels, 3).swapaxes(0, 1), None
        if self.params.normalise == "train":
            power = np.zeros(signs * channels)
            for part in self._parts(series):
                power += [(images**2).mean((1, 2)).sum() for images in self._images(series[part])]
            self._scale = np.sqrt(power / max(len(series), 1))

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C', R, R): rows are persistence, columns birth, both ascending."""
        return len(self._looks(channels)), self.params.resolution, self.params.resolution

    def draw(self, series: Array, out: Array) -> None:
        """The valleys of all channels, then the peaks of all."""
        refuse_unfitted(self._ranges, series, self.title)
        for part in self._parts(series):
            for look, images in enumerate(self._images(series[part])):
                out[part, look] = images / self._brightness(look, images)

    def axes(self, look: int) -> tuple[Axis, Axis]:
        """The birth and the persistence axis of a view channel; raises UserError before fit."""
        low, high, longest = self._range(look)
        count, sigma = self.params.resolution, self.params.sigma
        if self.params.backend == "exact":
            return exact_axes((low, high), longest, count, sigma)
        top = max(high, longest) if longest > 0 else 1.0
        return legacy_axes(low, top, count, sigma * (top - min(low, 0.0)))

    def pairs(self, series: Array, look: int) -> Diagrams:
        """The pairs that one series (C, T) shows in a view channel; the values of peaks are negated."""
        return list(self._diagrams(series[None]))[look][0]

    def feeds(self, series: Array, look: int, row: int, column: int) -> list[tuple[int, float]]:
        """Which of `pairs(series, look)` light a pixel, brightest first: (pair, its share of the pixel's light)."""
        found, weight = list(self._diagrams(series[None]))[look]
        across, up = self.axes(look)
        light = weight * across.integrals(found.birth)[:, column] * up.integrals(found.persistence)[:, row]
        order = np.argsort(-light, kind="stable")
        return [(int(k), float(light[k] / light.sum())) for k in order if light[k] > 0]

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, h, w) through each pair to the samples of its birth and death, weighted as in the image: (N, T)."""
        refuse_unfitted(self._ranges, series, self.title)
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
        """The valleys of each channel, then the peaks of each."""
        return tuple(f"{WORDS[sign]} of {name}" for sign in SIGNS[self.params.filtration] for name in channels)

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Which series have an empty image, and which have pairs outside it."""
        still = (np.ptp(series, axis=2) == 0).any(1)
        where = " in a channel" if series.shape[1] > 1 else ""
        one = f"never changes{where}: nothing is born and nothing dies, so it is drawn at 0."
        said = sentence(still, numbers, one, one.replace("never changes", "never change").replace("it is", "they are"))
        if self._ranges is None:
            return said
        beyond = np.zeros(len(series), dtype=bool)
        for part in self._parts(series):
            for look, (found, _) in enumerate(self._diagrams(series[part])):
                across, up = self.axes(look)
                places = np.stack([across.share(found.birth), up.share(found.persistence)])
                beyond[part][found.row[((places < 0) | (places > 1)).any(0)]] = True
        lost = "pairs beyond the range of the training set: they fall off the image."
        return said + sentence(beyond, numbers, f"has {lost}", f"have {lost}")

    def _looks(self, channels: int) -> list[tuple[int, int]]:
        return [(channel, sign) for sign in SIGNS[self.params.filtration] for channel in range(channels)]

    def _parts(self, series: Array) -> Iterator[slice]:
        return chunks(len(series), 2 * max(series.shape[2], self.params.resolution**2))

    def _diagrams(self, series: Array) -> Iterator[tuple[Diagrams, Weights]]:
        """The pairs of series (N, C, T) in each view channel, and their weights."""
        for channel, sign in self._looks(series.shape[1]):
            found = diagrams(sign * series[:, channel])
            kept = found.death > found.birth
            if self.params.essential == "drop":
                kept &= ~found.essential
            found = found.keep(kept)
            yield found, weights(found, "legacy" if self.params.backend == "persim_legacy" else self.params.weight)

    def _range(self, look: int) -> tuple[float, float, float]:
        if self._ranges is None:
            raise UserError(f"{self.title} takes its ranges from the training series: fit it to them first.")
        low, high, longest = self._ranges.swapaxes(0, 1).reshape(-1, 3)[look]
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
        return np.array(1.0 if self._scale is None else self._scale[look] or 1.0)
