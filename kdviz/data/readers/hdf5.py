"""HDF5 and MATLAB 7.3, with the optional package h5py; links out of the file are never followed.

A hostile file can crash the HDF5 library: run it in the child.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits
from kdviz.data.arrays import arrays
from kdviz.data.arrays.array_bytes import Array
from kdviz.data.cells import words
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader

_MARK = b"\x89HDF\r\n\x1a\n"
_MATLAB = b"MATLAB 7.3 MAT-file"
DEEPEST, MOST = 6, 512
_WITHOUT = (
    "HDF5 files (also .mat of version 7.3) need one more package: pip install h5py. Or convert once: "
    "numpy.savez('data.npz', X=h5py.File('data.h5')['X'][:], y=...), or in MATLAB: save('data.mat', 'X', 'y', '-v7')"
)


class Hdf5(Reader):
    """HDF5, and MATLAB 7.3."""

    id = "hdf5"
    title = "HDF5"
    extensions = (".h5", ".hdf5", ".hdf", ".he5")

    def sniff(self, file: File) -> Guess | None:
        """HDF5's mark, at the beginning or behind MATLAB's words."""
        if file.head.startswith((_MARK, _MATLAB)) or any(file.head[at : at + 8] == _MARK for at in (512, 1024, 2048)):
            return Guess(1.0, "its first bytes are HDF5's")
        return None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series or a recording from its arrays; raises FileError where there are none, or the package is not here."""
        os.environ["HDF5_PLUGIN_PRELOAD"] = "::"  # no filters from elsewhere
        try:
            import h5py
        except ImportError:
            raise FileError(_WITHOUT) from None
        kind = "MATLAB 7.3" if file.head.startswith(_MATLAB) else "HDF5"
        title = "MATLAB" if file.head.startswith(_MATLAB) else self.title
        try:
            with h5py.File(io.BytesIO(file.data), "r") as held:
                if (table := _of_pandas(h5py, held)) is not None:
                    return Raw(table, title, "a table that pandas wrote")
                found = dict(_arrays(h5py, held))
        except UserError:
            raise
        except Exception as why:  # the library raises what it likes on a damaged file
            raise FileError(f"The {kind} file is damaged or cut off ({type(why).__name__}: {str(why)[:60]}).") from None
        if not found:
            raise FileError("There is no array of numbers in this HDF5 file. Save X and y as plain arrays.")
        fields = [a for a in found.values() if a.dtype.names]
        if fields and len(fields) == len(found):
            return arrays.fields(max(fields, key=len), title)
        plain = {k: a for k, a in found.items() if not a.dtype.names}
        return arrays.named_arrays(_flat(plain) if title == "MATLAB" else plain, mapping, title)


def _arrays(h5py: Any, held: Any) -> Iterator[tuple[str, Array]]:
    """Every array by its name, in full where two have one; and single numbers that attributes tell (a rate)."""
    paths = list(_datasets(h5py, held, "", 0))
    ends = [path.rsplit("/", 1)[-1] for path, _ in paths]
    for (path, one), end in zip(paths, ends, strict=True):
        found = _plain(h5py, held, one)
        if found is not None and found.size:
            yield (end if ends.count(end) == 1 else path), found
        yield from _attributes(one)
    yield from _attributes(held)


