"""The Compare page: conclusions first, the same numbers as in a shell, and links that reopen it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kdviz.cli import main
from kdviz.data.dataset import Dataset
from kdviz.runs.comparison.compare import compared
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.run import Run
from tests.app.conftest import Opener, words
from tests.conftest import bumps
from tests.runs.comparison.test_compare import CLEAR, seeds
from tests.runs.worker.test_runs import asked, done


@pytest.fixture(autouse=True)
def a_catalogue() -> None:
    remembered()


@pytest.fixture
def runs(data: Dataset) -> list[Run]:
    """Eight seeds of one method, three of another."""
    return [*seeds(data, "kd", CLEAR), *seeds(data, "at", [0.8, 0.82, 0.81])]


def link(runs: list[Run]) -> str:
    return ",".join(run.folder.name[:12] for run in runs)


def said(page: Opener, **of: str) -> str:
    return words(page("compare", **of)).replace("\\", "")


def test_without_runs_those_that_come_with_kdviz_are_compared(
    page: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = words(page("compare")).replace("\\", "")
    assert "comes with kdviz" in told and "2 finished runs compared" in told
    monkeypatch.setattr("kdviz.runs.store.demo_runs.SHIPPED", tmp_path / "none")
    monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / "other"))
    assert "Nothing to compare yet" in str(page("compare").info[0].proto)


def test_conclusions_come_first_and_three_seeds_give_none(runs: list[Run], page: Opener) -> None:
    test = page("compare", cmp=link(runs), base="kd")
    told = words(test).replace("\\", "")
    assert "kd is better than scratch by 11" in told
    assert "Nothing can be concluded about at and scratch from 3 seeds" in told
    assert "Nothing can be concluded about at and kd from 3 seeds" in told and "it takes at least" in told
    assert "#fidelity" in told  # what the words mean is a click away
    assert any("without a teacher" in str(each.proto.help) for each in test.subheader)


def test_the_page_and_the_shell_have_the_same_numbers(
    runs: list[Run], page: Opener, capsys: pytest.CaptureFixture[str]
) -> None:
    test = page("compare", of="all", base="at")
    line = next(c.value for c in test.code if "kdviz compare" in c.value).splitlines()[0]
    assert line == "python -m kdviz compare all --baseline at --json"
    assert main(line.split()[3:]) == 0
    found = json.loads(capsys.readouterr().out)
    for row in found["places"][0]["rows"]:
        for key in ("to_scratch", "to_baseline"):
            assert not row[key] or row[key]["sentence"] in words(test).replace("\\", "")
    again = compared(runs, "at").places[0].rows
    by_method = {row.method: row.accuracy.value for row in again}
    assert {row["method"]: row["accuracy"]["value"] for row in found["places"][0]["rows"]} == by_method


def test_every_place_is_one_choice(data: Dataset, page: Opener) -> None:
    several = [*seeds(data, "kd", CLEAR[:2]), *seeds(replace(bumps(seed=1), name="other"), "kd", CLEAR[:2])]
    test = page("compare", cmp=link(several))
    assert list(test.selectbox(key="place").options) == [
        "bumps, student signal:tiny",
        "other, student signal:tiny",
    ]
    test.selectbox(key="place").select_index(1).run()
    assert not test.exception and test.query_params["place"] == "1"


def test_two_runs_lie_over_one_another_with_the_difference_of_their_recipes(data: Dataset, page: Opener) -> None:
    two = [done(asked(data, epochs=3), data), done(asked(data, epochs=4), data)]
    test = page("compare", cmp=link(two))
    assert not test.exception and "In what their recipes differ" in words(test)
    table = next(d.value for d in test.dataframe if "setting" in d.value.columns)
    assert "epochs" in list(table["setting"])
    assert "These two networks on the same 16 test series" in words(test)
    assert len(test.get("bidi_component")) >= 5


def test_runs_that_are_not_here_are_named(runs: list[Run], page: Opener) -> None:
    told = said(page, cmp=f"{'0' * 12},{link(runs)},../x,<b>")
    assert "not on this machine: 00000000." in told and "11 finished runs compared" in told


def test_a_report_is_offered(runs: list[Run], page: Opener) -> None:
    test = page("compare", cmp=link(runs))
    labels = [b.proto.label for b in test.get("download_button")]
    assert any(label.startswith("Report,") for label in labels) and "Save as CSV" in labels
