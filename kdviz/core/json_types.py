"""Whether JSON values have the types that a dataclass declares: what comes from elsewhere is checked before its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from kdviz.core.errors import UserError

T = TypeVar("T")
LONGEST_TEXT = 10_000
MOST_ITEMS = 10_000
DEEPEST = 8


def made(kind: type[T], given: Mapping[str, Any], what: str) -> T:
    """A dataclass from JSON values; raises UserError naming the first field that does not fit."""
    hints, known = get_type_hints(kind), {f.name for f in fields(kind)}  # type: ignore[arg-type]
    for name, value in given.items():
        if name not in known:
            raise UserError(f"{what} has a field {str(name)[:40]!r}, which it cannot have.")
        if not fits(value, hints[name]):
            raise UserError(f"{what} has a {name} that it cannot have: {str(value)[:60]!r}.")
    try:
        return kind(**{name: _as(value, hints[name]) for name, value in given.items()})
    except TypeError:
        missing = ", ".join(sorted(known - set(given)))
        raise UserError(f"{what} lacks fields; missing are {missing[:200]}.") from None


def _as(value: Any, hint: Any) -> Any:
    return tuple(value) if get_origin(hint) is tuple else value


def fits(value: Any, hint: Any, depth: int = 0) -> bool:
    """Whether a JSON value has this type; lists stand for tuples, whole numbers for floats, and sizes are bounded."""
    origin, inner = get_origin(hint), get_args(hint)
    if depth > DEEPEST:
        return False
    if hint is Any:
        return _plain(value, depth)
    if origin in (Union, UnionType):
        return any(fits(value, each, depth) for each in inner)
    if origin in (list, tuple):
        return _sequence(value, inner, depth)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(value) and all(fits(v, inner[1], depth + 1) for v in value.values())
    return _scalar(value, hint)


def _scalar(value: Any, hint: Any) -> bool:
    if hint is float:
        return isinstance(value, float) or _scalar(value, int)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if hint is str:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    return value is None if hint is type(None) else hint is bool and isinstance(value, bool)


def _sequence(value: Any, inner: tuple[Any, ...], depth: int) -> bool:
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        return False
    if len(inner) > 2 or (len(inner) == 2 and inner[1] is not Ellipsis):
        return len(value) == len(inner) and all(fits(v, h, depth + 1) for v, h in zip(value, inner, strict=True))
    return all(fits(v, inner[0], depth + 1) for v in value)


def _mapping(value: Any) -> bool:
    return isinstance(value, dict) and len(value) <= MOST_ITEMS and all(isinstance(k, str) for k in value)


def _plain(value: Any, depth: int) -> bool:
    if depth > DEEPEST:
        return False
    if isinstance(value, dict):
        return _mapping(value) and all(_plain(v, depth + 1) for v in value.values())
    if isinstance(value, list):
        return len(value) <= MOST_ITEMS and all(_plain(v, depth + 1) for v in value)
    return value is None or any(_scalar(value, kind) for kind in (bool, str, int, float))
