"""Views that are too large to be held: drawn anew for every batch, or read from a file of which little stays in memory.

Either way a batch has the bits that it would have been cut out with.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Array, Modality

LARGE = 256 << 20
"""Bytes of a view that is still held whole."""

IN_USE = 8 << 20
"""Bytes read of a mapped file before its pages are let go: those around each sample come with it, and they are many."""

See = Callable[[Dataset, Modality], Array]


class View(Protocol):
    """What a tensor (N, C, *grid) and what stands for one have in common."""

    @property
    def shape(self) -> Sequence[int]:
        """(N, C, *grid)."""

    def __getitem__(self, index: Tensor | slice, /) -> Tensor:
        """Some samples (n, C, *grid)."""


class DrawnView:
    """Drawn by a fitted modality whenever it is asked for."""

    def __init__(self, eye: Modality, series: Array) -> None:
        self.eye, self.series = eye, series
        self.shape: tuple[int, ...] = (len(series), *eye.shape(*series.shape[1:]))

    def __getitem__(self, index: Tensor | slice, /) -> Tensor:
        return torch.from_numpy(self.eye.see(np.ascontiguousarray(self.series[_numbers(index)])))


class MappedView:
    """Read from a mapped file (N, C, *grid); what was read lately is let go, so that it does not add up."""

    def __init__(self, kept: np.memmap[tuple[int, ...], np.dtype[np.float32]]) -> None:
        self.kept, self.touched = kept, 0
        self.shape: tuple[int, ...] = kept.shape

    def __getitem__(self, index: Tensor | slice, /) -> Tensor:
        found = np.array(self.kept[_numbers(index)], copy=True, subok=False)
        self.touched += found.nbytes
        if self.touched > IN_USE:
            file: mmap.mmap = self.kept._mmap  # type: ignore[attr-defined]
            file.madvise(mmap.MADV_DONTNEED)
            self.touched = 0
        return torch.from_numpy(found)


class PartOfView:
    """Some samples of a view, in their order, without a copy of them."""

    def __init__(self, view: View, index: Tensor) -> None:
        self.view, self.index = view, index
        self.shape: tuple[int, ...] = (index.numel(), *view.shape[1:])

    def __getitem__(self, index: Tensor | slice, /) -> Tensor:
        return self.view[self.index[index]]


class MovedView:
    """A view whose samples are moved to a device as they are asked for, by numbers on the processor."""

    def __init__(self, view: View, device: torch.device) -> None:
        self.view, self.device = view, device
        self.shape: tuple[int, ...] = tuple(view.shape)

    def __getitem__(self, index: Tensor | slice, /) -> Tensor:
        return self.view[index].to(self.device)


def moved(view: View, device: torch.device) -> View:
    """A view whose samples lie on a device: a small one lies there whole."""
    return view.to(device) if isinstance(view, Tensor) else MovedView(view, device)


def view_of(data: Dataset, eye: Modality, see: See, fit: Dataset) -> View:
    """A view of all series, fitted to the training series of `fit`: whole by `see` where small, else as it comes."""
    size = 4 * data.series * int(np.prod(eye.shape(*data.X.shape[1:])))
    if size > LARGE and eye.quick:
        eye.fit(fit.X[fit.train])
        return DrawnView(eye, data.X)
    found = see(data, eye)
    return MappedView(found) if size > LARGE and isinstance(found, np.memmap) else torch.from_numpy(found)


def part_of(view: View, index: Tensor) -> View:
    """Some samples of a view: a small one is cut, for a cut tensor is quicker to slice."""
    return view[index] if isinstance(view, Tensor) else PartOfView(view, index)


def _numbers(index: Tensor | slice) -> NDArray[np.int64] | slice:
    return index if isinstance(index, slice) else index.numpy()
