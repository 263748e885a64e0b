"""One long recording, mostly normal: its values, where normal ends, and marks that nobody reads before `judge`."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core import files
from kdviz.core.errors import FileError, UserError
from kdviz.data import limits, unpack
from kdviz.data.dataset import Shelf

Index = NDArray[np.int64]
_META = ("channels", "name", "rate", "train_end", "source", "warnings")
_ARRAYS = ("values", "times", "edges", "mended")


@dataclass(frozen=True, eq=False)
class Stretch:
    """A recording that a student may watch.

    values     (C, T) float32, finite
    train_end  samples before it are normal; T where no normal part is known and all is learned from
    times      (T,) seconds, None where there is no clock
    edges      (K,) samples between which windows are cut: none spans one; begins with 0 and ends with T
    mended     (T,) whether a value was missing and filled in: such samples get no alarm
    source     how to get it again, as for a data set
    warnings   sentences that a reader should see beside it
    marks      (T,) 0 or 1, None where there are none. Only `judge` may look: it is no part of the fingerprint
    """

    values: NDArray[np.float32]
    train_end: int
    channels: tuple[str, ...]
    name: str
    times: NDArray[np.float64] | None = None
    edges: Index = field(default_factory=lambda: np.zeros(0, np.int64))
    mended: NDArray[np.bool_] | None = None
    rate: float | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    marks: NDArray[np.uint8] | None = field(default=None, repr=False)

    @property
    def length(self) -> int:
        """How many samples there are."""
        return int(self.values.shape[1])

    @property
    def whole(self) -> bool:
        """Whether no normal part is known."""
        return self.train_end >= self.length

    @property
    def tested(self) -> int:
        """The first sample that is tested: where normal ends, or 0 where no normal part is known."""
        return 0 if self.whole else self.train_end

    @property
    def borders(self) -> Index:
        """The edges, with 0 and T."""
        return np.union1d(self.edges, [0, self.length]).astype(np.int64)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of values, channels, rate, edges and what was mended; neither of its name nor of any mark."""
        digest = hashlib.sha256()
        digest.update(json.dumps(["stretch", list(self.values.shape), list(self.channels), self.rate]).encode())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        digest.update(self.borders.tobytes())
        if self.mended is not None and self.mended.any():
            digest.update(np.packbits(self.mended).tobytes())
        return digest.hexdigest()

    def alarms(self, z: NDArray[np.floating[Any]], threshold: float) -> list[tuple[int, int, float]]:
        """Where z (T,) of the tested part is above a threshold: (first, last, highest); never where values lacked."""
        above = np.asarray(z > threshold)
        above[: self.tested] = False
        if self.mended is not None:
            above &= ~self.mended
        edges = np.flatnonzero(np.diff(np.concatenate([[0], above, [0]]).astype(np.int8))).reshape(-1, 2)
        return [(int(a), int(b) - 1, float(z[a:b].max())) for a, b in edges]

    def sample_at(self, when: str) -> int:
        """The sample of a number, or of a time on the recording's clock; raises UserError where there is none such."""
        place = _number(when)
        if place is None:
            place = self._of_clock(when)
        if not 0 <= place < self.length:
            raise UserError(f"{when[:40]!r} lies outside of the recording: it has samples 0 to {self.length - 1:,}.")
        return place

    def _of_clock(self, when: str) -> int:
        if self.times is None:
            raise UserError(f"This recording has no clock, so {when[:40]!r} names no sample. Give a sample's number.")
        try:
            moment = float(np.datetime64(when, "ms").astype(np.int64)) / 1000
        except ValueError:
            raise UserError(f"{when[:40]!r} is no sample and no time. Write 4200, or 2013-12-16T17:25.") from None
        inside = self.times[0] <= moment <= self.times.max()
        return int(np.argmax(self.times >= moment)) if inside else -1

    def said_time(self, sample: int) -> str:
        """A sample's time as text; its number where there is no clock with dates."""
        if self.times is None or self.times[min(sample, self.length - 1)] < 1e8:
            return str(sample)
        stamp = np.datetime64(round(float(self.times[min(sample, self.length - 1)]) * 1000), "ms")
        return str(stamp)[:19]


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None


