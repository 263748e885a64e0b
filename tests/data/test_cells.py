"""A cell is a number, a missing value, or a word; never something in between."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdviz.data import cells


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back(value: float) -> None:
    assert cells.number(repr(value)) == value
    assert cells.number(f"  {value:.17e} ") == pytest.approx(value)


@pytest.mark.parametrize(
    ("cell", "value"), [("1,234", 1234.0), ("12,345,678.5", 12345678.5), ("\N{MINUS SIGN}3", -3.0), ("inf", math.inf)]
)
def test_numbers_in_other_spellings(cell: str, value: float) -> None:
    assert cells.number(cell) == value


@pytest.mark.parametrize("cell", ["", "NaN", "?", "NA", "null", "-", "#N/A", " none "])
def test_missing_values(cell: str) -> None:
    assert math.isnan(cells.number(cell))


@pytest.mark.parametrize("cell", ["1_000", "0x10", "1,23,4", "one", "٣", "1 2", "--1", "1e", "True"])
def test_words_are_no_numbers(cell: str) -> None:
    with pytest.raises(ValueError):
        cells.number(cell)


@given(st.integers(-(10**9), 10**9))
def test_a_whole_label_has_one_spelling(value: int) -> None:
    assert cells.label(f"{value}.0") == cells.label(f" {value} ") == str(value)


@given(st.text(max_size=20))
def test_a_label_is_settled_once(text: str) -> None:
    assert cells.label(cells.label(text)) == cells.label(text)


def test_labels_are_in_the_order_of_numbers_or_of_text() -> None:
    assert cells.in_order(["10", "9", "-1", "9"]) == ("-1", "9", "10")
    assert cells.in_order(["b", "10", "9"]) == ("10", "9", "b")
