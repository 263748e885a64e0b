"""The Evidence and Frequency pages: every panel says what it must, whatever is chosen, and gives its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.store.run import by_identity
from tests.app.conftest import ROOT, words
from tests.lookable import Lookable

PATIENCE = 180


@pytest.fixture(scope="module")
def home(lookable: Lookable, tmp_path_factory: pytest.TempPathFactory) -> Lookable:
    """The runs in a home of this module's."""
    return lookable.copied(tmp_path_factory.mktemp("evidence"))


@pytest.fixture
def runs(home: Lookable, own_home: object, monkeypatch: pytest.MonkeyPatch) -> Lookable:
    monkeypatch.setenv("KDVIZ_HOME", str(home.home))
    return home


def opened(name: str, **link: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=PATIENCE)
    for key, value in link.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception
    return test


def read(test: AppTest) -> str:
    """Its words without the marks that keep a sentence from being markup."""
    return words(test).replace("\\", "").replace("*", "")


def table(test: AppTest, column: str) -> Any:
    """The table that has such a column."""
    return next(each.value for each in test.dataframe if column in each.value.columns)


def boards(test: AppTest) -> list[dict[str, Any]]:
    """What the boards of a page draw."""
    found = [json.loads(each.proto.json) for each in test.get("bidi_component") if each.proto.json]
    return [each for each in found if "rows" in each]


def drawn(test: AppTest) -> int:
    """How many drawings of ours a page shows."""
    return len(test.get("bidi_component"))


def test_numbers_never_stand_alone(runs: Lookable) -> None:
    test = opened("evidence", run=runs.ebkd)
    said = read(test)
    for must in (
        "One run, one seed",
        "from-scratch control",
        "--numbers --beside 2",
        "control: the same for a",
    ):
        assert must in said, must
    heads = list(table(test, "ETS").columns)
    assert heads[1:] == ["student", "control", "chance", "above chance", "instance ETS", "ETS", "p", "p, corrected"]
    assert "p is corrected (Holm) for 39 comparisons: up to 7 measures with each of 2 teachers" in said
    one = opened("evidence", run=runs.ebkd, rows="cam")
    assert "(Holm) for 13 comparisons" in read(one) and "--numbers --out maps.npz" in read(one)
    assert drawn(test) == 2 and "Structural" in " ".join(opened_measures(runs))


def opened_measures(runs: Lookable) -> list[str]:
    """Held against the GAF teacher, images are compared as images too."""
    return [str(each) for each in table(opened("evidence", run=runs.ebkd, vs="gaf"), "ETS")["measure"]]


def test_a_class_can_be_asked_for_and_the_line_says_so(runs: Lookable) -> None:
    assert "--predicted" in read(opened("evidence", run=runs.fam, c="predicted"))
    assert "--class 1" in read(opened("evidence", run=runs.fam, c="1"))
    assert "--class" not in read(opened("evidence", run=runs.fam, c="no such class"))


def test_the_board_has_like_under_like_and_opens_on_the_teacher_that_is_handed_on(runs: Lookable) -> None:
    board = boards(opened("evidence", run=runs.ebkd))[0]
    assert [row["title"] for row in board["rows"]] == ["CAM", "Attention", "Frequency", "EBKD"]
    for row in board["rows"][:3]:
        whole = [(lane["who"], lane["title"]) for lane in row["lanes"] if not lane["pair"]]
        assert [who for who, _ in whole] == ["teacher", "student", "control"]
        assert [title for _, title in whole[:2]] == ["GAF teacher", "Student, GAF"]
        folded = [(lane["who"], lane["pair"]) for lane in row["lanes"] if lane["pair"]]
        assert folded == [("teacher", "signal"), ("student", "signal")]  # branch by branch, each under its own teacher
    assert [each["title"] for each in board["rows"][0]["pictures"]][:2] == ["GAF teacher", "Student, GAF"]
    assert len(board["rows"][2]["spectra"]) == 3 and board["scale"] == "own"
    filtered = boards(opened("evidence", run=runs.fam))[0]
    assert [row["title"] for row in filtered["rows"]] == ["CAM", "Attention", "FAM", "Frequency"]
    names = [each["title"] for each in filtered["rows"][2]["spectra"]]
    assert sorted(names) == ["Filter", "Student", "Student, filtered", "Teacher"]


