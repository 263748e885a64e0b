"""Every word is explained, and every figure is drawn from the data that is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.figures.concepts import DRAWN
from kdviz.figures.concepts_run import FROM_A_RUN
from kdviz.runs.finished import finished
from kdviz.ui.concepts import CONCEPTS
from kdviz.ui.learning import seen
from tests.app.conftest import Opener, words


def test_every_concept_is_on_the_page(page: Opener) -> None:
    said = words(page("learn", data="gunpoint"))
    for concept in CONCEPTS:
        assert concept.title in said and concept.words in said


@pytest.mark.parametrize("name", DRAWN)
def test_a_concepts_figure_has_finite_numbers(name: str) -> None:
    figure = DRAWN[name][0](seen(name, np.sin(np.arange(60) / 5).astype(np.float32)))
    for trace in figure.data:
        values = [v for v in (trace.y, getattr(trace, "z", None)) if v is not None]
        assert all(np.isfinite(np.asarray(v, float)).all() for v in values)


def test_a_figure_is_asked_for_by_a_name_that_exists() -> None:
    assert {c.figure for c in CONCEPTS if c.figure} == set(DRAWN) | set(FROM_A_RUN)


@pytest.mark.parametrize("name", FROM_A_RUN)
def test_a_figure_from_a_run_has_finite_numbers(name: str) -> None:
    run = finished("gunpoint")
    figure = FROM_A_RUN[name][0](np.sin(np.arange(150) / 5), run.arrays, run.words["epochs"])
    assert all(np.isfinite(np.asarray(trace.y, float)).all() for trace in figure.data)


def test_every_concept_has_a_figure_and_three_sentences_or_so() -> None:
    for concept in CONCEPTS:
        assert concept.figure, concept.id
        assert 2 <= concept.words.count(". ") + 1 <= 5, concept.id


@pytest.mark.parametrize(("name", "concept"), [("distill", "kd"), ("encode", "gaf")])
def test_a_page_that_uses_a_word_leads_to_what_it_means(name: str, concept: str, page: Opener) -> None:
    assert f"learn?data=gunpoint#{concept}" in words(page(name, data="gunpoint"))
