"""Encodings of whole data sets, kept on disk by what they were made of: data, modality, knobs, and our own source."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from kdviz.core.files import private, whole
from kdviz.core.params import as_dict
from kdviz.data.dataset import Dataset
from kdviz.modalities import base
from kdviz.modalities.base import Array, Modality
from kdviz.runs.store.home import cache_home, root

WORTH = 12 << 20
"""Views of fewer bytes are made in less than a fifth of a second (benchmarks/encoding.py) and not kept."""

PASSING = 256 << 20
"""Views of more bytes go through a file even where they may not be kept: memory is for the networks."""

CHUNK_BYTES = 8 << 20
ABANDONED = 3600.0
GIGABYTES = "KDVIZ_CACHE_GB"
Shape = tuple[int, ...]


def encoded(data: Dataset, eye: Modality) -> Array:
    """The views (N, C', *grid) of all series; `eye` is fitted to the training series only where it has to look.

    Large ones are kept, and mapped from disk: memory stays flat. Writing into a view changes nobody else's copy.
    """
    path, shape = place(data, eye), _shape(data, eye)
    found = _held(path, shape)
    if found is None and _worth(4 * int(np.prod(shape))):
        # A full disk, or one that cannot be written, must not keep anybody from encoding.
        with contextlib.suppress(OSError):
            eye.fit(data.X[data.train])
            _write(path, data, eye, shape)
            forget(path.parent, most())
            found = _held(path, shape)
    if found is None and 4 * int(np.prod(shape)) > PASSING and _room(4 * int(np.prod(shape))):
        with contextlib.suppress(OSError):
            found = _passing(path.parent, data, eye, shape)
    return _made(data, eye, data.X) if found is None else found


def views_of(data: Dataset, eye: Modality, index: NDArray[np.int64]) -> Array:
    """The views of some series: a part of what is kept, or these alone, seen now."""
    found = _held(place(data, eye), _shape(data, eye))
    return _made(data, eye, data.X[index]) if found is None else np.ascontiguousarray(found[index])


def place(data: Dataset, eye: Modality) -> Path:
    """Where the views of all series are kept, if they are."""
    return cache_home() / "encodings" / f"{cache_key(data, eye)}.npy"


def cache_key(data: Dataset, eye: Modality) -> str:
    """The fingerprint of data, modality, knobs and source."""
    made_of = [source(), data.sha256, eye.id, as_dict(eye.params)]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


@cache
def source() -> str:
    """The fingerprint of all that decides the bits of a view beside its knobs: our source, the arithmetic's, the CPU's.

    What another version made is never taken for this one's.
    """
    digest = hashlib.sha256(f"{version('numpy')} {version('numba')} {platform.machine()}".encode())
    folder = Path(base.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def most() -> int:
    """How many bytes all kept encodings may take: 2 GB, or what KDVIZ_CACHE_GB says."""
    return int(float(os.environ.get(GIGABYTES, "2")) * (1 << 30))


def forget(folder: Path, limit: int) -> None:
    """Delete what a writer that died left behind, then what was used longest ago until `limit` bytes are left."""
    ages, now = [], time.time()
    for path in [*folder.glob("*.npy"), *folder.glob(".*.tmp")]:
        with contextlib.suppress(OSError):
            about = path.stat()
            if path.suffix == ".npy":
                ages.append((about.st_mtime, about.st_size, path))
            elif now - about.st_mtime > ABANDONED:
                path.unlink()
    total = sum(size for _, size, _ in ages)
    for _, size, path in sorted(ages, key=lambda a: a[0]):
        if total <= limit:
            return
        path.unlink(missing_ok=True)
        total -= size


def _worth(size: int) -> bool:
    """Whether so many bytes are worth keeping, may be kept, and leave the disk room for runs."""
    return WORTH <= size <= most() // 2 and _room(size)


def _room(size: int) -> bool:
    """Whether so many bytes leave the disk room for runs."""
    return size < shutil.disk_usage(root()).free // 4


def _passing(folder: Path, data: Dataset, eye: Modality, shape: Shape) -> Array:
    """Views that are more than may be kept: in a file without a name, gone with whoever reads it."""
    eye.fit(data.X[data.train])
    with tempfile.TemporaryFile(dir=private(folder)) as file:
        _draw(file, data, eye, shape)
        file.flush()
        return np.memmap(file, np.float32, "c", shape=shape)


def _shape(data: Dataset, eye: Modality) -> Shape:
    return data.series, *eye.shape(*data.X.shape[1:])


def _made(data: Dataset, eye: Modality, series: Array) -> Array:
    eye.fit(data.X[data.train])
    return eye.see(series)


def _held(path: Path, shape: Shape) -> Array | None:
    try:
        found = np.load(path, mmap_mode="c", allow_pickle=False)
        os.utime(path)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape and found.dtype == np.float32 else None


def _write(path: Path, data: Dataset, eye: Modality, shape: Shape) -> None:
    """Piece by piece through one buffer.

    Written, not mapped: a disk that fills is then an error, and no signal that ends the process.
    """
    private(path.parent)
    with whole(path) as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        _draw(file, data, eye, shape)


def _draw(file: IO[bytes], data: Dataset, eye: Modality, shape: Shape) -> None:
    """All views into a file, piece by piece through one buffer."""
    step = max(1, CHUNK_BYTES // (4 * int(np.prod(shape[1:]))))
    buffer = np.empty((min(step, shape[0]), *shape[1:]), np.float32)
    for start in range(0, shape[0], step):
        part = data.X[start : start + step]
        file.write(eye.see(part, buffer[: len(part)]).astype("<f4", copy=False).data)
