"""What an earlier kdviz made still opens, and says the same: runs, sweeps, archives, data sets, recipes' identities."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from kdviz.cli import main
from kdviz.data.sources.open_data import open_data
from kdviz.data.sources.samples import load
from kdviz.figures.training_curves import TERMS
from kdviz.runs.store import demo_runs
from kdviz.runs.store.catalogue import described
from kdviz.runs.store.datasets import stored
from kdviz.runs.store.run import by_identity
from kdviz.training.defaults import Choices
from kdviz.training.recipe import recipe_from
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.shell_command import said
from tests.before import BEFORE, recorded, unlike, unpacked

RUNS, SAID, RECIPES = recorded("runs"), recorded("said"), recorded("recipes")
MEANS_THEN = ("agreement", "kl", "match", "transfer")
"""What was a mean over teachers, and now stands beside each."""
EXTRACTORS = {"aver": "cam", "camkd": "cam", "fam1d": "gradcam"}
SINCE = {"eskd": {"ties": "loss"}, "fam": {"side": 16}, "fam1d": {"side": 64}}
SINCE |= {name: {"kd_share": 0.0} for name in ("at", "crd", "dcd")}
"""Defaults that have changed since, beside batches and budgets: asked for by name, they give the recipes of before."""

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("before") / "home")


@pytest.fixture
def home(shared_home: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of before; tests that change runs take a copy."""
    monkeypatch.setenv("KDVIZ_HOME", str(shared_home))
    return shared_home


