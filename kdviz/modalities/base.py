"""What a modality is: a way to see series, and to carry what was seen back to time. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError
from kdviz.params import NoParams, fill
from kdviz.plugins import discover, pick

Array = NDArray[np.float32]


class Modality:
    """One way to see a series. Files of this package are imported by pages: heavy imports go inside."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    idea: ClassVar[str] = ""
    forgets: ClassVar[str] = ""
    dims: ClassVar[int] = 2
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None) -> None:
        self.params: Any = self.Params() if params is None else params

    def fit(self, series: Array) -> None:
        """Learn ranges from the training series (N, C, T); deterministic, so it is never stored."""

    def see(self, series: Array) -> Array:
        """The view of series (N, C, T): float32 (N, C', *grid), C-contiguous, never NaN."""
        raise NotImplementedError

    def to_time(self, maps: Array, series: Array) -> Array | None:
        """Maps (N, *grid), native size, on the time axis of their series (N, C, T): (N, T), or None."""
        raise NotImplementedError


def refuse_unseeable(series: Array) -> None:
    """Raise UserError where a series has a missing or infinite value, naming the first."""
    if series.ndim != 3:
        raise UserError(f"Series must have the shape (series, channels, samples); this has {series.shape}.")
    if not np.isfinite(series).all():
        n, c, t = (int(i) for i in np.argwhere(~np.isfinite(series))[0])
        raise UserError(
            f"Series {n}, channel {c} has no finite value at sample {t}. "
            "Fill or drop missing values on the Data page first."
        )


def modalities() -> dict[str, type[Modality]]:
    """Every modality there is, by id."""
    return discover("kdviz.modalities", Modality)


def modality(name: str, settings: Mapping[str, object] | None = None) -> Modality:
    """The modality called `name` with these settings; raises UserError."""
    kind = pick("kdviz.modalities", Modality, name, "modality")
    return kind(fill(kind.Params, settings or {}))
