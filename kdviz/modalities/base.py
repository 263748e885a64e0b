"""What a modality is: a way to see series, and to carry what was seen back to time. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import NoParams, Value, fill
from kdviz.core.plugins import discover, pick
from kdviz.modalities.kernels.compiled import KERNELS

Array = NDArray[np.float32]


class Modality:
    """One way to see a series. Files of this package are imported by pages: heavy imports go inside."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    idea: ClassVar[str] = ""
    forgets: ClassVar[str] = ""
    dims: ClassVar[int] = 2
    quick: ClassVar[bool] = False
    """Whether it is drawn faster than read from a disk: large ones are then never kept."""
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None) -> None:
        self.params: Any = self.Params() if params is None else params

    def fit(self, series: Array) -> None:
        """Learn ranges from the training series (N, C, T); deterministic, so it is never stored."""

    def see(self, series: Array, out: Array | None = None) -> Array:
        """The view of series (N, C, T): float32 (N, C', *grid), C-contiguous, never NaN; raises UserError.

        Written into `out` where one is given: to use a buffer again is cheaper than to ask for memory.
        """
        refuse_unseeable(series)
        shape = (len(series), *self.shape(*series.shape[1:]))
        view = np.empty(shape, np.float32) if out is None else out
        if view.shape != shape or view.dtype != np.float32 or not view.flags.c_contiguous:
            raise ValueError(
                f"The view needs a contiguous float32 array of {shape}; given was {view.dtype} {view.shape}."
            )
        self.draw(series, view)
        return view

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """The shape (C', *grid) of the view of one series (C, T)."""
        raise NotImplementedError

    def draw(self, series: Array, out: Array) -> None:
        """Fill the view `out` (N, C', *grid) of finite series (N, C, T); memory stays flat however many there are."""
        raise NotImplementedError

    def to_time(self, maps: Array, series: Array) -> Array | None:
        """Maps (N, *grid), native size, on the time axis of their series (N, C, T): (N, T), or None."""
        raise NotImplementedError

    def spans(self, length: int) -> NDArray[np.int64] | None:
        """The samples that each row and column of the image stands for: (S, 2), first and last; None if not time."""
        return None

    def names(self, channels: Sequence[str]) -> tuple[str, ...]:
        """What each of the C' channels of the view shows, given the C channels of the series."""
        return tuple(channels)

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """Sentences on what this view cannot show of series (N, C, T); `numbers` names them where not 0, 1, ..."""
        return []

    def remedy(self, series: Array) -> tuple[str, dict[str, Value]] | None:
        """Where these settings show next to nothing of series (N, C, T): what else to see, and its settings."""
        return None


def refuse_unseeable(series: Array) -> None:
    """Raise UserError where a series is empty or has a missing or infinite value, naming the first."""
    if series.ndim != 3 or 0 in series.shape[1:]:
        raise UserError(f"Series must have the shape (series, channels, samples); this has {series.shape}.")
    if series.size and not np.isfinite([series.min(), series.max()]).all():
        n, c, t = (int(i) for i in np.argwhere(~np.isfinite(series))[0])
        raise UserError(
            f"Series {n}, channel {c} has no finite value at sample {t}. "
            "Fill or drop missing values on the Data page first."
        )


def refuse_unfitted(ranges: NDArray[Any] | None, series: Array, title: str) -> NDArray[Any]:
    """The ranges (C, ...) learned from the training set; raises UserError where there are none for these channels."""
    if ranges is None:
        raise UserError(f"{title} takes its ranges from the training series: fit it to them first.")
    if len(ranges) != series.shape[1]:
        raise UserError(
            f"{title} was fitted to series of {len(ranges)} channels; these have {series.shape[1]}. "
            "Use series with the same channels."
        )
    return ranges


def sentence(flags: NDArray[np.bool_], numbers: Sequence[int] | None, one: str, many: str) -> list[str]:
    """Name the flagged series in a sentence that goes on with `one` or `many`; nothing where none is flagged."""
    found = [i if numbers is None else int(numbers[i]) for i in map(int, np.flatnonzero(flags))]
    if len(found) > 3:
        return [f"Series {found[0]}, {found[1]} and {len(found) - 2} others {many}"]
    names = ", ".join(map(str, found[:-1])) + " and " if len(found) > 1 else ""
    return [f"Series {names}{found[-1]} {many if names else one}"] if found else []


def modalities() -> dict[str, type[Modality]]:
    """Every modality there is, by id."""
    return discover("kdviz.modalities", Modality)


def title_of(name: str) -> str:
    """How people call a view; what is no modality of ours, such as a network's own input, is called as it is."""
    kind = modalities().get(name)
    return kind.title if kind else name.capitalize()


def modality(name: str, settings: Mapping[str, object] | None = None, /, **knobs: object) -> Modality:
    """The modality called `name` with these settings, by name or as one mapping; raises UserError.

    Fit it to training series (N, C, T) before it sees others: some take their ranges from them.
    """
    kind = pick("kdviz.modalities", Modality, name, "modality")
    return kind(fill(kind.Params, {**(settings or {}), **knobs}))


def warm() -> int:
    """Compile every kernel, or load it where that was done before; returns how many there are."""
    modalities()
    for each in KERNELS:
        _ = each.machine
    return len(KERNELS)
