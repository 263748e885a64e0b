"""MATLAB .mat up to version 7, numbers only. A hostile file can crash SciPy's reader: run it in the child."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.arrays import arrays
from kdviz.data.arrays.array_bytes import Array
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader

_KINDS = (
    "double",
    "single",
    "logical",
    "char",
    "cell",
    "struct",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
)


class Mat(Reader):
    """MATLAB version 5 to 7."""

    id = "mat"
    title = "MATLAB"
    extensions = (".mat",)

    def sniff(self, file: File) -> Guess | None:
        """The words that MATLAB writes first."""
        if file.head.startswith(b"MATLAB 5.0 MAT-file") or (file.head[124:128] in (b"\x00\x01IM", b"\x01\x00MI")):
            return Guess(1.0, "its first bytes are MATLAB's")
        return Guess(0.6, "its ending") if file.extension == ".mat" and file.head[:1] == b"\x00" else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series or a recording from the numeric variables; raises FileError where there are none."""
        from scipy.io import loadmat, whosmat

        try:
            there = whosmat(io.BytesIO(file.data))
            names = [n for n, shape, kind in there if kind in _KINDS and _bounded(n, shape)]
            if not names:
                kinds = ", ".join(f"{n} ({kind})" for n, _, kind in there[:6]) or "nothing"
                raise FileError(f"There is no variable of numbers in this .mat file. There is: {kinds}.")
            held = loadmat(io.BytesIO(file.data), variable_names=names, squeeze_me=False)
            held = {k: v for n in names for k, v in _opened(n, held.get(n))}
        except FileError:
            raise
        except Exception as why:  # SciPy raises almost anything on a damaged file
            raise FileError(f"The .mat file is damaged or of another version ({type(why).__name__}).") from None
        found = {n: a for n, v in held.items() if (a := _plain(v)) is not None}
        if not found:
            raise FileError("There is no variable of numbers in this .mat file. Save X and y as plain matrices.")
        return arrays.named_arrays(_aligned(found), mapping, self.title)


def _bounded(name: str, shape: tuple[int, ...]) -> bool:
    count = int(np.prod([int(s) for s in shape], dtype=np.float64))
    limits.check_values(count, f"Variable {name[:40]!r}")
    return count > 0


def _opened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A structure of one element as its fields, anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.names and value.size == 1:
        yield from ((field, value.reshape(-1)[0][field]) for field in value.dtype.names)
    else:
        yield name, value


def _plain(value: Any) -> Array | None:
    """A variable as numbers or text; a cell array of equal series as one array."""
    if not isinstance(value, np.ndarray):
        return None
    if value.dtype == object:
        return _from_cells(value)
    if value.dtype.kind not in "biufSU":
        return None
    return value


def _from_cells(value: Array) -> Array | None:
    items = [np.asarray(v) for v in value.reshape(-1)]
    if items and all(i.dtype.kind in "US" and i.size == 1 for i in items):
        return np.array([str(i.reshape(-1)[0]) for i in items])
    if not items or not all(i.dtype.kind in "biuf" and i.size and i.ndim <= 2 for i in items):
        return None
    series = [i.reshape(1, -1) if 1 in i.shape else i for i in items]
    if len({s.shape for s in series}) == 1:
        return np.stack(series)
    if len({s.shape[0] for s in series}) != 1:
        series = [s.T for s in series]
    if len({s.shape[0] for s in series}) != 1:
        return None
    size = max(s.shape[1] for s in series)
    limits.check_values(size * series[0].shape[0] * len(series))
    out = np.full((len(series), series[0].shape[0], size), np.nan)
    for i, s in enumerate(series):
        out[i, :, : s.shape[1]] = s
    return out


def _aligned(found: dict[str, Array]) -> dict[str, Array]:
    """MATLAB has no vectors: (1, n) and (n, 1) are one; several of one length are channels of a recording."""
    flat = {n: a.reshape(-1) if a.ndim == 2 and 1 in a.shape and a.size > 1 else a for n, a in found.items()}
    long = {n: a for n, a in flat.items() if a.ndim == 1 and a.dtype.kind in "biuf" and a.size >= 64}
    if long and not any(a.ndim > 1 and a.size > 1 and a.dtype.kind in "biuf" for a in flat.values()):
        size = max(a.size for a in long.values())
        same = {n: a for n, a in long.items() if a.size == size}
        if len(same) > 1:
            return {"x": np.stack(list(same.values()), axis=1), "channel_names": np.array(list(same)), **_rates(flat)}
    return flat


def _rates(flat: dict[str, Array]) -> dict[str, Array]:
    return {n: a for n, a in flat.items() if a.size == 1 and a.dtype.kind in "biuf"}
