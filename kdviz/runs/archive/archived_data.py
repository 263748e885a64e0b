"""The data set or the recording of an archive, checked before it is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.core.json_types import fits
from kdviz.data import dataset, limits, stretch
from kdviz.data import unpack as zips
from kdviz.data.dataset import Dataset
from kdviz.data.stretch import Stretch
from kdviz.runs.store.datasets import store, stretches

Kept = TypeVar("Kept", Dataset, Stretch)


def keep_data(content: bytes, sha256: str) -> None:
    """Keep the data set of an archive, if it is the one that the recipe names; raises FileError or UserError."""
    data = _named(content, sha256, f"{sha256}.npz", dataset.read, "data set")
    refuse_odd(data)
    store().put(data)


def keep_recording(content: bytes, sha256: str) -> None:
    """Keep the recording of an archive, if it is the one that the recipe names; raises FileError."""
    stretches().put(_named(content, sha256, f"{sha256}.stretch.npz", stretch.read, "recording"))


def _named(content: bytes, sha256: str, name: str, read: Callable[[Path], Kept], what: str) -> Kept:
    """What lies in a part of an archive, if it has the recipe's fingerprint; raises FileError."""
    with zips.opened(content) as zipped:
        if sum(info.file_size for info in zipped.infolist()) > limits.UNPACKED_BYTES:
            raise FileError(zips.too_big(f"The {what} in the archive"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            found = read(path)
        except MemoryError:
            raise FileError(f"The {what} in the archive claims more than there is. It is not opened.") from None
    if found.sha256 != sha256:
        raise FileError(f"The {what} in the archive is not the one that the run stands on. It is not opened.")
    return found


def _beside(data: Dataset, more: Any) -> bool:
    """Whether these are series without labels that can stand beside the others."""
    return bool(
        more.ndim == 3 and more.dtype == np.float32 and 0 < len(more) <= limits.SERIES and np.isfinite(more).all()
        and more.shape[1:] == data.X.shape[1:]
    )  # fmt: skip


def refuse_odd(data: Dataset) -> None:
    """Raise UserError where arrays are not those of a data set."""
    n = data.X.shape[0]
    index = np.concatenate([data.train, data.validation, data.test])
    good = (
        data.X.ndim == 3 and data.X.dtype == np.float32 and 0 < n <= limits.SERIES and data.X.size <= limits.VALUES
        and np.isfinite(data.X).all() and data.y.shape == (n,) and data.y.dtype == np.int64
        and 0 < len(data.classes) <= limits.CLASSES and bool(((data.y >= 0) & (data.y < len(data.classes))).all())
        and len(data.channels) == data.X.shape[1] and index.ndim == 1 and index.dtype == np.int64
        and bool(((index >= 0) & (index < n)).all()) and np.unique(index).size == index.size
        and fits([*data.classes, *data.channels, data.name, *data.warnings], list[str])
        and fits(data.rate, float | None) and fits(dict(data.source), dict[str, Any])
        and (data.unlabelled is None or _beside(data, data.unlabelled))
        and (data.groups is None or (data.groups.shape == (n,) and data.groups.dtype.kind == "U"))
    )  # fmt: skip
    if not good:
        raise UserError("The data in the archive are not sound series with labels and splits. They are not opened.")
