"""The data sets that a visitor keeps on a shared host, to be seen and deleted one by one."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kdviz.runs.datasets import store
from kdviz.runs.home import home
from kdviz.runs.reading import SHA


@dataclass(frozen=True)
class Kept:
    """A data set: fingerprint, name as the file gave it, bytes on disk, and the upload it came from."""

    sha256: str
    name: str
    bytes: int
    upload: str


def kept_data() -> list[Kept]:
    """All that are kept; one that cannot be read is called by its fingerprint."""
    return [_about(store().folder / f"{sha}.npz") for sha in store().list()]


def discard_data(one: Kept) -> None:
    """Delete a data set, and the uploaded file where no other data set stands on it."""
    (store().folder / f"{one.sha256}.npz").unlink(missing_ok=True)
    if SHA.fullmatch(one.upload) and all(other.upload != one.upload for other in kept_data()):
        shutil.rmtree(home() / "uploads" / one.upload, ignore_errors=True)


def _about(path: Path) -> Kept:
    name, upload = path.stem[:12], ""
    try:
        with np.load(path, allow_pickle=False) as held:
            said = json.loads(str(held["words"][()]))
        name, upload = str(said["name"]), str(said["source"].get("file", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile):
        pass
    return Kept(path.stem, name, path.stat().st_size if path.exists() else 0, upload)
