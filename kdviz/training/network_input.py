"""What one network sees of raw series: its channels, degraded or not, through modalities fitted on what it may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from kdviz.data.dataset import Dataset, Index
from kdviz.modalities.base import Array, Modality
from kdviz.training.encoded_data import encode, fitted
from kdviz.training.knowledge import as_seen, as_teacher, degrade
from kdviz.training.recipe import Recipe


@dataclass(frozen=True)
class NetworkInput:
    """From series of a run's data to the views of one of its networks, and from its maps back to time.

    data    the run's
    recipe  the network's
    whose   the data that its views were fitted to, where it comes from another run and teaches: its own
    """

    data: Dataset
    recipe: Recipe
    whose: Dataset | None = None

    @cached_property
    def seen(self) -> Dataset:
        """What the views are fitted to."""
        return as_seen(self.data if self.whose is None else self.whose, self.recipe)

    @cached_property
    def modalities(self) -> Mapping[str, Modality]:
        """Fitted as they were for training."""
        return fitted(self.seen, self.recipe.views)

    @cached_property
    def channels(self) -> list[int]:
        """The numbers of the data's channels that the network sees."""
        return [self.data.channels.index(name) for name in self.seen.channels]

    def series(self, numbers: Index, raw: NDArray[np.float32] | None = None) -> Array:
        """Series of these numbers, or `raw` (n, C, T) in their place, as the network sees them."""
        given = self.data.X[numbers] if raw is None else raw
        mine = given if len(self.channels) == given.shape[1] else np.ascontiguousarray(given[:, self.channels])
        here = self.recipe if self.whose is None else as_teacher(self.recipe)
        if not (here.noise or here.missing):
            return mine
        tests = np.isin(numbers, self.data.test)
        hit = {"test": tests, "student": ~tests}.get(here.degraded, np.ones(len(numbers), bool))
        out = mine.copy()
        clean = as_seen(self.data, replace(here, noise=0.0, missing=0.0))
        out[hit] = degrade(clean, here, np.asarray(numbers)[hit], mine[hit])
        return out

    def views(
        self, numbers: Index, raw: NDArray[np.float32] | None = None, names: Iterable[str] | None = None
    ) -> dict[str, Tensor]:
        """Views (n, C', *grid) of series by modality: of those named, or of all that the network's recipe knows."""
        wanted = self.modalities if names is None else {name: self.modalities[name] for name in names}
        return encode(wanted, self.series(numbers, raw))

    def to_time(self, modality: str, maps: Array, numbers: Index, raw: Array | None = None) -> Array | None:
        """Maps (n, *grid) of a view on the time axis of their series: (n, T), or None where they have none."""
        return self.modalities[modality].to_time(maps, self.series(numbers, raw))

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """(C, *grid) of each view."""
        return {m: tuple(v.shape[1:]) for m, v in self.views(np.zeros(1, np.int64)).items()}
