"""Who hands what to whom, drawn."""

from __future__ import annotations

import pytest

from kdviz.figures.method_diagrams import handover_sentence, hands, ink
from kdviz.methods.base import methods

EBKD = (
    ("signal teacher", "attention", "fused evidence"),
    ("image teachers", "CAM", "fused evidence"),
    ("fused evidence", "where to attend", "student"),
)


def test_neighbours_of_one_name_share_a_box_and_every_gift_has_an_arrow() -> None:
    drawn = hands(EBKD)
    assert len(drawn.layout.shapes) == 3 + 2
    arrows = [each for each in drawn.layout.annotations if each.showarrow]
    assert len(arrows) == 3
    assert {each.text for each in drawn.layout.annotations if not each.showarrow} >= {"signal teacher", "CAM"}


def test_teacher_student_and_the_rest_have_their_colours_and_words() -> None:
    assert len({ink("image teachers"), ink("student, lifted"), ink("labels")}) == 3
    assert handover_sentence(EBKD[:1]) == "signal teacher to fused evidence: attention."


@pytest.mark.parametrize("name", sorted(methods()))
def test_every_method_can_be_drawn(name: str) -> None:
    about = methods()[name].about
    assert hands(about.hands).layout.height > 0