@pytest.fixture
def copied(own_home: Path) -> Path:
    """The home of before, for this test alone."""
    return unpacked(own_home)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """The last JSON value that a command prints; what bounds an importing process must not bind that of all tests."""
    monkeypatch.setattr("kdviz.core.sandbox.limit", lambda: None)

    def last(*words: str) -> Any:
        assert main([*words, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    yield last


def test_all_runs_are_listed_as_they_were(copied: Path, ask: Ask) -> None:
    then, now = ({row["id"]: row for row in rows} for rows in (SAID["runs"], ask("runs")))
    assert len(now) == 21 and list(unlike(then, now)) == []
    states = [now[RUNS[name]["run"]]["state"] for name in ("cut_off", "stopped")]
    assert states == ["interrupted", "stopped"]


@pytest.mark.parametrize("name", EXTRACTORS)
def test_a_run_shows_the_same_evidence(name: str, home: Path, ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "maps.npz"
    asked = (RUNS[name], "--extractor", EXTRACTORS[name], "--series", "3", "--numbers", "--out", str(out))
    assert list(unlike(SAID[name]["evidence"], ask("evidence", *asked))) == []
    with np.load(BEFORE / f"{name}.maps.npz") as then, np.load(out) as now:
        assert set(then.files) <= set(now.files) and "student.signal" in then.files
        for each in then.files:
            np.testing.assert_allclose(now[each], then[each], rtol=1e-3, atol=1e-4, err_msg=each)


@pytest.mark.parametrize("name", EXTRACTORS)
@pytest.mark.parametrize("what", ["fidelity", "frequency"])
def test_a_run_gives_the_same_numbers(name: str, what: str, home: Path, ask: Ask) -> None:
    assert list(unlike(SAID[name][what], ask(what, RUNS[name]))) == []


@pytest.mark.parametrize("what", ["sweep", "two", "all"])
def test_runs_compare_as_they_did(what: str, home: Path, ask: Ask) -> None:
    of = {"sweep": [RUNS["sweep"]], "two": [RUNS["aver"], RUNS["cut_off"]["run"]], "all": ["all"]}[what]
    then, now = SAID["compare"][what], ask("compare", *of)
    rows = [row for place in now["places"] for row in place["rows"]]
    before = [row for place in then["places"] for row in place["rows"]]
    for row, old in zip(rows, before, strict=True):
        for name in MEANS_THEN:
            was, each = old.pop(name), [scores[name] for scores in row["beside"].values()]
            assert row[name] == row["beside"][row["reference"]][name]
            if row["method"] != "camkd" or name in ("agreement", "kl"):  # its signal branch stood beside every teacher
                mean = {"value": float(np.mean([one["value"] for one in each])), "n": each[0]["n"]}
                assert list(unlike({key: was[key] for key in mean}, mean)) == []
    for point in then["points"]:
        point.pop("agreement")
    assert list(unlike(then, now)) == []


def test_a_report_draws_the_same_charts(home: Path, ask: Ask, tmp_path: Path) -> None:
    page, charts = tmp_path / "report.html", tmp_path / "charts"
    ask("report", RUNS["fam1d"], "--out", str(page), "--figures", str(charts))
    assert page.stat().st_size > 50_000 and SAID["charts"]
    for name, then in SAID["charts"].items():
        rows = [list(csv.reader(text.splitlines())) for text in (then, (charts / name).read_text())]
        assert list(unlike(numbers(rows[0]), numbers(rows[1]), name)) == []


def numbers(rows: list[list[str]]) -> list[list[float | str]]:
    def read(word: str) -> float | str:
        try:
            return float(word)
        except ValueError:
            return TERMS.get(word, word)  # a report calls terms as the pages do since

    return [[read(word) for word in row] for row in rows]


@pytest.mark.parametrize("name", ["cut_off", "stopped"])
def test_half_a_run_goes_on_to_what_it_would_have_been(name: str, copied: Path, ask: Ask) -> None:
    run = by_identity(RUNS[name]["run"])
    held = [json.loads(line) for line in (run.folder / "events.jsonl").read_text().splitlines()]
    reached = max(e["epoch"] for e in held if e["event"] == "epoch" and e["who"] == "student")
    assert 0 < reached < 24
    final = ask("again", RUNS[name]["run"])
    assert final["state"] == "finished" and list(unlike(RUNS[name]["accuracy"], final["accuracy"])) == []
    then, now = load_file(BEFORE / f"{name}.safetensors"), load_file(run.folder / "model-last.safetensors")
    assert set(then) == set(now)
    for each in then:
        np.testing.assert_allclose(now[each], then[each], rtol=1e-2, atol=2e-3, err_msg=each)


def test_a_sweep_is_gone_on_with_and_nothing_of_it_is_trained_again(copied: Path, ask: Ask) -> None:
    weights = {path: path.read_bytes() for path in copied.rglob("model-last.safetensors")}
    end = ask("sweep", "--out", str(copied / "sweeps" / RUNS["sweep"]), "--workers", "1")
    assert end["state"] == "finished" and set(end["states"]) == {"finished"}
    assert {path: path.read_bytes() for path in copied.rglob("model-last.safetensors")} == weights
    assert len(ask("runs")) == len(SAID["runs"])


def test_an_archive_is_imported_with_its_data_and_shows_the_same_evidence(own_home: Path, ask: Ask) -> None:
    said = ask("import", str(BEFORE / "fam1d.kdviz.zip"))
    assert said == {"run": RUNS["fam1d"], "new": True, "state": "finished", "data_here": True}
    found = ask("evidence", RUNS["fam1d"], "--extractor", "gradcam", "--series", "3", "--numbers")
    assert list(unlike(SAID["fam1d"]["evidence"], found)) == []


def test_a_data_set_is_found_by_its_fingerprint_and_its_file_read_to_the_same(home: Path) -> None:
    kept = stored(RUNS["walk"])
    again = open_data(str(BEFORE / "walk.csv"), {"label": "state", "rate": 20, "test": 0.4})
    assert kept.classes == ("run", "walk") and kept.rate == 20 and kept.sha256 == again.sha256 == RUNS["walk"]
    np.testing.assert_array_equal(kept.X, again.X)


def test_a_finished_run_of_the_first_page_is_read(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = demo_runs.made_here()
    place.mkdir(parents=True)
    monkeypatch.setattr(demo_runs, "SHIPPED", own_home / "nowhere")
    shutil.copy(BEFORE / "demo.npz", place / "gunpoint.npz")
    found = demo_runs.finished("gunpoint")
    assert found.about["sample"] == "gunpoint" and set(found.about["accuracy"]) >= {"student", "control", "signal"}
    assert len(found.snapshots.series) == 4 and found.snapshots.epochs


def test_recipes_of_before_keep_their_identities() -> None:
    assert len(RECIPES) >= 40 and len({each["wish"]["method"] for each in RECIPES}) >= 30
    for each in RECIPES:
        recipe = recipe_from(each["recipe"])
        assert recipe.identity == each["identity"], each["wish"]
        assert recipe.scratch().identity == each["scratch"]
        assert [teacher.identity for teacher in recipe.teachers] == each["teachers"]
        if recipe.method in ("at", "crd", "dcd"):  # written out then, so that they still mean it, and the line says it
            row = next(row for row in described()["methods"] if row["id"] == recipe.method)
            assert recipe.knobs["kd_share"] == 0 == said(recipe, row)[1]["method.kd_share"]


@pytest.mark.parametrize("each", RECIPES, ids=lambda each: each["identity"][:6] + each["wish"]["method"])
def test_the_same_choices_are_the_same_recipe(each: dict[str, Any]) -> None:
    wish = {**each["wish"], "teachers": tuple(each["wish"]["teachers"]) if "teachers" in each["wish"] else None}
    settings = {
        "batches": "sliced",
        "teacher.batches": "sliced",
        "budget": "quick",
        **SINCE.get(wish["method"], {}),
        **each["settings"],
    }
    recipe = recipe_for(load(each["data"]), Choices(**wish), settings)
    assert recipe.identity == each["identity"]
    assert recipe.as_dict() == recipe_from(each["recipe"]).as_dict()


def test_another_number_would_be_seen() -> None:
    assert list(unlike({"a": [1.0, {"b": 2}]}, {"a": [1.01, {}]})) == ["/a/0: 1.0 is 1.01", "/a/1/b is gone"]
    assert list(unlike([1.0], [1.0, 2.0])) and list(unlike("x", "y")) and list(unlike(1.0, None))
    assert not list(unlike({"a": 1.0}, {"a": 1.0000001, "more": 3}))
