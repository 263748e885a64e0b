"""A report is one file that asks nobody for anything, shows names as text, and still moves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.commands.report import one
from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.figures.chart import pareto
from kdviz.figures.comparison_charts import front, order, overlaid, scores
from kdviz.metrics.perturbations import BASELINES
from kdviz.report.comparison_report import comparison_report
from kdviz.report.page import MOST_BYTES, Folded, Page, Paragraph, Part, Table
from kdviz.runs.comparison.compare import compared
from kdviz.runs.comparison.comparison_answers import MethodOrder
from kdviz.runs.publication.figure_sheet import PublicationFigure
from kdviz.runs.store.run_table import write
from tests.conftest import bumps
from tests.runs.comparison.test_compare import CLEAR, seeds
from tests.runs.worker.test_runs import asked, done

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of one small run whose data bear a hostile name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(tmp_path_factory.mktemp("elsewhere")))
        data = replace(bumps(), name=EVIL, classes=(EVIL, "</script>"))
        run = done(asked(data, control=True), data)
        write(run, EVIL, [])
        return one(run).html()


def test_it_is_one_small_file_without_any_address(made: str) -> None:
    assert len(made.encode()) < MOST_BYTES
    assert set(re.findall(r"https?://[^\s\"'<]+", made)) <= {"http://www.w3.org/2000/svg"}
    assert not re.findall(r"<(?:img|link|iframe|object|embed|base)\b", made)
    assert not re.findall(r"<[a-z][^<>]*\s(?:src|href)=", made)
    assert "default-src 'none'" in made


def test_names_are_text(made: str) -> None:
    assert "<script>alert" not in made and "&lt;script&gt;alert" in made
    assert made.count("</script>") == made.count("<script")


def test_it_says_what_one_run_proves(made: str) -> None:
    assert "Nothing can be concluded about the method from it" in made


def test_it_tells_faithfulness_by_network_filling_and_class(made: str) -> None:
    rows = made[made.index("Are the maps faithful?") :]
    for filling in BASELINES:
        assert rows.count(f"<td>{filling}</td>") >= 3 * 3, filling
    assert "&lt;/script&gt;</td>" in rows and "too few series" in rows


def test_a_run_that_has_not_ended_has_no_report(data: Dataset) -> None:
    with pytest.raises(UserError, match="queued"):
        one(asked(data)).html()


def test_without_its_data_a_run_still_has_one(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run = done(asked(data), data)
    monkeypatch.setattr("kdviz.runs.analysis.opened_run.reopen", _gone)
    said = one(run).html()
    assert "Its data was not here" in said and "How it learned" in said


def _gone(*_: object) -> Dataset:
    raise UserError("gone")


def test_a_comparison_says_what_follows_and_what_does_not(data: Dataset) -> None:
    runs = [*seeds(data, "kd", CLEAR), *seeds(data, "at", [0.8] * 3)]
    said = comparison_report(compared(runs, "kd"), runs)
    assert "kd is better than scratch by 11" in said and "Nothing can be concluded about at and kd from 3 seeds" in said
    assert "A ranking takes at least 5 data sets" in said and len(said.encode()) < MOST_BYTES


def test_a_few_runs_are_laid_over_one_another_and_their_recipes_compared(data: Dataset) -> None:
    one = done(asked(data, epochs=3), data)
    other = done(asked(data, epochs=4), data)
    said = comparison_report(compared([one, other]), [one, other])
    assert "Curves over one another" in said and '<th scope="row">epochs</th><td>3</td><td>4</td>' in said


def test_the_command_line_writes_it(data: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = done(asked(data), data)
    assert main(["report", str(run.folder), "--out", str(tmp_path / "r.html"), "--json"]) == 0
    assert (tmp_path / "r.html").read_text().startswith("<!doctype html>")
    drawn = ["--figures", str(tmp_path / "figures"), "--paper", "confusion, similarity", "--json"]
    assert main(["report", str(run.folder), "--out", str(tmp_path / "r.html"), *drawn]) == 0
    assert (tmp_path / "figures" / "01-lines.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "figures" / "02-lines.pdf").read_bytes().startswith(b"%PDF")
    said = (tmp_path / "r.html").read_text()
    assert "Similarity maps by stage" in said and "Chance permutes the student" in said and "by chance 0." in said
    assert len(said.encode()) < MOST_BYTES and (tmp_path / "figures" / "03-matrix.pdf").exists()
    assert main(["report", "nowhere", "--out", str(tmp_path / "r.html")]) == 2


def shown(*parts: Part) -> str:
    """What stands between title and end of a page that holds these."""
    page = Page("a", "b")
    page.section(EVIL, *parts)
    return page.html().partition("</header>")[2].partition("<noscript>")[0]


def test_text_in_tables_is_text() -> None:
    said = shown(Table((EVIL,), [(EVIL, EVIL)], EVIL), Folded(EVIL, [Paragraph(EVIL, EVIL)]))
    assert "<script>" not in said and "<img" not in said and said.count("&lt;script&gt;") == 8
    assert "<p>&lt;</p>" in shown(Paragraph("<"))


def test_a_figure_that_would_make_it_too_large_is_told_instead() -> None:
    page, chart = Page("a", "b"), {"alt": "x" * 500_000, "kind": "lines"}
    one = PublicationFigure("size", "Large", "The caption.", "What it says.", {"one": chart, "two": chart}, {})
    page.paper([one, replace(one, title="Small", charts={})])
    said = page.html()
    assert "python -m kdviz figure" in said and "The caption." in said and len(said.encode()) < 200_000


def test_data_cannot_end_the_script_it_stands_in() -> None:
    page = Page("a", "b")
    page.section("c", page.drawing("chart", {"alt": "</script><script>alert(1)"}))
    said = page.html()
    assert "</script><script>" not in said and said.count("</script>") == said.count("<script") == 2


def test_the_front_holds_what_nothing_cheaper_reaches() -> None:
    assert pareto([(3, 0.9), (1, 0.5), (2, 0.4), (4, 0.8), (np.nan, 1.0)]) == [(1, 0.5), (3, 0.9)]


def test_figures_hold_the_numbers_of_the_comparison(data: Dataset) -> None:
    rows = compared(seeds(data, "kd", CLEAR[:3])).places[0].rows
    bar = scores(rows)["rows"][0]
    assert bar["value"] == pytest.approx(rows[0].accuracy.value, rel=1e-5) and "3 runs" in bar["text"]
    chart = front([("signal:tiny", rows[0])], "weights")
    assert chart["series"][0]["points"][0]["x"] == 1000.0 and chart["front"] == [[1000.0, rows[0].accuracy.value]]


def test_the_order_is_drawn_with_its_bars() -> None:
    found = MethodOrder({"a": 1.2, "b": 1.8}, None, (), (("a", "b"),), 5, 6, "", {}, None)
    assert [r["name"] for r in order(found)["ranks"]] == ["a", "b"] and order(found)["groups"] == [["a", "b"]]


def test_curves_lie_over_one_another() -> None:
    told = [{"epoch": e, "losses": {"ce": 1.0, "kd": e / 2}, "accuracy": {"validation": 0.5}} for e in (1, 2)]
    chart = overlaid({"one": told, "two": told}, "loss")
    assert chart["series"][1]["points"] == [[1, 1.5], [2, 2.0]]
