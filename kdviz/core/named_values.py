"""Dataclasses on disk: JSON by the names of their fields, arrays beside it in one piece a kind. Nothing is pickled.

What was written is read again when a dataclass has grown since: a field that is missing becomes empty. What is read
has the types that its annotations say, or raises ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

A = TypeVar("A")
Array = NDArray[Any]
KINDS = ("f4", "f8", "i8", "i4", "i2", "i1", "u1", "b1")
PLAIN = (bool, int, float, str)
DEEPEST = 24


def to_named(value: object) -> tuple[Any, dict[str, Array]]:
    """A value as JSON, and its arrays by kind; raises ValueError for what cannot be kept."""
    parts: dict[str, list[Array]] = {}
    plain = _plain(value, parts)
    return plain, {kind: np.concatenate(each) for kind, each in parts.items()}


def _plain(value: object, parts: dict[str, list[Array]]) -> Any:
    if value is None or isinstance(value, PLAIN):
        return value
    if isinstance(value, np.ndarray):
        kind = value.dtype.str[1:]
        if kind not in KINDS:
            raise ValueError(f"An array of {value.dtype} cannot be kept.")
        held = parts.setdefault(kind, [])
        start = sum(each.size for each in held)
        held.append(np.ascontiguousarray(value).ravel())
        return {"array": kind, "at": start, "shape": list(value.shape)}
    if isinstance(value, dict):
        return {"by": [[str(key), _plain(each, parts)] for key, each in value.items()]}  # in their order
    if isinstance(value, list | tuple):
        return [_plain(each, parts) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name), parts) for each in fields(value)}
    raise ValueError(f"A {type(value).__name__} cannot be kept.")


def from_named(kind: type[A], plain: Any, arrays: Mapping[str, Array]) -> A:
    """What `to_named` was given, as a value of this type; raises ValueError where it is none."""
    return cast("A", _read(kind, plain, arrays, 0))


def _read(hint: Any, plain: Any, arrays: Mapping[str, Array], depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("What was kept is nested too deeply.")
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if plain is None else _read(_some(inner), plain, arrays, depth)
    if origin is np.ndarray:
        return _array(plain, arrays)
    if origin is dict:
        held = plain.get("by") if isinstance(plain, dict) else None
        if not isinstance(held, list) or not all(isinstance(p, list) and len(p) == 2 for p in held):
            raise ValueError(f"A {type(plain).__name__} is no mapping.")
        return {str(key): _read(inner[1], each, arrays, depth + 1) for key, each in held}
    if origin in (tuple, list):
        return origin(_each(hint, inner, plain, arrays, depth))
    if is_dataclass(hint):
        return _instance(hint, plain, arrays, depth)
    fits = (float, int) if hint is float else (hint,)
    if type(plain) not in fits:
        raise ValueError(f"A {type(plain).__name__} is no {getattr(hint, '__name__', hint)}.")
    return plain


def _some(inner: tuple[Any, ...]) -> Any:
    return next(each for each in inner if each is not NoneType)


def _each(hint: Any, inner: tuple[Any, ...], plain: Any, arrays: Mapping[str, Array], depth: int) -> list[Any]:
    alike = get_origin(hint) is list or inner[1:] == (Ellipsis,)
    if not isinstance(plain, list) or not (alike or len(plain) == len(inner)):
        raise ValueError("A sequence of another length was kept.")
    kinds = inner[:1] * len(plain) if alike else inner
    return [_read(kind, each, arrays, depth + 1) for kind, each in zip(kinds, plain, strict=True)]


def _array(plain: Any, arrays: Mapping[str, Array]) -> Array:
    if not isinstance(plain, dict) or not isinstance(plain.get("shape"), list):
        raise ValueError("There is no such array.")
    kind, at, shape = str(plain.get("array")), plain.get("at"), plain["shape"]
    whole = arrays.get(kind)
    if whole is None or whole.ndim != 1 or whole.dtype.str[1:] != kind or kind not in KINDS:
        raise ValueError("There is no such array.")
    if type(at) is not int or at < 0 or not all(type(n) is int and 0 <= n <= whole.size for n in shape):
        raise ValueError("An array has a shape that it cannot have.")
    size = math.prod(shape)
    if at + size > whole.size:
        raise ValueError("An array ends beyond what was kept.")
    return whole[at : at + size].reshape(shape)


def _instance(kind: Any, plain: Any, arrays: Mapping[str, Array], depth: int) -> Any:
    if not isinstance(plain, dict):
        raise ValueError(f"This is no {kind.__name__}.")
    hints = _hints(kind)
    return kind(**{
        name: _read(hint, plain[name], arrays, depth + 1) if name in plain else _empty(hint)
        for name, hint in hints.items()
    })  # fmt: skip


def _empty(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return None
    if origin in (dict, list) or (origin is tuple and get_args(hint)[1:] == (Ellipsis,)):
        return origin()
    if hint in PLAIN:
        return hint()
    raise ValueError("A part is missing that cannot be empty.")


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