def _datasets(h5py: Any, group: Any, before: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Hard links only: soft and external ones may lead anywhere."""
    count = 0
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink) or name.startswith("#"):
            continue
        one = group[name]
        if isinstance(one, h5py.Group) and depth < DEEPEST:
            for found in _datasets(h5py, one, f"{before}{name}/", depth + 1):
                count += 1
                yield found
        elif isinstance(one, h5py.Dataset) and not one.external and not one.is_virtual:
            count += 1
            yield f"{before}{name}", one
        if count > MOST:
            raise FileError(
                f"This HDF5 file holds more than {MOST} arrays. Save those that matter in one of their own."
            )


def _plain(h5py: Any, held: Any, one: Any, deep: bool = True) -> Array | None:
    """A data set as numbers, words or fields; None for what is none of these. MATLAB turns its arrays round."""
    if one.dtype.names or one.dtype.kind in "biufS":
        limits.check_values(int(np.prod(one.shape, dtype=np.float64)), f"Array {str(one.name)[-40:]!r}")
        found: Array = np.asarray(one[()])
        if one.attrs.get("MATLAB_empty", 0):
            return None
        if one.attrs.get("MATLAB_class", b"") == b"char":
            return np.array(["".join(map(chr, row)).strip() for row in np.atleast_2d(found.T).tolist()])
        return found.T if "MATLAB_class" in one.attrs else found
    if h5py.check_string_dtype(one.dtype) is not None:
        limits.check_rows(int(np.prod(one.shape, dtype=np.float64)))
        return np.array(words(np.atleast_1d(one.asstr(errors="replace")[()]).reshape(-1).tolist()).astype(str))
    if h5py.check_ref_dtype(one.dtype) is h5py.Reference and deep:
        return _cells(h5py, held, one)
    return None


def _cells(h5py: Any, held: Any, one: Any) -> Array | None:
    """A cell array of MATLAB: its series as one array, NaN where they are shorter; or its words."""
    limits.check_rows(int(np.prod(one.shape, dtype=np.float64)))
    there = [held[r] for r in np.asarray(one[()]).T.reshape(-1) if r]
    items = [_plain(h5py, held, t, False) for t in there if isinstance(t, h5py.Dataset)]
    kept = [i for i in items if i is not None]
    if not kept or len(kept) != len(items):
        return None
    if all(i.dtype.kind == "U" for i in kept):
        return np.array([str(i.reshape(-1)[0]) for i in kept])
    series = [i.reshape(1, -1) if 1 in i.shape else np.atleast_2d(i) for i in kept]
    if len({s.shape[0] for s in series}) != 1 or any(s.dtype.kind not in "biuf" for s in series):
        return None
    size = max(s.shape[1] for s in series)
    limits.check_values(size * series[0].shape[0] * len(series))
    out = np.full((len(series), series[0].shape[0], size), np.nan)
    for i, s in enumerate(series):
        out[i, :, : s.shape[1]] = s
    return out


def _attributes(one: Any) -> Iterator[tuple[str, Array]]:
    for name in list(one.attrs)[:64]:
        value = one.attrs[name]
        if np.size(value) == 1 and np.asarray(value).dtype.kind in "iuf" and not name.startswith("MATLAB"):
            yield name, np.asarray(value)


def _flat(found: dict[str, Array]) -> dict[str, Array]:
    """MATLAB has no vectors: (1, n) and (n, 1) are one."""
    return {n: a.reshape(-1) if a.ndim == 2 and 1 in a.shape and a.size > 1 else a for n, a in found.items()}


def _of_pandas(h5py: Any, held: Any) -> Table | None:
    """A frame that pandas wrote in its fixed form, one block of numbers; None for anything else."""
    groups = [held, *(held[n] for n in held if isinstance(held.get(n, getlink=True), h5py.HardLink))]
    for group in groups:
        if isinstance(group, h5py.Group) and {"block0_values", "block0_items", "axis1"} <= set(group):
            values, names = _plain(h5py, held, group["block0_values"]), _plain(h5py, held, group["block0_items"])
            index = _plain(h5py, held, group["axis1"])
            if values is None or names is None or index is None or values.dtype.kind not in "biuf":
                return None
            called = [n.decode("utf-8", "replace") if isinstance(n, bytes) else str(n) for n in names.tolist()]
            columns = [Column(n, numbers=values[:, i].astype(np.float64)) for i, n in enumerate(called)]
            if index.dtype.kind in "iuf" and len(index) == len(values):
                columns.insert(0, Column("index", numbers=index.astype(np.float64)))
            return Table(tuple(columns), True)
    return None