def test_the_verdict_says_the_numbers_that_comparisons_and_the_shell_have(runs: Lookable) -> None:
    for run in (runs.ebkd, runs.fam):
        measures = measured(by_identity(run))
        numbers = measures.evidence[measures.teacher]
        verdict = boards(opened("evidence", run=run, rows="cam"))[0]["verdict"]
        assert f": {numbers['match']:.2f}" in verdict["sentence"]
        beside = " · ".join(verdict["beside"])
        assert f"untaught {numbers['by_control']:.2f} · chance {numbers['by_chance']:.2f}" in beside
        assert f"evidence transfer {100 * numbers['transfer']:+.0f} %" in beside and "1 seed" in beside


def test_another_run_is_laid_under_the_first_and_the_slider_is_the_match(runs: Lookable) -> None:
    alone = boards(opened("evidence", run=runs.ebkd))[0]
    both = boards(opened("evidence", run=runs.ebkd, beside=runs.fam[:12]))[0]
    for row, wider in zip(alone["rows"][:3], both["rows"][:3], strict=True):
        added = [lane for lane in wider["lanes"] if lane["second"]]
        assert len(wider["lanes"]) == len(row["lanes"]) + 1
        assert [lane["title"] for lane in added] == ["Student: FAM, seed 0"]
        assert wider["lanes"][2] == added[0]  # under the first run's student
    track = both["track"]
    assert set(track["curves"]) == {"student", "control", "chance", "beside"} and track["answer"] in track["epochs"]
    compared = boards(opened("compare", cmp=f"{runs.ebkd[:12]},{runs.fam[:12]}"))[0]
    assert compared["rows"] == both["rows"] and compared["verdict"] == both["verdict"]
    assert both["verdict"]["second"].startswith("FAM, seed 0, epoch ")
    strange = boards(opened("evidence", run=runs.ebkd, beside="0" * 32))[0]
    assert len(strange["rows"][0]["lanes"]) == len(alone["rows"][0]["lanes"])


def test_the_worst_matches_come_first_and_the_best_last(runs: Lookable) -> None:
    worst, best = (opened("evidence", run=runs.fam, list=kind) for kind in ("worst", "best"))
    rows = [table(test, "match") for test in (worst, best)]
    assert rows[0]["match"].is_monotonic_increasing and rows[1]["match"].is_monotonic_decreasing
    order = list(rows[0]["test series"])
    best.selectbox(key="list").set_value("worst").run()
    assert int(best.number_input(key="i").value) == order[0]  # to browse is to go to the first of them
    now = int(worst.number_input(key="i").value)
    worst.button(key="after").click().run()
    assert int(worst.number_input(key="i").value) == order[(order.index(now) + 1) % len(order)]


@pytest.mark.parametrize("kind", ["disagree", "same_error", "student_error"])
def test_every_list_is_shown_or_said_to_be_empty(runs: Lookable, kind: str) -> None:
    said = read(opened("evidence", run=runs.fam, list=kind))
    assert "No test series is of this kind" in said or " of " in said


def test_a_stretch_is_changed_and_everybody_answers_again(runs: Lookable) -> None:
    test = opened("evidence", run=runs.fam, panel="what_if", a="5", b="15", do="flip")
    assert "--change flip:5:15" in read(test) and drawn(test) == 3
    test.get_by_key("do").set_value("swap").run()
    assert not test.exception and "--change swap:5:15:" in read(test)


