"""The series as it is, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.core.params import Choice
from kdviz.modalities.base import Array, Modality, refuse_unfitted, refuse_unseeable, sentence
from kdviz.modalities.kernels.compiled import chunks, moments
from kdviz.modalities.kernels.paa import stretch


@dataclass(frozen=True)
class Params:
    """Which mean and standard deviation are taken away."""

    standardise: Annotated[
        str,
        Choice(("train", "window", "none"), "train keeps differences in level between series; window forgets them"),
    ] = "train"


class Signal(Modality):
    """Samples in time, each channel standardised."""

    id = "signal"
    title = "Signal"
    idea = "The samples in their order: what happened, and when."
    forgets = "Nothing but its unit; per-window standardising also forgets offset and amplitude."
    dims = 1
    quick = True
    Params = Params
    _moments: NDArray[np.float64] | None = None

    def fit(self, series: Array) -> None:
        """Learn each channel's mean and standard deviation from series (N, C, T)."""
        refuse_unseeable(series)
        self._moments = moments(series)

    @property
    def learned(self) -> NDArray[np.float64] | None:
        """Mean and standard deviation (C, 2) that are taken away of every series; None where none were learned."""
        return self._moments if self.params.standardise == "train" else None

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C, T)."""
        return channels, length

    def draw(self, series: Array, out: Array) -> None:
        """Series (N, C, T) standardised; what never changes becomes 0."""
        how = self.params.standardise
        learned = refuse_unfitted(self._moments, series, self.title) if how == "train" else np.empty((0, 2))
        for part in chunks(len(series), series.shape[1] * series.shape[2]):
            values = series[part].astype(np.float64)
            if how == "train":
                values = (values - learned[:, :1]) / learned[:, 1:]
            elif how == "window":
                values -= values.mean(2, keepdims=True)
                spread = values.std(2, keepdims=True)
                values /= np.where(spread > 0, spread, 1)
            out[part] = values

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, w) by linear interpolation: (N, T)."""
        return np.ascontiguousarray(stretch(maps, series.shape[2]), dtype=np.float32)

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Which series are drawn at 0 because they never change in a channel."""
        if self.params.standardise != "window":
            return []
        still = (np.ptp(series, axis=2) == 0).any(1)
        where = " in a channel" if series.shape[1] > 1 else ""
        one, many = f"never changes{where}, so it is drawn at 0.", f"never change{where}, so they are drawn at 0."
        return sentence(still, numbers, one, many)
