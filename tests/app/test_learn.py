"""Every word is explained, and every figure is drawn from the data that is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.figures.concept_figures import DRAWN, FROM_A_RUN, Of
from kdviz.figures.method_diagrams import Place, map_of_methods, method_map_sentence
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.demo_runs import finished
from kdviz.ui import learn
from kdviz.ui.learn import KINDS, OTHER, kinds, view_of
from kdviz.ui.texts.glossary import CONCEPTS, GLOSSARY, listed
from tests.app.conftest import Opener, words


def test_every_concept_is_on_the_page(page: Opener) -> None:
    said = words(page("learn", data="gunpoint"))
    for concept in CONCEPTS:
        assert concept.title in said and concept.words in said


@pytest.mark.parametrize("name", DRAWN)
def test_a_concepts_figure_has_finite_numbers(name: str) -> None:
    figure = DRAWN[name][0](view_of(name, np.sin(np.arange(60) / 5).astype(np.float32)))
    for trace in figure.data:
        values = [v for v in (trace.y, getattr(trace, "z", None)) if v is not None]
        assert all(np.isfinite(np.asarray(v, float)).all() for v in values)


def test_a_figure_is_asked_for_by_a_name_that_exists() -> None:
    assert {c.figure for c in CONCEPTS if c.figure} == set(DRAWN) | set(FROM_A_RUN)


@pytest.mark.parametrize("name", FROM_A_RUN)
def test_a_figure_from_a_run_has_finite_numbers(name: str) -> None:
    run = finished("gunpoint")
    figure = FROM_A_RUN[name][0](Of(np.sin(np.arange(150) / 5), run.snapshots.arrays, run.snapshots.epochs))
    assert all(np.isfinite(np.asarray(trace.y, float)).all() for trace in figure.data)


def test_every_concept_has_a_figure_and_three_sentences() -> None:
    for concept in CONCEPTS:
        assert concept.figure, concept.id
        assert concept.words.count(". ") + 1 == 3, concept.id


def test_every_method_and_every_word_is_told_and_a_drawing_comes_when_it_is_asked_for(page: Opener) -> None:
    test = page("learn", data="gunpoint")
    said, rows = words(test), remembered()["methods"]
    for row in rows:
        assert row["title"] in said
        assert all(each in said for each in learn.sentences(row["about"]))
    assert listed() in said
    charts = len(test.get("plotly_chart"))
    assert charts == len(CONCEPTS) + 1
    test.session_state["open_kd"] = True
    test.run()
    assert not test.exception
    assert len(test.get("plotly_chart")) == charts + 1


def test_the_words_of_a_method_are_those_of_its_entry() -> None:
    for row in remembered()["methods"]:
        about, (idea, handed, elsewhere) = row["about"], learn.sentences(row["about"])
        assert idea == about["idea"]
        assert all(what in handed for _, what, _ in about["hands"]) and about["claims"][1:] in handed
        assert about["elsewhere"] in elsewhere and about["cost"][1:] in elsewhere


def test_every_method_has_a_place_on_the_map_and_an_address() -> None:
    rows = remembered()["methods"]
    places = [Place(r["id"], r["title"], kinds(r["about"]), f"#{learn.anchor(r)}") for r in rows]
    assert not [p.id for p in places if OTHER in p.kinds]
    links = [a.text for a in map_of_methods(places, KINDS).layout.annotations if "<a " in a.text]
    assert len(links) == len({p.link for p in places}) == len(rows)
    assert all(p.id in method_map_sentence(places, KINDS) for p in places)


def test_a_method_that_hands_over_something_new_is_on_the_map_too() -> None:
    strange = kinds({"hands": [("teacher", "a melody", "student")], "claims": "None."})
    assert strange == (OTHER,)
    drawn = map_of_methods([Place("x", "X", strange, "#method-x")], KINDS)
    assert any(OTHER in a.text for a in drawn.layout.annotations)


@pytest.mark.parametrize(
    ("name", "kind"), [("kd", "answers"), ("at", "maps"), ("sp", "relations"), ("fitnet", "features"),
                       ("fam", "frequencies"), ("supervised", "labels alone")]
)  # fmt: skip
def test_what_is_special_about_a_method_is_read_from_its_words(name: str, kind: str) -> None:
    assert next(kinds(r["about"]) for r in remembered()["methods"] if r["id"] == name)[0] == kind


def test_the_glossary_is_in_order_and_leads_to_concepts_that_exist() -> None:
    said = [term.word.lower() for term in GLOSSARY]
    assert said == sorted(set(said))
    assert {term.concept for term in GLOSSARY} - {""} <= {concept.id for concept in CONCEPTS}


@pytest.mark.parametrize(
    ("name", "concept"), [("distill", "kd"), ("encode", "gaf"), ("data", "persistence"), ("runs", "control"),
                          ("sweep", "control")]
)  # fmt: skip
def test_a_page_that_uses_a_word_leads_to_what_it_means(name: str, concept: str, page: Opener) -> None:
    assert f"learn?data=gunpoint#{concept}" in words(page(name, data="gunpoint"))
