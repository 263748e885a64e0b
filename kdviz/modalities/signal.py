"""The series itself, standardised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from kdviz.modalities.base import Array, Modality, refuse_unseeable
from kdviz.params import Choice


@dataclass(frozen=True)
class Params:
    """How the series is scaled."""

    standardise: Annotated[str, Choice(("train", "window", "none"), "whose mean and deviation")] = "train"


class Signal(Modality):
    """The raw series."""

    id = "signal"
    title = "Signal"
    idea = "The series itself, each channel standardised."
    forgets = "Nothing but the units; standardised per window, also the level and the amplitude."
    dims = 1
    Params = Params

    def fit(self, series: Array) -> None:
        """Mean and deviation of each channel over the training series."""
        self.mean = series.mean((0, 2), keepdims=True)
        self.deviation = np.maximum(series.std((0, 2), keepdims=True), 1e-8)

    def see(self, series: Array) -> Array:
        """(N, C, T), standardised."""
        refuse_unseeable(series)
        how = self.params.standardise
        if how == "none":
            return np.ascontiguousarray(series, np.float32)
        if how == "window":
            deviation = np.maximum(series.std(2, keepdims=True), 1e-8)
            return ((series - series.mean(2, keepdims=True)) / deviation).astype(np.float32)
        return ((series - self.mean) / self.deviation).astype(np.float32)

    def to_time(self, maps: Array, series: Array) -> Array | None:
        """Each map (N, T') stretched linearly to (N, T)."""
        length = series.shape[2]
        at = (np.arange(length) + 0.5) * maps.shape[1] / length - 0.5
        low = np.clip(np.floor(at).astype(int), 0, maps.shape[1] - 1)
        high = np.minimum(low + 1, maps.shape[1] - 1)
        share = np.clip(at - low, 0, 1).astype(np.float32)
        return (maps[:, low] * (1 - share) + maps[:, high] * share).astype(np.float32)
