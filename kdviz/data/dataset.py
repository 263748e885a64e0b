"""A data set is a value: series, labels and names, splits; on disk it is one plain npz under its fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from kdviz.core import files
from kdviz.core.errors import FileError, UserError
from kdviz.data import unpack

Index = NDArray[np.int64]
UNLABELLED = "unlabelled"
_RECORDING = re.compile(r"recording \d+")
_SHA = re.compile(r"[0-9a-f]{64}")
_ARRAYS = ("X", "y", "train", "validation", "test")
MAPPED_BYTES = 64 << 20
HASHED_BYTES = 16 << 20
_META = ("classes", "channels", "name", "rate", "source", "warnings")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled series of one length, ready to be seen.

    X         (N, C, T) float32, finite
    y         (N,) int64, index into `classes`
    classes   the labels as they were written, as text; (UNLABELLED,) and y all 0 where the file has none
    channels  C names
    rate      samples per second, None where unknown
    groups    (N,) text: the subject or recording of each series, None where unknown
    train, validation, test   disjoint indices into N
    source    how to get it again: {"sample": id} or {"file": sha256 of the bytes, "name": ..., "mapping": {...}}
    warnings  sentences that a reader should see beside it
    unlabelled  (M, C, T) float32: further series without a label, to learn from beside the training series; or None
    """

    X: NDArray[np.float32]
    y: Index
    classes: tuple[str, ...]
    channels: tuple[str, ...]
    train: Index
    validation: Index
    test: Index
    name: str
    rate: float | None = None
    groups: NDArray[np.str_] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    unlabelled: NDArray[np.float32] | None = None

    @property
    def series(self) -> int:
        """How many series there are."""
        return int(self.X.shape[0])

    @property
    def length(self) -> int:
        """Samples per series."""
        return int(self.X.shape[2])

    @property
    def unit(self) -> str:
        """What is independent of one another: `series`, or the `recordings` or `subjects` that they come from."""
        if self.groups is None:
            return "series"
        return "recordings" if all(_RECORDING.fullmatch(name) for name in np.unique(self.groups)) else "subjects"

    @property
    def splits(self) -> dict[str, Index]:
        """The three index sets by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def labelled(self) -> bool:
        """Whether the series have labels at all."""
        return self.classes != (UNLABELLED,)

    def need_two_classes(self) -> None:
        """Raises UserError where there is nothing to tell apart: one class, or no labels."""
        if len(self.classes) > 1:
            return
        what = f"All series have class {self.classes[0][:40]}." if self.labelled else "The series have no labels."
        raise UserError(f"{what} Encoding works; distillation needs two classes.")

    @property
    def counts(self) -> dict[str, int]:
        """Series per class label."""
        found = np.bincount(self.y, minlength=len(self.classes))
        return {label: int(n) for label, n in zip(self.classes, found, strict=True)}

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the content (values, labels, names, rate, groups, splits); not of its name."""
        digest = hashlib.sha256()
        shape_and_names = [list(self.X.shape), list(self.classes), list(self.channels), self.rate]
        groups = None if self.groups is None else [str(g) for g in self.groups]
        digest.update(json.dumps([*shape_and_names, groups]).encode())
        more = () if self.unlabelled is None else (self.unlabelled,)
        for part in (self.X, self.y, self.train, self.validation, self.test, *more):
            step = max(1, HASHED_BYTES * len(part) // max(1, part.nbytes))
            for at in range(0, len(part) if part.size else 0, step):  # by pieces: views of a recording stay views
                digest.update(np.ascontiguousarray(part[at : at + step]).data.cast("B"))
        return digest.hexdigest()

    def times(self) -> NDArray[np.float64]:
        """The time of each sample: seconds where the rate is known, sample numbers otherwise."""
        return np.arange(self.length) / (self.rate or 1.0)


def write(dataset: Dataset, file: IO[bytes]) -> None:
    """The data set as an uncompressed npz without pickles: arrays, and what describes them as one JSON text."""
    arrays: dict[str, Any] = {name: getattr(dataset, name) for name in _ARRAYS}
    if dataset.groups is not None:
        arrays["groups"] = np.asarray(dataset.groups, np.str_)
    if dataset.unlabelled is not None:
        arrays["unlabelled"] = dataset.unlabelled
    meta = {name: getattr(dataset, name) for name in _META}
    arrays["words"] = np.array(json.dumps({**meta, "sha256": dataset.sha256}, default=dict))
    np.savez(file, **arrays)


def read(path: Path) -> Dataset:
    """A data set as `write` left it; raises FileError where it is cut off or altered."""
    try:
        unpack.opened(path).close()
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files if name != "X"}
            arrays["X"] = _mapped(path) if path.stat().st_size > MAPPED_BYTES else held["X"]
        meta = json.loads(str(arrays.pop("words")[()]))
        sha = meta.pop("sha256")
        dataset = _from(arrays, meta)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as why:
        raise FileError(f"The stored data set {path.stem[:12]} cannot be read ({type(why).__name__}).") from None
    except FileError as why:
        raise FileError(f"The stored data set {path.stem[:12]} cannot be read: {why}") from None
    if dataset.sha256 != sha:
        raise FileError(f"The stored data set {path.stem[:12]} was altered: its content has another fingerprint.")
    return dataset


