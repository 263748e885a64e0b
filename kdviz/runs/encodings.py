"""Encodings of whole data sets, kept on disk by what they were made of: data, modality, knobs, and our own source."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from kdviz.data.dataset import Dataset
from kdviz.modalities import base
from kdviz.modalities.base import Array, Modality
from kdviz.params import plain
from kdviz.runs.home import cache_home

CHUNK_BYTES = 32 << 20
GIGABYTES = "KDVIZ_CACHE_GB"


def encoded(data: Dataset, eye: Modality) -> Array:
    """The views (N, C', *grid) of all series through a fitted modality: read from disk where they were made before.

    What comes from disk is mapped, not read: memory stays flat. Writing into it changes nobody else's copy.
    """
    path = cache_home() / "encodings" / f"{mark(data, eye)}.npy"
    shape = (data.series, *eye.shape(*data.X.shape[1:]))
    found = _held(path, shape)
    if found is not None:
        return found
    size = 4 * int(np.prod(shape))
    if size > most() // 2:
        return eye.see(data.X)
    try:
        _write(path, data, eye, shape)
    except OSError:
        return eye.see(data.X)
    forget(path.parent, most())
    held = _held(path, shape)
    return eye.see(data.X) if held is None else held


def mark(data: Dataset, eye: Modality) -> str:
    """The fingerprint of data, modality, knobs and source."""
    made_of = [source(), data.sha256, eye.id, plain(eye.params)]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


@cache
def source() -> str:
    """The fingerprint of the modalities' own source: what another version made is not taken for this one's."""
    digest = hashlib.sha256()
    folder = Path(base.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def most() -> int:
    """How many bytes all kept encodings may take: 2 GB, or what KDVIZ_CACHE_GB says."""
    return int(float(os.environ.get(GIGABYTES, "2")) * (1 << 30))


def forget(folder: Path, limit: int) -> None:
    """Delete what was used longest ago until `limit` bytes are left."""
    ages = []
    for path in folder.glob("*.npy"):
        with contextlib.suppress(OSError):
            ages.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in ages)
    for _, size, path in sorted(ages, key=lambda a: a[0]):
        if total <= limit:
            return
        path.unlink(missing_ok=True)
        total -= size


def _held(path: Path, shape: tuple[int, ...]) -> Array | None:
    try:
        found = np.load(path, mmap_mode="c", allow_pickle=False)
        os.utime(path)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == shape and found.dtype == np.float32 else None


def _write(path: Path, data: Dataset, eye: Modality, shape: tuple[int, ...]) -> None:
    """Beside, piece by piece, then renamed: whole or absent."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(handle)
    try:
        out = np.lib.format.open_memmap(name, mode="w+", dtype=np.float32, shape=shape)
        step = max(1, CHUNK_BYTES // max(4 * int(np.prod(shape[1:])), 1))
        for start in range(0, shape[0], step):
            out[start : start + step] = eye.see(data.X[start : start + step])
        out.flush()
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
