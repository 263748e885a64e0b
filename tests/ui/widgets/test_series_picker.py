"""The lists that a visitor goes through."""

from __future__ import annotations

import numpy as np

from kdviz.ui.widgets.series_picker import cases

Y = np.array([0, 0, 1, 1])
STUDENT = np.array([0, 1, 1, 0])
TEACHER = np.array([0, 1, 0, 1])
MATCH = np.array([0.9, 0.1, np.nan, 0.5])


def test_the_worst_come_first_and_unmeasured_series_are_left_out() -> None:
    assert cases("worst", Y, STUDENT, TEACHER, MATCH).tolist() == [1, 3, 0]
    assert cases("best", Y, STUDENT, TEACHER, MATCH).tolist() == [0, 3, 1]


def test_where_less_is_more_alike_the_order_turns() -> None:
    assert cases("worst", Y, STUDENT, TEACHER, MATCH, higher=False).tolist() == [0, 3, 1]


def test_disagreement_and_shared_errors_are_found() -> None:
    assert cases("disagree", Y, STUDENT, TEACHER, None).tolist() == [2, 3]
    assert cases("same_error", Y, STUDENT, TEACHER, None).tolist() == [1]
    assert cases("student_error", Y, STUDENT, TEACHER, None).tolist() == [1, 3]
    assert cases("all", Y, STUDENT, TEACHER, None).tolist() == [0, 1, 2, 3]