def _mapped(path: Path) -> NDArray[Any]:
    """The series as they lie in the file, which is not compressed: only what is looked at is in memory."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        info = archive.getinfo("X.npy")
        if info.compress_type != zipfile.ZIP_STORED:
            return np.asarray(np.load(archive.open(info), allow_pickle=False))
        file.seek(info.header_offset + 26)
        file.seek(info.header_offset + 30 + sum(struct.unpack("<2H", file.read(4))))
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, kind = read(file)
        if kind.hasobject or fortran:
            raise ValueError("no plain array")
        return np.memmap(path, kind, "r", file.tell(), shape)


def _from(arrays: dict[str, Any], meta: dict[str, Any]) -> Dataset:
    for name in ("classes", "channels", "warnings"):
        meta[name] = tuple(meta[name])
    return Dataset(**arrays, **meta)


class Fingerprinted(Protocol):
    """A value that knows the fingerprint of its content."""

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""


Value = TypeVar("Value", bound=Fingerprinted)


class Shelf(Generic[Value]):
    """A folder of values, each in a file under its fingerprint. The same content is kept once."""

    suffix: ClassVar[str] = ".npz"
    noun: ClassVar[str] = "data set"
    missing: ClassVar[str] = ""
    """The sentence for a fingerprint that is not here; `sha` stands in it for its first digits."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def read(self, path: Path) -> Value:
        """The value in a file; raises FileError where it is cut off or altered."""
        raise NotImplementedError

    def get(self, sha: str) -> Value:
        """The value with this fingerprint; raises UserError where it is not here, FileError where it is broken."""
        path = self.path(sha)
        if not path.exists():
            raise UserError(self.missing.format(sha=sha[:12]))
        found = self.read(path)
        if found.sha256 != sha:
            raise FileError(f"The stored {self.noun} {sha[:12]} was altered: its content has another fingerprint.")
        return found

    def path(self, sha: str) -> Path:
        """Where a value of this fingerprint lies; raises UserError where that is none."""
        if not _SHA.fullmatch(sha):
            raise UserError(f"{sha[:70]!r} is no fingerprint; one is 64 of the characters 0-9 and a-f.")
        return self.folder / f"{sha}{self.suffix}"


class Store(Shelf[Dataset]):
    """The data sets that runs stand on."""

    missing = "The data with fingerprint {sha} are not here. Open the file again, then come back."

    def read(self, path: Path) -> Dataset:
        """As `read`."""
        return read(path)

    def put(self, dataset: Dataset) -> str:
        """Keep a data set; its fingerprint."""
        path = self.path(dataset.sha256)
        if not path.exists():
            files.private(self.folder)
            with files.whole(path) as file:
                write(dataset, file)
        return dataset.sha256

    def __contains__(self, sha: str) -> bool:
        """Whether the data set is kept here."""
        return bool(_SHA.fullmatch(sha)) and self.path(sha).exists()

    def list(self) -> tuple[str, ...]:
        """The fingerprints of all that is kept, sorted."""
        found = (p.stem for p in self.folder.glob("*.npz")) if self.folder.is_dir() else iter(())
        return tuple(sorted(name for name in found if _SHA.fullmatch(name)))
