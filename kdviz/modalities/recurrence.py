"""Recurrence plots: when a series comes back to where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range
from kdviz.modalities.base import Array, Modality, refuse_unfitted, refuse_unseeable
from kdviz.modalities.kernels.compiled import chunks, moments
from kdviz.modalities.kernels.paa import marginal, means, spans, widen


@dataclass(frozen=True)
class Params:
    """Size of the image, what is compared, and when it counts as a return."""

    size: Annotated[int, Range(16, 256, 1, "pixels a side before embedding; never more than there are samples")] = 48
    dimension: Annotated[int, Range(1, 8, 1, "pixels compared at once: more ask for a longer likeness")] = 1
    delay: Annotated[int, Range(1, 16, 1, "pixels between those compared at once")] = 1
    threshold: Annotated[
        str, Choice(("none", "point", "distance"), "none keeps distances; the others keep only near or far")
    ] = "none"
    percentage: Annotated[
        float,
        Range(1, 99, 1, "near: closer than this share of all pairs (point) or of the largest distance (distance)"),
    ] = 10.0
    scale: Annotated[
        str,
        Choice(("train", "none"), "train divides distances by the channel's standard deviation in the training set"),
    ] = "train"


class Recurrence(Modality):
    """Recurrence plot of each channel (Eckmann et al. 1987), equal to pyts up to the training set's scale."""

    id = "recurrence"
    title = "Recurrence plot"
    idea = "Every pixel is the distance between two moments: dark where the series returns."
    forgets = "Offset and sign: a series and its negative look the same."
    Params = Params
    _spread: NDArray[np.float64] | None = None

    def fit(self, series: Array) -> None:
        """Learn each channel's standard deviation from series (N, C, T)."""
        refuse_unseeable(series)
        self._spread = moments(series)[:, 1]

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C, S', S') with S' = min(size, T) - (dimension - 1) delay; raises UserError where that is below 1."""
        side = self._side(length)
        return channels, side, side

    def draw(self, series: Array, out: Array) -> None:
        """Distances, or 1 for near and 0 for far."""
        count, channels, length = series.shape
        scaled = self.params.scale == "train" and self.params.threshold == "none"
        spread = refuse_unfitted(self._spread, series, self.title) if scaled else np.ones(channels)
        side = out.shape[2]
        for part in chunks(count, channels * max(length, side * side)):
            pixels = means(series[part], min(self.params.size, length))
            out[part] = self._near(self._distances(pixels, side) / spread[:, None, None])

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, h, w): row and column means, shared among the pixels of each state, spread over samples (N, T)."""
        length = series.shape[2]
        side = self._side(length)
        states = marginal(maps, side)
        pixels = np.zeros((len(maps), min(self.params.size, length)), np.float32)
        for lag in self._lags():
            pixels[:, lag : lag + side] += states / self.params.dimension
        return np.ascontiguousarray(widen(pixels, length), dtype=np.float32)

    def spans(self, length: int) -> NDArray[np.int64]:
        """The samples from a state's first pixel to its last."""
        reach = (self.params.dimension - 1) * self.params.delay + 1
        return spans(length, self._side(length) + reach - 1, reach)

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Whether the image had to be smaller than asked."""
        length = series.shape[2]
        if length >= self.params.size:
            return []
        return [f"The series have {length} samples, so no more than {length} x {length} pixels can be drawn."]

    def _lags(self) -> range:
        return range(0, self.params.dimension * self.params.delay, self.params.delay)

    def _side(self, length: int) -> int:
        pixels, needed = min(self.params.size, length), (self.params.dimension - 1) * self.params.delay
        if pixels - needed < 1:
            raise UserError(
                f"A dimension of {self.params.dimension} at a delay of {self.params.delay} needs {needed + 1} pixels; "
                f"this image has {pixels}. Lower the dimension or the delay."
            )
        return int(pixels - needed)

    def _distances(self, pixels: NDArray[np.float64], side: int) -> NDArray[np.float64]:
        square = np.zeros((*pixels.shape[:2], side, side))
        for lag in self._lags():
            state = pixels[..., lag : lag + side]
            square += (state[..., :, None] - state[..., None, :]) ** 2
        return np.asarray(np.sqrt(square))

    def _near(self, far: NDArray[np.float64]) -> NDArray[np.float64]:
        share = self.params.percentage
        if self.params.threshold == "none":
            return far
        point = self.params.threshold == "point"
        limit = np.percentile(far, share, axis=(2, 3)) if point else share / 100 * far.max((2, 3))
        return np.asarray(far < limit[..., None, None], dtype=np.float64)
