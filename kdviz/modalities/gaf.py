"""Gramian angular fields: how every sample relates to every other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range, Value
from kdviz.modalities.base import Array, Modality, refuse_unfitted, refuse_unseeable, sentence
from kdviz.modalities.kernels import gramian
from kdviz.modalities.kernels.compiled import chunks
from kdviz.modalities.kernels.paa import marginal, means, spans, widen

FIELDS = {"both": ("GASF", "GADF"), "gasf": ("GASF",), "gadf": ("GADF",)}
MAKE = {"GASF": gramian.gasf, "GADF": gramian.gadf}
FAINT = 0.15


@dataclass(frozen=True)
class Params:
    """Size, kind and scale of the image."""

    size: Annotated[
        int,
        Range(
            16, 256, 1, "pixels a side; each is the mean of a stretch of samples, and never more than there are samples"
        ),
    ] = 48
    kind: Annotated[
        str,
        Choice(
            ("both", "gasf", "gadf"), "GASF alone cannot tell a series from its negative; GADF alone forgets levels"
        ),
    ] = "both"
    range: Annotated[
        str,
        Choice(
            ("train", "window", "mixed"),
            "train keeps amplitude; window scales each series by itself and forgets it; mixed: GASF train, GADF window",
        ),
    ] = "train"


class Gaf(Modality):
    """GASF and GADF of each channel (Wang & Oates 2015).

    With the range `window` equal to pyts, but where a series never changes.
    """

    id = "gaf"
    title = "GAF"
    idea = "Every pixel compares two moments: cosine of the sum of their angles (GASF), sine of the difference (GADF)."
    forgets = "Amplitude and offset where each series has its own scale; detail finer than a pixel."
    quick = True
    Params = Params
    _range: NDArray[np.float64] | None = None

    def fit(self, series: Array) -> None:
        """Learn each channel's lowest and highest pixel value from series (N, C, T)."""
        refuse_unseeable(series)
        found = [self._pixels(series[part]) for part in self._parts(series)]
        low = np.min([p.min((0, 2)) for p in found], axis=0) if found else np.zeros(series.shape[1])
        high = np.max([p.max((0, 2)) for p in found], axis=0) if found else np.zeros(series.shape[1])
        self._range = np.stack([low, high], 1)

    def widen(self, margin: float) -> None:
        """Add `margin` times the learned range on both sides: an excursion beyond it still moves pixels."""
        if self._range is None:
            raise UserError(f"{self.title} takes its ranges from the training series: fit it to them first.")
        low, high = self._range[:, :1], self._range[:, 1:]
        more = margin * (high - low)
        self._range = np.concatenate([low - more, high + more], 1)

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C', S, S) with S = min(size, T)."""
        side = min(self.params.size, length)
        return channels * len(FIELDS[self.params.kind]), side, side

    def draw(self, series: Array, out: Array) -> None:
        """All GASF channels, then all GADF channels."""
        for part in self._parts(series):
            for number, field in enumerate(FIELDS[self.params.kind]):
                c, s = self.angles(series[part], field)
                MAKE[field](c, s, c, s, out[part], number * series.shape[1])

    def angles(self, series: Array, field: str = "GASF") -> tuple[Array, Array]:
        """cos(phi) and sin(phi) of the pixels of series (N, C, T), each (N, C, S); both 0 where nothing changes."""
        pixels = self._pixels(series)
        low, high = pixels.min(2, keepdims=True), pixels.max(2, keepdims=True)
        if self._by_train(field):
            bounds = refuse_unfitted(self._range, series, self.title)
            low, high = bounds[:, :1], bounds[:, 1:]
        c = gramian.scaled(pixels, low, high)
        alive = high > low
        return (c * alive).astype(np.float32), (gramian.sines(c) * alive).astype(np.float32)

    def bounds(self, channel: int, field: str = "GASF") -> tuple[float, float] | None:
        """The range that the training set gave a channel in a field; None where each series has its own."""
        if not self._by_train(field):
            return None
        if self._range is None:
            raise UserError(f"{self.title} takes its ranges from the training series: fit it to them first.")
        return float(self._range[channel, 0]), float(self._range[channel, 1])

    def cross(self, series: Array, first: int, second: int) -> Array:
        """cos(phi_i of one channel + phi_j of another) of series (N, C, T): (N, S, S)."""
        c, s = self.angles(series)
        out = np.empty((len(c), 1, c.shape[2], c.shape[2]), np.float32)
        one, other = slice(first, first + 1), slice(second, second + 1)
        gramian.gasf(c[:, one], s[:, one], c[:, other], s[:, other], out)
        return out[:, 0]

    def reconstruct(self, view: Array, length: int | None = None) -> Array:
        """The scaled series (N, C, S) a view was made of, up to one sign each; raises UserError without GASF in it.

        With a length each pixel's value is given to all of its samples: (N, C, length).
        """
        if self.params.kind == "gadf":
            raise UserError("GADF forgets levels: choose GASF or both to get the series back.")
        channels = view.shape[1] // len(FIELDS[self.params.kind])
        fields = view[:, :channels]
        # Scaled by its own range, only what never changes is blank.
        alive = (fields != 0).max((2, 3))[..., None] if not self._by_train("GASF") else True
        back = (gramian.series_of(fields) * alive).astype(np.float32)
        return back if length is None else np.asarray(widen(back, length))

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, h, w): what a pixel's row and column hold on average, spread over its samples (N, T)."""
        length = series.shape[2]
        pixels = marginal(maps, min(self.params.size, length))
        return np.ascontiguousarray(widen(pixels, length), dtype=np.float32)

    def spans(self, length: int) -> NDArray[np.int64]:
        """The samples of each pixel's segment."""
        return spans(length, min(self.params.size, length))

    def names(self, channels: Sequence[str]) -> tuple[str, ...]:
        """GASF of each channel, then GADF of each."""
        return tuple(f"{field} of {name}" for field in FIELDS[self.params.kind] for name in channels)

    def notes(self, series: Array, numbers: Sequence[int] | None = None) -> list[str]:
        """What was lowered, flattened or clipped, as sentences."""
        said, length = [], series.shape[2]
        if length < self.params.size:
            said.append(f"The series have {length} samples, so the image is {length} x {length} pixels.")
        still = (np.ptp(series, axis=2) == 0).any(1)
        if not self._trained:
            where = " in a channel" if series.shape[1] > 1 else ""
            why = f"{where}: a GAF needs a range, so"
            said += sentence(
                still, numbers, f"never changes{why} it is drawn at 0.", f"never change{why} they are drawn at 0."
            )
        elif self._range is not None:
            pixels = self._pixels(series)
            beyond = np.asarray(((pixels < self._range[:, :1]) | (pixels > self._range[:, 1:])).any((1, 2)))
            why = "the range of the training set: what lies beyond is cut off."
            said += sentence(beyond, numbers, f"leaves {why}", f"leave {why}")
            why = "little of the training set's range, so the image is nearly even: the range of a window shows more."
            said += sentence(faint(pixels, self._range), numbers, f"fills {why}", f"fill {why}")
        return said

    def remedy(self, series: Array) -> tuple[str, dict[str, Value]] | None:
        """The range of each series itself, where the training set's shows none of them."""
        if self._range is None or not self._trained or not faint(self._pixels(series), self._range).all():
            return None
        return "See the GAF in the series' own range", {"range": "window"}

    @property
    def _trained(self) -> bool:
        """Whether any field takes its range from the training set."""
        return any(map(self._by_train, FIELDS[self.params.kind]))

    def _by_train(self, field: str) -> bool:
        return self.params.range == "train" or (self.params.range == "mixed" and field == "GASF")

    def _pixels(self, series: Array) -> NDArray[np.float64]:
        return means(series, min(self.params.size, series.shape[2]))

    def _parts(self, series: Array) -> list[slice]:
        return list(chunks(len(series), series.shape[1] * series.shape[2]))


def faint(pixels: NDArray[np.float64], ranges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of pixels (N, C, S) those series (N,) that move, but in no channel by much of its range (C, 2)."""
    own = np.ptp(pixels, axis=2)
    return np.asarray((own < FAINT * np.ptp(ranges, axis=1)).all(1) & (own > 0).any(1))
