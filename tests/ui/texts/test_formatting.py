"""What comes from a file is shown as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdviz.ui.texts.formatting import LONGEST, one_line, text
from kdviz.ui.texts.sentences import SENTENCES, counted, say


@given(st.text(max_size=200))
def test_every_punctuation_mark_stands_for_itself(given: str) -> None:
    shown, at = text(given, 1000), 0
    while at < len(shown):
        if shown[at] == "\\":
            at += 1
            assert not shown[at].isalnum()
        else:
            assert shown[at].isalnum() or not shown[at].isascii() or shown[at] == " "
        at += 1


@given(st.text(max_size=200))
def test_a_name_is_one_short_line(given: str) -> None:
    line = one_line(given)
    assert len(line) <= LONGEST and line.splitlines() in ([], [line]) and line == line.strip()


@pytest.mark.parametrize("name", ["http://evil.example", "WWW.evil.example", "me@evil.example", "://@://"])
def test_an_address_is_broken_where_it_would_become_a_link(name: str) -> None:
    shown = text(name)
    assert "\u2060" in shown and shown.replace("\u2060", "").replace("\\", "") == name


def test_a_long_name_is_cut_where_one_can_see_it() -> None:
    assert one_line("x" * 100) == "x" * (LONGEST - 1) + "…"


def test_a_sentence_takes_names_as_text_and_numbers_as_numbers() -> None:
    assert say("showing file", name="*a*") == "Showing \\*a\\*."
    assert "1,200 windows" in say("windows", series=1200, window=128, step=64)


def test_every_sentence_ends_and_none_is_empty() -> None:
    assert all(SENTENCES.values())


def test_counting_words() -> None:
    assert [counted(n, "class") for n in (0, 1, 1200)] == ["0 classes", "1 class", "1,200 classes"]