def test_maps_are_checked_when_asked_to_be(runs: Lookable) -> None:
    test = opened("evidence", run=runs.fam, panel="true")
    test.button(key="ask_deletion").click().run()
    test.button(key="ask_randomised").click().run()
    said = read(test)
    assert not test.exception and "Filled with a straight line" in said and "Adebayo" in said
    assert "python -m kdviz faithfulness" in said and drawn(test) == 2 + 4
    classes = table(test, "both curves")
    assert list(classes["class"]) == ["0", "1"] * 4 and set(classes["both curves"]) == {"too few to tell"}
    assert "a pooled curve can hide a class" in said
    assert len(table(test, "what it says")) == 4


def test_fidelity_tells_student_and_control_for_both_splits(runs: Lookable) -> None:
    for split in ("test", "train"):
        test = opened("evidence", run=runs.fam, panel="fidelity", on=split)
        found = table(test, "kappa")
        assert sorted(set(found["who"])) == ["control", "student"]
        assert "Whom did it follow" in read(test) and "python -m kdviz fidelity" in read(test)


def test_what_a_method_compared_is_shown_with_its_filter_where_it_has_one(runs: Lookable) -> None:
    for run in (runs.ebkd, runs.fam):
        mine = opened("evidence", run=run, panel="own")
        assert "compared these maps while it taught" in read(mine) and drawn(mine) == 3 and "--own" in read(mine)
        assert len(boards(mine)[1]["rows"]) == 1


def test_an_epoch_of_the_link_is_shown_and_numbers_say_whose_they_are(runs: Lookable) -> None:
    said = read(opened("evidence", run=runs.fam, e="1"))
    assert "these numbers are of the finished student" in said and "--epoch 1 --out" in said
    assert "--epoch" not in read(opened("evidence", run=runs.fam, e="99999"))


def test_a_run_of_another_version_is_refused_with_what_to_do(
    lookable: Lookable, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = lookable.copied(tmp_path_factory.mktemp("old"))
    monkeypatch.setenv("KDVIZ_HOME", str(old.home))
    from kdviz.runs.analysis.opened_run import open_for_looking

    folder = by_identity(old.fam).folder
    (folder / "model-last.safetensors").write_bytes((folder / "teachers" / "gaf.safetensors").read_bytes())
    with pytest.raises(Exception, match="Train it again: Distill"):
        _ = open_for_looking(by_identity(old.fam)).networks


def test_frequencies_are_shown_with_a_filter_and_without(runs: Lookable) -> None:
    filtered = opened("frequency", run=runs.fam, cut="0.3")
    said = read(filtered)
    assert "The mask removes" in said and "gamma 1, gamma 2" in said and "--cuts 0.3" in said
    assert "only up to 30%" in table(filtered, "all frequencies").columns
    plain = opened("frequency", run=runs.ebkd)
    assert "This method has no filter of frequencies" in read(plain) and drawn(plain) < drawn(filtered)


def test_no_page_of_a_run_is_a_dead_end(runs: Lookable, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened("frequency", run=runs.fam)
    shown.selectbox(key="run_shown").set_value(runs.ebkd).run()
    assert shown.query_params["run"] == runs.ebkd and "EBKD on bumps, seed 0, epoch" in read(shown)
    bare, dead = opened("frequency"), opened("frequency", run="deadbeef")
    assert bare.query_params["run"] in (runs.ebkd, runs.fam) and "on bumps, seed 0, epoch" in read(bare)
    assert "You were looking at GunPoint" in read(bare)
    assert "The run deadbeef of this link is not on this machine" in read(dead) and not drawn(dead)
    dead.button(key=f"open_{runs.fam}").click().run()
    assert "FAM on bumps" in read(dead) and drawn(dead)
    monkeypatch.setenv("KDVIZ_HOME", str(own_home))
    shipped = opened("evidence")  # where nothing was trained, a run that comes with kdviz, of the data looked at
    assert "comes with kdviz" in read(shipped)
    assert boards(shipped)[0]["verdict"]["beside"][0].startswith("KD on GunPoint, seed 0")
