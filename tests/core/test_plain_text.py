"""Text from outside is one printable line, and no spreadsheet takes it for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdviz.core.plain_text import FORMULA_BEGINS, no_formula, one_line, printable


@given(st.text(max_size=200), st.integers(1, 90))
def test_a_line_is_printable_short_and_marked_where_it_was_cut(given_: str, most: int) -> None:
    line, whole = one_line(given_, most), printable(given_)
    assert line.isprintable() and len(line) <= most and printable(whole) == whole
    assert line == whole if len(whole) <= most else line == whole[: most - 1] + "…"


def test_what_cannot_be_printed_parts_words() -> None:
    assert printable(" a\x00b\n\t c\u202e ") == "a b c" and printable(12) == "12"


@pytest.mark.parametrize("begin", FORMULA_BEGINS)
def test_a_formula_becomes_text(begin: str) -> None:
    assert no_formula(f"{begin}1") == f"'{begin}1" and no_formula("1=") == "1="
