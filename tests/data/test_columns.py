"""What a column looks like: asked often, found once, without a second copy of what it holds."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells
from kdviz.data.cells import words
from kdviz.data.columns import Column, Table


def test_labels_that_stand_as_they_are_need_no_copy() -> None:
    written = words(["walk", "sit", "", "walk"])
    assert Column("activity", words=written).labels is written


@pytest.mark.parametrize(
    ("column", "labels"),
    [
        (Column("a", words=words(["1.0", " x ", "NA"])), ["1", "x", ""]),
        (Column("a", numbers=np.array([2.0, np.nan, 0.5])), ["2", "", "0.5"]),
        (Column("a", numbers=np.array([1.0, 0.0, np.nan]), is_truth=True), ["True", "False", ""]),
    ],
)
def test_labels_are_as_written(column: Column, labels: list[str]) -> None:
    assert column.labels.tolist() == labels
    assert column.kinds() == set(labels)
    assert np.array_equal(column.codes[:, None] == column.codes, column.labels[:, None] == column.labels)


def test_a_cell_is_understood_once_however_often_the_column_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(cells, "label", lambda cell: asked.append(cell) or cell.strip())
    monkeypatch.setattr(cells, "number", lambda cell: asked.append(cell) or float(cell))
    column = Column("a", words=words([" 1", "2", "2"] * 1000))
    for _ in range(3):
        assert column.labels is column.labels
        assert column.codes is column.codes
        assert column.numeric_share == 1.0
    assert len(asked) == len({" 1", "2"}) + 500


@pytest.mark.parametrize(
    ("given", "comma", "share"),
    [
        (["1", "x", "", "NA"], False, 0.5),
        (["1,5", "1.234,5"], True, 1.0),
        (["1.234,5"], False, 0.0),
        (["", "?"], False, 0.0),
    ],
)
def test_the_share_of_numbers_is_of_cells_that_are_there(given: list[str], comma: bool, share: float) -> None:
    assert Column("a", words=words(given), comma=comma).numeric_share == share


def test_whole_empty_and_distinct() -> None:
    whole, gaps = Column("a", numbers=np.array([1.0, 2.0, 2.0])), Column("a", numbers=np.array([np.nan, np.nan]))
    assert (whole.is_whole, whole.is_empty, whole.distinct) == (True, False, 2)
    assert (gaps.is_whole, gaps.is_empty, gaps.distinct) == (False, True, 1)
    assert Column("a", words=words(["", "NA"])).is_empty


def test_parts_are_the_usual_words_and_nothing_else() -> None:
    assert Column("split", words=words(["Train", "val", "TEST"])).parts().tolist() == ["train", "validation", "test"]
    assert Column("is_train", numbers=np.array([1.0, 0.0])).parts().tolist() == ["train", "test"]
    with pytest.raises(UserError, match="says 'later'"):
        Column("split", words=words(["train", "later"])).parts()


def test_a_word_among_numbers_is_named_by_line_and_column() -> None:
    column = Column("b", words=words(["1,5", "odd"]), comma=True)
    table = Table((Column("a", numbers=np.zeros(2)), column), True, np.array([2, 3]))
    with pytest.raises(FileError, match=r"Line 3, column 2 \('b'\): 'odd' is not a number") as why:
        table.numbers_of(column)
    assert (why.value.line, why.value.column) == (3, 2)
