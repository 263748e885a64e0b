"""Typed answers over a pipe: a dataclass as one JSON line and raw C-ordered buffers, and back. Nothing is pickled.

Values go by what they are, and come back as what their annotations say; an array stands in the JSON as its number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import IO, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

A = TypeVar("A")
Array = NDArray[Any]
Reader = Callable[[Any, Sequence[NDArray[Any]]], Any]
KINDS = "biuf"
PLAIN = (bool, int, float, str)
MOST_ARRAYS = 100_000
MOST_BYTES = 1 << 32


def write_message(stream: IO[bytes], head: Mapping[str, Any], answer: object = None) -> None:
    """One JSON line with the head, the answer and what its arrays are; then their bytes."""
    arrays: list[Array] = []
    plain = to_plain(answer, arrays)
    shapes = [[list(each.shape), each.dtype.str] for each in arrays]
    stream.write(json.dumps({**head, "answer": plain, "arrays": shapes}).encode() + b"\n")
    for each in arrays:
        stream.write(each.tobytes())
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], list[Array]]:
    """The head with the plain answer, and the arrays; raises EOFError where the stream ends before its message."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    head: dict[str, Any] = json.loads(line)
    shapes = head.pop("arrays")
    if len(shapes) > MOST_ARRAYS:
        raise ValueError(f"An answer of {len(shapes)} arrays is none.")
    return head, [_read_array(stream, shape, kind) for shape, kind in shapes]


def _read_array(stream: IO[bytes], shape: Sequence[int], kind: str) -> Array:
    dtype = np.dtype(kind)
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if dtype.kind not in KINDS or not 0 <= size <= MOST_BYTES:
        raise ValueError(f"An array of {kind[:8]} with {size} bytes is none.")
    content = stream.read(size)
    if len(content) != size:
        raise EOFError
    return np.frombuffer(content, dtype).reshape(shape)


def to_plain(value: object, arrays: list[Array]) -> Any:
    """A value as JSON; its arrays are put behind those in `arrays`. Raises ValueError for what cannot travel."""
    if value is None or isinstance(value, PLAIN):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in KINDS:
            raise ValueError(f"An array of {value.dtype} cannot travel.")
        arrays.append(np.asarray(value, order="C"))
        return len(arrays) - 1
    if isinstance(value, dict):
        return {str(key): to_plain(each, arrays) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(each, arrays) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [to_plain(getattr(value, name), arrays) for name in _hints(type(value))]
    raise ValueError(f"A {type(value).__name__} cannot travel.")


def from_plain(kind: type[A], plain: Any, arrays: Sequence[Array]) -> A:
    """What `to_plain` was given, as a value of this type; raises ValueError where it is none."""
    hint: Any = kind
    return cast("A", _reader(hint)(plain, arrays))


@cache
def _reader(hint: Any) -> Reader:
    """What makes a value of this annotation from its JSON and the arrays."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda plain, arrays: plain
    if origin in (Union, UnionType):
        return _optional(hint, inner)
    if origin is np.ndarray:
        return _array
    if origin is dict:
        return _mapping(_reader(inner[1]))
    if origin in (tuple, list):
        return _sequence(origin, inner)
    if is_dataclass(hint):
        return _instance(hint)
    return _scalar(hint)


def _scalar(kind: type[Any]) -> Reader:
    """Whole numbers stand for floats too, and truth values for no number."""
    fits = (float, int) if kind is float else (kind,)

    def read(plain: Any, arrays: Sequence[Array]) -> Any:
        if type(plain) not in fits:
            raise ValueError(f"A {type(plain).__name__} is no {kind.__name__}.")
        return plain

    return read


def _optional(hint: Any, inner: tuple[Any, ...]) -> Reader:
    """`X | None`; among more, JSON does not say which is meant."""
    some = [each for each in inner if each is not NoneType]
    if len(some) != 1 or len(inner) != 2:
        raise ValueError(f"{hint} cannot travel.")
    reader = _reader(some[0])
    return lambda plain, arrays: None if plain is None else reader(plain, arrays)


def _array(plain: Any, arrays: Sequence[Array]) -> Array:
    if type(plain) is not int or not 0 <= plain < len(arrays):
        raise ValueError("There is no such array.")
    return arrays[plain]


def _mapping(reader: Reader) -> Reader:
    def read(plain: Any, arrays: Sequence[Array]) -> Any:
        if not isinstance(plain, dict):
            raise ValueError(f"A {type(plain).__name__} is no mapping.")
        return {key: reader(each, arrays) for key, each in plain.items()}

    return read


def _sequence(origin: type[Any], inner: tuple[Any, ...]) -> Reader:
    alike = origin is list or inner[1:] == (Ellipsis,)
    readers = [_reader(each) for each in (inner[:1] if alike else inner)]

    def read(plain: Any, arrays: Sequence[Array]) -> Any:
        if not isinstance(plain, list) or not (alike or len(plain) == len(readers)):
            raise ValueError(f"This is no {origin.__name__} of {len(readers)}.")
        each = readers * len(plain) if alike else readers
        return origin(reader(part, arrays) for reader, part in zip(each, plain, strict=True))

    return read


def _instance(kind: Any) -> Reader:
    readers = [_reader(each) for each in _hints(kind).values()]

    def read(plain: Any, arrays: Sequence[Array]) -> Any:
        if not isinstance(plain, list) or len(plain) != len(readers):
            raise ValueError(f"This is no {kind.__name__}.")
        return kind(*(reader(part, arrays) for reader, part in zip(readers, plain, strict=True)))

    return read


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """The types of a dataclass's fields, in their order."""
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
