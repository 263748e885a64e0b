"""A NumPy array from bytes that are not trusted: no objects, no size that is only claimed."""

from __future__ import annotations

import io
from math import prod
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.raw import shown

Array = NDArray[Any]


_NUMERIC = "biufSUM"
_MAGIC = b"\x93NUMPY"


def is_array(head: bytes) -> bool:
    """Whether a file that begins so is a .npy."""
    return head.startswith(_MAGIC)


def array_of(data: bytes, name: str) -> Array:
    """A .npy file's array; raises FileError for objects (which would need unpickling) and for headers that lie."""
    stream = io.BytesIO(data)
    what = shown(name)
    try:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0), (3, 0)):
            raise ValueError("version")
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, kind = read(stream)
    except (
        ValueError,
        SyntaxError,
        TypeError,
        MemoryError,
        RecursionError,
        OverflowError,
        EOFError,
        KeyError,
        TokenError,
    ):
        raise FileError(f"The header of {what!r} is damaged: it is no NumPy array.") from None
    if kind.hasobject:
        raise FileError(
            f"{what!r} holds Python objects, which can run code, so it is not opened. "
            "Save plain numbers: numpy.savez('data.npz', X=X.astype('float32'), y=y)"
        )
    fields = [kind[n] for n in kind.names] if kind.names else [kind]
    if not all(f.kind in _NUMERIC and f.itemsize and not f.shape for f in fields):
        raise FileError(f"{what!r} holds {kind.name[:40]} values; numbers are read (and text as labels).")
    return _believed(data, stream.tell(), shape, fortran, kind, what)


def _believed(data: bytes, at: int, shape: tuple[int, ...], fortran: bool, kind: np.dtype[Any], what: str) -> Array:
    if len(shape) > 8 or any(s < 0 for s in shape):
        raise FileError(f"{what!r} claims the shape {str(shape)[:60]}; up to three dimensions are read.")
    count = prod(shape)
    if count * kind.itemsize != len(data) - at:
        raise FileError(
            f"{what!r} claims the shape {str(shape)[:60]}, {count * kind.itemsize:,} bytes, "
            f"but holds {len(data) - at:,}. It is cut off or altered."
        )
    if kind.kind not in "SU":
        limits.check_values(count, repr(what))
    found = np.frombuffer(data, kind, offset=at)
    return found.reshape(shape[::-1]).transpose() if fortran else found.reshape(shape)
