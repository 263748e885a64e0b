"""Markov transition fields: how likely each moment's level is to step to each other's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.core.params import Choice, Range
from kdviz.modalities.base import Array, Modality
from kdviz.modalities.kernels.compiled import chunks
from kdviz.modalities.kernels.paa import marginal, spans, widen
from kdviz.modalities.kernels.transitions import transition_field


@dataclass(frozen=True)
class Params:
    """Size of the image and the levels between which steps are counted."""

    size: Annotated[
        int, Range(16, 256, 1, "pixels a side; each is the mean of a block, and never more than there are samples")
    ] = 48
    bins: Annotated[int, Range(2, 16, 1, "levels: few are robust, many are sharp but need long series")] = 8
    strategy: Annotated[
        str, Choice(("quantile", "uniform"), "quantile: as many samples in each level; uniform: levels of one height")
    ] = "quantile"


class Markov(Modality):
    """Markov transition field of each channel (Wang & Oates 2015), equal to pyts."""

    id = "markov"
    title = "Markov transition field"
    idea = "Every pixel asks: how often does the level of moment i step to the level of moment j?"
    forgets = "Amplitude and the order of rare steps: only levels and their transitions remain."
    Params = Params

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C, S, S) with S = min(size, T)."""
        side = min(self.params.size, length)
        return channels, side, side

    def draw(self, series: Array, out: Array) -> None:
        """Probabilities of stepping from the levels of a row's moment to those of a column's."""
        count, channels, length = series.shape
        side = out.shape[2]
        for part in chunks(count, channels * max(length * 4, side * side)):
            rows = series[part].reshape(-1, length)
            field = transition_field(rows, side, self.params.bins, self.params.strategy)
            out[part] = field.reshape(-1, channels, side, side)

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, h, w): what a pixel's row and column hold on average, spread over its samples (N, T)."""
        length = series.shape[2]
        return np.ascontiguousarray(widen(marginal(maps, min(self.params.size, length)), length), dtype=np.float32)

    def spans(self, length: int) -> NDArray[np.int64]:
        """The samples of each pixel's segment."""
        return spans(length, min(self.params.size, length))

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Whether the image had to be smaller than asked."""
        length = series.shape[2]
        if length >= self.params.size:
            return []
        return [f"The series have {length} samples, so the image is {length} x {length} pixels."]
