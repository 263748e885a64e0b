"""Page, command line, report and comparison say one number of the same run and teacher, whatever the student sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.commands.report import one
from kdviz.figures.palette import network_name
from kdviz.metrics.similarity import similarity_measure
from kdviz.report.comparison_report import comparison_page
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.analysis.evidence_match import looked
from kdviz.runs.analysis.fidelity import features
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.comparison.compare import comparison
from kdviz.runs.looker.functions import answered
from kdviz.runs.store.run import by_identity, make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps
from tests.lookable import SETTINGS, Lookable

METHODS = {"camkd": "fusion", "ebkd": "fusion", "progressive": "fusion", "aver": "signal", "fam": "signal"}
REFERENCES = {"camkd": "gaf", "ebkd": "gaf", "progressive": "gaf", "aver": "signal", "fam": "signal"}
KEYS = {"match": "match", "by_chance": "by chance", "by_control": "the control's match", "transfer": "transfer"}
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def trained(lookable: Lookable, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Five finished runs with the same two teachers, by method, and their home."""
    home = lookable.copied(tmp_path_factory.mktemp("one_number"))
    found = {"home": str(home.home), "ebkd": home.ebkd, "fam": home.fam}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(home.home))
        for method in METHODS.keys() - found.keys():
            choices = Choices(method, ("signal", "gaf"), METHODS[method], epochs=6)
            data = bumps()
            run = make(recipe_for(data, choices, SETTINGS), data.name, dict(data.source))
            assert bring(run.folder) == 0, run.final
            found[method] = run.folder.name
    return found


@pytest.fixture
def runs(trained: dict[str, str], own_home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("KDVIZ_HOME", trained["home"])
    return trained


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Iterator[Ask]:
    def said(*words: str) -> Any:
        assert main([*words, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    yield said


def cells(html: str, caption: str) -> dict[str, dict[str, str]]:
    """The table with this caption, by its rows' names and its columns'."""
    table = next(t for t in re.findall(r"<table.*?</table>", html, re.S) if caption in t)
    table = table.replace("&#39;", "'")
    head = re.findall(r"<th[^>]*>(.*?)</th>", table.split("</thead>")[0], re.S)
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows if row and row != head}


@pytest.mark.parametrize("method", METHODS)
def test_page_line_report_and_comparison_say_the_same_evidence(method: str, runs: dict[str, str], ask: Ask) -> None:
    run = runs[method]
    page = answered("match", {"run": run, "extractor": "cam"}).teachers
    line = ask("evidence", run, "--numbers")["numbers"]["teachers"]
    kept = measured(by_identity(run)).evidence
    row = ask("compare", run)["places"][0]["rows"][0]
    said = cells(one(by_identity(run)).html(), "does it look where they look")
    assert set(page) == set(line) == set(kept) == set(row["beside"]) == {"signal", "gaf"}
    for teacher, measures in page.items():
        numbers = measures["pearson"].numbers
        for key, head in KEYS.items():
            value = getattr(numbers, key).value
            assert line[teacher]["pearson"][key]["value"] == kept[teacher][key] == value
            assert said[network_name(teacher)][head] == f"{value:.3f}"
            if key in ("match", "transfer"):
                assert row["beside"][teacher][key]["value"] == value
        assert line[teacher]["pearson"]["p"] == kept[teacher]["p"] == numbers.p
        assert line[teacher]["pearson"]["adjusted"] == measures["pearson"].adjusted
        assert {"p against chance", "p, corrected"} <= said[network_name(teacher)].keys()


@pytest.mark.parametrize("method", METHODS)
def test_page_line_report_and_comparison_say_the_same_fidelity(method: str, runs: dict[str, str], ask: Ask) -> None:
    run = runs[method]
    page = answered("fidelity", {"run": run}).splits["test"].fidelity["student"]
    line = ask("fidelity", run)["splits"]["test"]["fidelity"]["student"]
    row = ask("compare", run)["places"][0]["rows"][0]
    said = cells(one(by_identity(run)).html(), "does it answer as its teachers do")
    for teacher, scores in page.items():
        assert line[teacher] == scores
        assert row["beside"][teacher]["agreement"]["value"] == scores["agreement"]
        assert row["beside"][teacher]["kl"]["value"] == pytest.approx(scores["predictive_kl"], abs=1e-12)
        assert said[network_name(teacher)]["agreement"] == f"{scores['agreement']:.3f}"


@pytest.mark.parametrize("method", METHODS)
def test_a_branch_is_held_beside_the_teacher_of_its_own_view(method: str, runs: dict[str, str]) -> None:
    opened = open_for_looking(by_identity(runs[method]))
    found = looked(opened, "cam")
    student, teacher = found.seen["student"].times, found.seen["teacher.gaf"].times["gaf"]
    mine = student["gaf" if METHODS[method] == "fusion" else "signal"]
    each = similarity_measure("pearson")(mine, teacher)
    told = measured(by_identity(runs[method])).evidence["gaf"]["match"]
    assert told == pytest.approx(float(np.nanmean(each)))
    if METHODS[method] == "fusion":
        other = similarity_measure("pearson")(student["signal"], teacher)
        assert abs(float(np.nanmean(other)) - float(told or 0)) > 1e-3
        assert set(features(opened, opened.networks["student"], found.series)) == {"", "signal", "gaf"}


def test_no_mean_is_taken_over_teachers_and_it_is_said_whose_numbers_stand(runs: dict[str, str]) -> None:
    found = comparison([by_identity(runs[method]) for method in METHODS])
    rows = {row.method: row for place in found.places for row in place.rows}
    assert {method: row.reference for method, row in rows.items()} == REFERENCES
    for row in rows.values():
        assert {name: row.score(name) for name in ("agreement", "kl", "match", "transfer")} == row.beside[row.reference]
        assert row.score("match", "persistence").value is None
    for place in found.places:
        assert place.teachers == ("signal", "gaf")
    html = comparison_page(found, []).html()
    assert "match, GAF teacher" in html and "match, signal teacher" in html and "hands on" in html


def test_p_is_corrected_for_every_measure_teacher_and_extractor_that_is_shown(runs: dict[str, str], ask: Ask) -> None:
    one, two = (answered("match", {"run": runs["ebkd"], "extractor": "cam", "extractors": k}) for k in (1, 2))
    count = sum(each.numbers.p is not None for by in one.teachers.values() for each in by.values())
    assert count >= 12 and (one.comparisons, two.comparisons) == (count, 2 * count)
    for teacher, measures in one.teachers.items():
        for name, each in measures.items():
            assert each.numbers.p <= each.adjusted <= two.teachers[teacher][name].adjusted
            assert any(f"corrected for {count} comparisons" in said for said in each.sentences)
    line = ask("evidence", runs["ebkd"], "--numbers", "--beside", "1")["numbers"]
    assert line["comparisons"] == two.comparisons
    for teacher, measures in two.teachers.items():
        assert {n: each.adjusted for n, each in measures.items()} == {
            n: each["adjusted"] for n, each in line["teachers"][teacher].items()
        }


@pytest.mark.parametrize("method", METHODS)
def test_pages_open_on_the_teacher_that_the_method_hands_on(method: str, runs: dict[str, str]) -> None:
    assert answered("networks", {"run": runs[method]}).reference == REFERENCES[method]