def train_end_of(given: str, length: int, rate: float | None, sample_at: Any) -> int:
    """Where normal ends, as a person says it: samples, a share (0.3, 30%), a time, or `whole`; raises UserError."""
    text = given.strip().lower()
    if text == "whole":
        return length
    place = _number(text)
    if place is None:
        share = _share(text)
        if share is None and re.fullmatch(r"[-+]?[\d.]+%?", text):
            raise UserError(
                f"The normal part cannot end at {given[:20]}. Say --train-end as samples (2100), a share between 0 and "
                "1 (0.3, or 30%) or a time; or `whole` where no normal part is known."
            )
        place = round(share * length) if share is not None else int(sample_at(given.strip()))
    if place <= 0:
        raise UserError(
            f"The normal part ends at {given[:20]}, so there is none to learn from. Say --train-end as samples (2100), "
            "a share (0.3) or a time; or `whole` where no normal part is known."
        )
    if place >= length:
        raise UserError(
            f"The normal part ends at sample {place:,}, but the recording has {length:,}: nothing is left to watch. "
            "End it earlier, or say `whole` where no normal part is known."
        )
    return place


def _share(text: str) -> float | None:
    percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        return None
    return number if 0 <= number < 1 else None


def write(stretch: Stretch, path: Path) -> None:
    """The stretch as npz without its marks; these, where there are any, as a file of their own beside it."""
    arrays: dict[str, Any] = {n: getattr(stretch, n) for n in _ARRAYS if getattr(stretch, n) is not None}
    meta = {name: getattr(stretch, name) for name in _META}
    arrays["words"] = np.array(json.dumps({**meta, "sha256": stretch.sha256}, default=dict))
    with files.whole(path) as file:
        np.savez(file, allow_pickle=False, **arrays)
    if stretch.marks is not None:
        with files.whole(marks_beside(path)) as file:
            np.save(file, np.asarray(stretch.marks, np.uint8), allow_pickle=False)


def marks_beside(path: Path) -> Path:
    """Where the marks of a stored stretch lie."""
    return path.with_suffix(".marks.npy")


def read(path: Path) -> Stretch:
    """A stretch as `write` left it, without its marks; raises FileError where it is cut off or altered."""
    try:
        unpack.opened(path).close()
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        meta = json.loads(str(arrays.pop("words")[()]))
        sha = meta.pop("sha256")
        for name in ("channels", "warnings"):
            meta[name] = tuple(meta[name])
        found = Stretch(**arrays, **meta)
        whole = found.values.ndim == 2 and found.values.dtype == np.float32 and np.isfinite(found.values).all()
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, FileError) as why:
        raise FileError(f"The stored recording {path.stem[:12]} cannot be read ({type(why).__name__}).") from None
    if not whole or found.sha256 != sha or found.values.size > limits.VALUES:
        raise FileError(f"The stored recording {path.stem[:12]} was altered: its content has another fingerprint.")
    return found


def read_marks(path: Path, length: int) -> NDArray[np.uint8] | None:
    """The marks beside a stored stretch, None where there are none; raises FileError where they do not fit it."""
    beside = marks_beside(path)
    if not beside.exists():
        return None
    try:
        marks = np.load(beside, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        raise FileError(f"The marks of the stored recording {path.stem[:12]} cannot be read.") from None
    if marks.shape != (length,) or marks.dtype != np.uint8:
        raise FileError(f"The marks of the stored recording {path.stem[:12]} are not those of {length:,} samples.")
    return np.asarray(marks)


class StretchStore(Shelf[Stretch]):
    """The recordings that runs watched, each with its marks in a file beside it."""

    suffix, noun = ".stretch.npz", "recording"
    missing = "The recording with fingerprint {sha} is not here. Open the file again."

    def read(self, path: Path) -> Stretch:
        """As `read`: without marks."""
        return read(path)

    def put(self, stretch: Stretch) -> Path:
        """Keep it; where it lies. Marks that come with it replace those kept before."""
        path = self.path(stretch.sha256)
        files.private(self.folder)
        write(stretch, path)
        return path
