"""What was handed over: series, labels and names checked and made a data set; which network sees what of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.data import limits
from kdviz.data.dataset import Dataset, Index
from kdviz.modalities.base import Array, Modality, modality
from kdviz.modalities.kernels.paa import stretch
from kdviz.training.network_input import NetworkInput
from kdviz.training.recipe import Recipe

SIGNAL = "signal"


class AsGiven(Modality):
    """The series themselves, as a network of one's own reads them."""

    title = "Series"
    dims = 1

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C, T)."""
        return channels, length

    def draw(self, series: Array, out: Array) -> None:
        """Series (N, C, T) unchanged."""
        out[:] = series

    def to_time(self, maps: Array, series: Array) -> Array:
        """Maps (N, w) by linear interpolation: (N, T)."""
        return np.ascontiguousarray(stretch(maps, series.shape[2]), dtype=np.float32)


class OwnInputs(Modality):
    """A network's own inputs (N, C, *grid), one for each series of X: they are told by its number.

    time   which axis of the grid is time; None where none is
    """

    title = "Own input"

    def __init__(self, inputs: Array, time: int | None) -> None:
        super().__init__()
        self.inputs, self.time = inputs, time
        self.dims = inputs.ndim - 2  # type: ignore[misc]

    def shape(self, channels: int, length: int) -> tuple[int, ...]:
        """(C', *grid)."""
        return tuple(self.inputs.shape[1:])

    def draw(self, series: Array, out: Array) -> None:
        """Never: nobody knows the input of a changed series; raises UserError."""
        raise UserError(
            "A network with inputs of its own cannot be shown a changed series: nobody knows its input for it. "
            "Use views= where kdviz can make the input of the series."
        )

    def to_time(self, maps: Array, series: Array) -> Array | None:
        """Maps (N, *grid) by their time axis, means over the other: (N, T); None where no axis is time."""
        if self.time is None:
            return None
        lines = maps if maps.ndim == 2 else maps.mean(2 - self.time)
        return np.ascontiguousarray(stretch(lines, series.shape[2]), dtype=np.float32)


class LiveInput(NetworkInput):
    """What networks of one's own see of series, by number: each its view of X, or the input that it was given."""

    def __init__(self, data: Dataset, recipe: Recipe, held: Mapping[str, Modality]) -> None:
        super().__init__(data, recipe)
        vars(self).update(modalities=dict(held), channels=list(range(data.X.shape[1])))

    def views(
        self, numbers: Index, raw: NDArray[np.float32] | None = None, names: Iterable[str] | None = None
    ) -> dict[str, Tensor]:
        """Views (n, C', *grid) by modality; raises UserError where `raw` is another series than that of the number."""
        found = {}
        for name in self.modalities if names is None else names:
            seen = self.modalities[name]
            if isinstance(seen, OwnInputs) and (raw is None or np.array_equal(raw, self.data.X[numbers])):
                found[name] = torch.from_numpy(seen.inputs[numbers])
            else:
                found[name] = torch.from_numpy(seen.see(self.series(numbers, raw)))
        return found

    def series(self, numbers: Index, raw: NDArray[np.float32] | None = None) -> Array:
        """Series of these numbers, or `raw` (n, C, T) in their place."""
        return self.data.X[numbers] if raw is None else raw


def dataset(
    series: Array, y: Any, *, classes: Sequence[str] | None, channels: Sequence[str] | None, rate: float | None,
    groups: Any, test: Any, name: str, many: int,
) -> Dataset:  # fmt: skip
    """The data set of series (N, C, T), its `test` series and y (N,), for networks of `many` classes: one of kdviz
    where `test` is that, so that runs on it are comparable; raises UserError."""
    whole = test if isinstance(test, Dataset) else None
    labels, names = _labels(y, len(series), whole.classes if whole and classes is None else classes, many)
    if whole is not None:
        if not (np.array_equal(series, whole.X) and np.array_equal(labels, whole.y)):
            raise UserError(
                f"test= is the data set {whole.name!r}, and X and y are not its series and labels: give its X and y, "
                "or number the test series."
            )
        if (classes, channels, rate, groups) == (None, None, None, None):
            return whole
    index = indices(test, len(series))
    rest = np.setdiff1d(np.arange(len(series)), index)
    heads = tuple(map(str, channels)) if channels is not None else _numbered("channel", series.shape[1])
    if len(heads) != series.shape[1]:
        raise UserError(f"{len(heads)} channels were named, and X has {series.shape[1]}: give one name for each.")
    if rate is not None and not (np.isfinite(rate) and rate > 0):
        raise UserError(f"The rate was {rate!r}; allowed is a number of samples per second above 0, or None.")
    subjects = None if groups is None else np.asarray([str(each) for each in _plain(groups)], np.str_)
    if subjects is not None and len(subjects) != len(series):
        raise UserError(f"{len(subjects)} groups came with {len(series)} series: give one for each.")
    return Dataset(
        series, labels, names, heads, rest, np.zeros(0, np.int64), index, name, None if rate is None else float(rate),
        subjects,
    )  # fmt: skip


def _plain(values: Any) -> NDArray[Any]:
    """An array of whatever was handed over: NumPy's, torch's from any device, or a list."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def as_views(values: Any, what: str, count: int | None = None) -> Array:
    """Inputs (N, C, *grid) as float32; raises UserError naming `what`."""
    found = _plain(values)
    if found.ndim not in (3, 4) or 0 in found.shape or found.dtype.kind not in "fiub":
        raise UserError(
            f"{what} must be numbers of shape (series, channels, samples) or (series, channels, rows, columns); "
            f"this has {found.dtype} {found.shape}."
        )
    if count is not None and len(found) != count:
        raise UserError(f"{what} has {len(found)} series, and X has {count}: give one input for each series.")
    views = np.ascontiguousarray(found, np.float32)
    if not np.isfinite(views).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(views))[0])
        raise UserError(f"{what} has no finite value at {place}. Fill or drop missing values first.")
    return views


def as_series(X: Any) -> Array:
    """X (N, C, T) as float32; raises UserError for another shape, for what is not finite, and for too much."""
    series = as_views(X, "X")
    if series.ndim != 3:
        raise UserError(f"X must have the shape (series, channels, samples); this has {series.shape}.")
    if len(series) > limits.SERIES or series.size > limits.VALUES:
        raise UserError(
            f"X has {len(series):,} series and {series.size:,} values; at most {limits.SERIES:,} and "
            f"{limits.VALUES:,} are kept. Give the test series and some others."
        )
    return series


def _labels(y: Any, count: int, classes: Sequence[str] | None, many: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels as indices into the networks' logits, and the classes' names."""
    found = _plain(y)
    if found.shape != (count,):
        raise UserError(f"y has the shape {found.shape}, and X has {count} series: give one label for each.")
    names = tuple(map(str, classes)) if classes is not None else _numbered("class", many)
    if len(names) != many:
        raise UserError(f"{len(names)} classes were named, and the networks give {many} logits: name them in order.")
    if found.dtype.kind in "iub" or (found.dtype.kind == "f" and np.array_equal(found, np.rint(found))):
        labels = found.astype(np.int64)
        if labels.min(initial=0) < 0 or labels.max(initial=0) >= many:
            raise UserError(f"y goes from {labels.min()} to {labels.max()}; the networks know classes 0 to {many - 1}.")
        return labels, names
    place = {name: k for k, name in enumerate(names)}
    unknown = sorted({str(each) for each in found} - set(place))
    if unknown:
        raise UserError(
            f"y has the label {unknown[0][:40]!r}, which is none of the classes. "
            "Give classes= in the order of the networks' logits."
        )
    return np.array([place[str(each)] for each in found], np.int64), names


def indices(test: Any, count: int) -> NDArray[np.int64]:
    """The numbers of the test series: all where none were named, a data set's own; raises UserError."""
    test = test.test if isinstance(test, Dataset) else test
    if test is None:
        return np.arange(count)
    found = _plain(test)
    found = np.flatnonzero(found) if found.dtype.kind == "b" and found.shape == (count,) else found
    if found.ndim != 1 or not found.size or found.dtype.kind not in "iu":
        raise UserError("test= must number the test series: a list of whole numbers, or one truth value a series.")
    index = np.sort(found.astype(np.int64))
    if index[0] < 0 or index[-1] >= count or np.unique(index).size != index.size:
        raise UserError(f"test= must number series from 0 to {count - 1}, each once.")
    return index


def _numbered(what: str, many: int) -> tuple[str, ...]:
    return tuple(f"{what} {k}" for k in range(many))


def refuse_unknown(what: str, said: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise UserError where an argument names a network that there is not."""
    for each in said:
        if each not in names:
            raise UserError(f"{what}= names {str(each)[:40]!r}, and the networks are {', '.join(names)}.")


def sight(name: str, series: Array, inputs: Any, view: Any, time_axis: int | None, fit_on: Array) -> Modality:
    """What one network sees: its own inputs, a view of kdviz (by id and fitted here, or one that is ready), or X."""
    if inputs is not None:
        own = as_views(inputs, f"inputs[{name!r}]", len(series))
        return OwnInputs(own, _time(own, time_axis))
    if view is None:
        return AsGiven()
    if isinstance(view, Modality):
        with suppress(UserError):
            view.see(series[:1])
            return view
        made = copy(view)  # one that was not fitted yet; the owner's stays as it is
    else:
        made = modality(str(view))
    made.fit(fit_on)
    return made


def kind_of(seen: Modality) -> str:
    """How a view is called where nobody named it."""
    if isinstance(seen, OwnInputs):
        return "own" if seen.inputs.ndim == 3 else "image"
    return seen.id or SIGNAL


def alike(one: Modality, other: Modality) -> bool:
    """Whether both see the same of a series."""
    if one is other:
        return True
    return type(one) is type(other) and not isinstance(one, OwnInputs) and one.params == other.params


def _time(own: Array, axis: int | None) -> int | None:
    """Which axis of the grid is time: of a series its only one, of an image the one that was said."""
    if own.ndim == 3:
        return 0
    if axis is None:
        return None
    place = axis + own.ndim if axis < 0 else axis
    if place not in (2, 3):
        raise UserError(f"time_axis was {axis}; of inputs (series, channels, rows, columns) it is 2 or 3, or None.")
    return place - 2
