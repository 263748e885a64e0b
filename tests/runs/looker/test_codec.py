"""Every answer comes out of the pipe as it went in, and nothing else does."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdviz.runs.looker.codec import from_plain, read_message, to_plain, write_message
from kdviz.runs.looker.functions import FUNCTIONS

ANSWERS = sorted({each.answer for each in FUNCTIONS if is_dataclass(each.answer)}, key=lambda kind: kind.__name__)
ARRAYS = st.builds(
    lambda shape, kind: np.asarray(np.arange(int(np.prod(shape))).reshape(shape) % 100, kind),
    st.sampled_from([(), (0,), (3,), (2, 0), (2, 3, 4)]),
    st.sampled_from(["<f4", "<f8", "<i8", "|i1", "<i2", "|b1"]),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
SCALARS = {int: st.integers(), float: st.floats(allow_nan=False), str: st.text(max_size=8), bool: st.booleans()}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return PLAIN
    if hint in SCALARS:
        return SCALARS[hint]
    if origin in (Union, UnionType):
        return st.one_of([st.none() if each is type(None) else values(each) for each in inner])
    if origin is np.ndarray:
        return ARRAYS
    if origin is dict:
        return st.dictionaries(st.text(max_size=4), values(inner[1]), max_size=2)
    if origin is tuple:
        each = st.lists(values(inner[0]), max_size=2) if inner[1:] == (Ellipsis,) else st.tuples(*map(values, inner))
        return each.map(tuple)
    hints = get_type_hints(hint)
    return st.builds(hint, **{each.name: values(hints[each.name]) for each in fields(hint)})


def same(one: Any, other: Any) -> bool:
    if is_dataclass(one):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and bool(np.array_equal(one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(each, other[key]) for key, each in one.items())
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def piped(kind: type[Any], answer: object) -> Any:
    """Through a stream and back."""
    stream = io.BytesIO()
    write_message(stream, {"ok": True}, answer)
    stream.seek(0)
    head, arrays = read_message(stream)
    assert head["ok"] is True and not stream.read()
    return from_plain(kind, head["answer"], arrays)


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_answer_comes_out_as_it_went_in(kind: type[Any], data: st.DataObject) -> None:
    answer = data.draw(values(kind))
    assert same(piped(kind, answer), answer)


@dataclass(frozen=True)
class Small:
    name: str
    count: int
    share: float | None
    curve: np.ndarray[Any, np.dtype[Any]]
    pairs: tuple[tuple[str, int], ...]


GOOD = Small("a", 1, None, np.arange(3.0), (("b", 2),))


def test_what_is_not_a_number_and_what_does_not_lie_in_rows_travel_too() -> None:
    turned = np.arange(6.0).reshape(2, 3).T
    found = piped(Small, Small("a", 1, float("nan"), turned, ()))
    assert np.isnan(found.share) and np.array_equal(found.curve, turned)


@pytest.mark.parametrize(
    "broken",
    [
        ["a", 1, None, 0],
        ["a", 1, None, 5, []],
        ["a", 1, None, True, []],
        ["a", 1, None, -1, []],
        ["a", "1", None, 0, []],
        ["a", True, None, 0, []],
        [1, 1, None, 0, []],
        ["a", 1, "x", 0, []],
        ["a", 1, None, 0, [["b"]]],
        ["a", 1, None, 0, {"b": 2}],
        {"name": "a"},
    ],
)
def test_an_answer_of_another_type_is_refused(broken: Any) -> None:
    arrays: list[Any] = []
    assert from_plain(Small, to_plain(GOOD, arrays), arrays).name == "a"
    with pytest.raises(ValueError):
        from_plain(Small, broken, arrays)


@pytest.mark.parametrize("value", [np.array(["a"]), np.array([object()], object), {1, 2}, np.int64(3), b"a"])
def test_what_cannot_travel_is_said_before_anything_is_written(value: object) -> None:
    stream = io.BytesIO()
    with pytest.raises(ValueError, match="cannot travel"):
        write_message(stream, {}, {"value": value})
    assert not stream.getvalue()


def test_a_message_that_was_cut_off_is_none() -> None:
    stream = io.BytesIO()
    write_message(stream, {"ok": True}, GOOD)
    whole = stream.getvalue()
    for end in (0, 10, whole.index(b"\n"), len(whole) - 1):
        with pytest.raises(EOFError):
            read_message(io.BytesIO(whole[:end]))


@pytest.mark.parametrize("told", [[[1], "|O"], [[1 << 40], "<f8"], [[-1], "<f8"], [[1], "<U4"]])
def test_no_array_of_objects_and_none_without_bounds_is_read(told: Any) -> None:
    line = json.dumps({"answer": 0, "arrays": [told]}).encode() + b"\n"
    with pytest.raises(ValueError):
        read_message(io.BytesIO(line + b"\0" * 64))
