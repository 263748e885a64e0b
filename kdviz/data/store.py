"""Data sets on disk by what they contain: one plain npz each, written whole or not at all, checked when read."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from kdviz.data.dataset import Dataset
from kdviz.errors import FileError, UserError

_SHA = re.compile(r"[0-9a-f]{64}")
_ARRAYS = ("X", "y", "train", "validation", "test")
_WORDS = ("classes", "channels", "name", "rate", "source", "warnings")


def write(dataset: Dataset, file: IO[bytes]) -> None:
    """The data set as an uncompressed npz without pickles: arrays, and the words as one JSON text."""
    arrays: dict[str, Any] = {name: getattr(dataset, name) for name in _ARRAYS}
    if dataset.groups is not None:
        arrays["groups"] = np.asarray(dataset.groups, np.str_)
    said = {name: getattr(dataset, name) for name in _WORDS}
    arrays["words"] = np.array(json.dumps({**said, "sha256": dataset.sha256}, default=dict))
    np.savez(file, **arrays)


def read(path: Path) -> Dataset:
    """A data set as `write` left it; raises FileError where it is cut off or altered."""
    try:
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        said = json.loads(str(arrays.pop("words")[()]))
        sha = said.pop("sha256")
        dataset = _from(arrays, said)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as why:
        raise FileError(f"The stored data set {path.stem[:12]} cannot be read ({type(why).__name__}).") from None
    if dataset.sha256 != sha:
        raise FileError(f"The stored data set {path.stem[:12]} was altered: its content has another fingerprint.")
    return dataset


def _from(arrays: dict[str, Any], said: dict[str, Any]) -> Dataset:
    for name in ("classes", "channels", "warnings"):
        said[name] = tuple(said[name])
    return Dataset(**arrays, **said)


class Store:
    """A folder of data sets, each under its fingerprint. The same content is kept once."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def put(self, dataset: Dataset) -> str:
        """Keep a data set; its fingerprint."""
        path = self._path(dataset.sha256)
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _whole(path, dataset)
        return dataset.sha256

    def get(self, sha: str) -> Dataset:
        """The data set with this fingerprint; raises UserError where it is not here, FileError where it is broken."""
        path = self._path(sha)
        if not path.exists():
            raise UserError(f"The data with fingerprint {sha[:12]} are not here. Open the file again, then come back.")
        dataset = read(path)
        if dataset.sha256 != sha:
            raise FileError(f"The stored data set {sha[:12]} was altered: its content has another fingerprint.")
        return dataset

    def __contains__(self, sha: str) -> bool:
        """Whether the data set is kept here."""
        return bool(_SHA.fullmatch(sha)) and self._path(sha).exists()

    def list(self) -> tuple[str, ...]:
        """The fingerprints of all that is kept, sorted."""
        found = (p.stem for p in self.folder.glob("*.npz")) if self.folder.is_dir() else iter(())
        return tuple(sorted(name for name in found if _SHA.fullmatch(name)))

    def _path(self, sha: str) -> Path:
        if not _SHA.fullmatch(sha):
            raise UserError(f"{sha[:70]!r} is no fingerprint; one is 64 of the characters 0-9 and a-f.")
        return self.folder / f"{sha}.npz"


def _whole(path: Path, dataset: Dataset) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(dataset, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """A rename lasts through a power cut only once its folder is written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
