"""Figures for a paper: their numbers are right, they stand beside chance, and the same line gives the same bytes."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.core.errors import UserError
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.figures.chart import TOLD_APART, Axis, Chart, Line, Point, lines, matrix, points
from kdviz.figures.palette import network_name
from kdviz.metrics.spectra import by_frequency, by_time_and_frequency
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.publication.base import figure_kinds, publication_figure
from kdviz.runs.publication.figure_sheet import PublicationFigure, SameFigure, as_file
from kdviz.runs.publication.sheet_layout import PAGE, WIDTHS, sheet
from kdviz.runs.publication.spectral_relevance import mean_gradient
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import by_identity, make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.lookable import Lookable
from tests.runs.comparison.test_compare import CLEAR, ended, seeds

ALONE = sorted(k for k, kind in figure_kinds().items() if not kind.several)
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""Machado, Oliveira & Fernandes 2009, severity 1, of linear RGB."""
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])


def seen(colour: str, vision: str) -> Any:
    """CIELAB of a colour #RRGGBB under a vision."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(np.asarray(VISIONS[vision]) @ linear, 0, 1) / (0.95047, 1.0, 1.08883)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: str, other: str) -> float:
    """How far two colours differ at least (CIELAB), whatever the vision; 2 can just be told side by side."""
    return min(float(np.linalg.norm(seen(one, v) - seen(other, v))) for v in VISIONS)


def alike(chart: Chart) -> list[tuple[str, str]]:
    """Names in a chart that only a colour tells apart, and not to all eyes."""
    series = [one for one in chart.get("series", ()) if one["colour"]]
    shape, least = ("dash", 20.0) if chart["kind"] == "lines" else ("symbol", 15.0)
    return [
        (one["name"], other["name"])
        for one, other in combinations(series, 2)
        if one[shape] == other[shape] and apart(one["colour"], other["colour"]) < least
    ]


@pytest.fixture(scope="module")
def drawn(lookable: Lookable, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PublicationFigure]:
    """Every figure of one run, of a fusion student."""
    with pytest.MonkeyPatch.context() as patch:
        here = lookable.copied(tmp_path_factory.mktemp("figures"))
        patch.setenv("KDVIZ_HOME", str(here.home))
        run = by_identity(here.ebkd)
        return {kind: publication_figure(kind, [run]) for kind in ALONE}


@pytest.mark.parametrize("kind", ALONE)
def test_every_figure_has_a_caption_with_what_it_needs_and_the_same_bytes_twice(
    kind: str, drawn: dict[str, PublicationFigure]
) -> None:
    one = drawn[kind]
    assert one.charts and one.numbers and json.loads(json.dumps(one.numbers)) == one.numbers
    for needed in (
        "ebkd",
        "seed 0",
        "n = ",
        "One seed: nothing can be concluded",
        "chance" if kind != "embedding" else "permuted",
    ):
        assert needed in one.caption, needed
    assert "corrected" in one.caption and ("not" in one.says or "may" in one.says)
    content = as_file(one, "svg")
    assert content == as_file(one, "svg") and b"<text" in content and b"ebkd" in content
    assert as_file(one, "csv").startswith(b"caption,")


def test_lines_and_marks_are_told_apart_without_colour_vision(drawn: dict[str, PublicationFigure]) -> None:
    assert apart("#009E73", "#8C8C8C") < 10, "what a green and a grey are to eyes without green cones"
    for figure in drawn.values():
        assert not [pair for chart in figure.charts.values() for pair in alike(chart)], figure.kind
    many = {f"class {k}": [Point(k, k, "")] for k in range(TOLD_APART)}
    assert not alike(points(many, Axis("x"), Axis("y"), "")), "as many classes as have marks of their own"


def test_a_sheet_is_no_higher_than_a_page_and_says_what_it_leaves_out() -> None:
    maps = {
        f"Stage {stage}: {who}": matrix([[0, 1], [1, 0]], Axis("x"), Axis("y"), "")
        for stage in (1, 2, 3)
        for who in ("Signal teacher", "GAF teacher", "Mean of the teachers", "Student", "From-scratch control")
    }
    each = [Line(who, [0, 1], [0, 1], "#000000") for who in ("Student", "By chance")]
    charts = {"Distance by stage": lines(each, Axis("stage"), Axis("distance"), ""), **maps}
    caption = "What a caption needs. " * 20
    narrow, wide = (sheet(charts, caption, "svg", columns).decode() for columns in (1, 2))
    for told, across in ((narrow, WIDTHS[1]), (wide, WIDTHS[2])):
        found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', told)
        assert found is not None
        assert float(found[1]) == pytest.approx(72 * across) and float(found[2]) <= 72 * PAGE + 1
    words = " ".join(re.findall(r">([^<>]+)</text>", narrow))
    assert "Left out, since a page is no higher: Stage 1, Stage 2; CSV holds all." in words
    assert "Left out" not in wide and narrow.count(">GAF teacher<") == 1 and wide.count(">GAF teacher<") == 3
    few = {
        "Right": matrix((100 * np.eye(30)).tolist(), Axis("answered"), Axis("true"), "", [f"c{k}" for k in range(30)])
    }
    assert b">100<" in sheet(few, "", "svg", 2) and b">100<" not in sheet(few, "", "svg", 1), "numbers that can be read"


def test_a_control_that_is_missing_and_a_student_that_is_dead_are_said(lookable: Lookable, own_home: Path) -> None:
    run = by_identity(lookable.copied(own_home).fam)
    whole, without = open_for_looking(run), open_for_looking(run)
    del without.networks["control"]
    for kind in ALONE:
        made = figure_kinds()[kind]({}, lambda _: whole, lambda *_: None)
        small = fill(made.params, {"series": 20} if "series" in made.params.__dataclass_fields__ else {})
        told = made.draw([whole, without], small)
        assert "1 of 2 without a control" in told.caption
        means = [one["name"] for chart in told.charts.values() for one in chart.get("series", ())]
        assert not [name for name in means if name.startswith(("From-scratch", "Control", "match of the control"))]
    dead = without.networks["student"]
    for weights in dead.parameters():
        weights.zero_()
    for kind in ALONE:
        made = figure_kinds()[kind]({}, lambda _: whole, lambda *_: None)
        told = made.draw([without], fill(made.params, {}))
        assert "no control was trained" in told.caption and json.dumps(told.numbers, allow_nan=False)
        assert "nan" not in told.caption and (kind != "robustness" or "unknown of match" in told.caption)


def test_counts_of_a_confusion_are_those_of_the_answers(lookable: Lookable, drawn: Any) -> None:
    numbers = drawn["confusion"].numbers
    for role in ("student", "control"):
        counts = np.array(numbers[role]["counts"])
        assert np.trace(counts) / counts.sum() == pytest.approx(numbers[role]["accuracy"][0])
        assert counts.sum(1).tolist() == np.array(numbers["student"]["counts"]).sum(1).tolist()


def test_similarity_maps_are_held_beside_each_teacher_and_their_mean(drawn: dict[str, PublicationFigure]) -> None:
    """A distance from a mean of two is not that from either, and chance stands beside."""
    stage = drawn["similarity"].numbers["stage 1"]
    assert {"student", "chance", "control", "signal", "gaf"} == set(stage)
    assert stage["student"] <= (stage["signal"] + stage["gaf"]) / 2 + 1e-12
    assert len(drawn["similarity"].charts["Distance by stage"]["series"]) == 5


def test_relevance_by_frequency_adds_up_to_integrated_gradients(lookable: Lookable, own_home: Path) -> None:
    here = lookable.copied(own_home)
    opened = open_for_looking(by_identity(here.ebkd))
    for role in ("teacher.signal", "student"):
        x, slope = mean_gradient(opened, opened.networks[role], opened.data.test[:5])
        whole = (x * slope).sum((1, 2))
        assert by_frequency(x, slope).sum(1) == pytest.approx(whole)
        for window in (8, 7, 24):
            assert by_time_and_frequency(x, slope, window).sum((1, 2)) == pytest.approx(whole)


@pytest.mark.slow
def test_the_planted_band_is_found_and_random_weights_find_none(own_home: Path) -> None:
    data = open_data("sample:planted")
    recipe = recipe_for(data, Choices("kd", ("signal",), epochs=12), {"teacher.epochs": 12})
    run = make(recipe, data.name, dict(data.source))
    assert bring(run.folder) == 0
    numbers = publication_figure("spectral", [run], {"series": 24}).numbers
    found = {
        name: each["auc_of_the_planted_band"] for name, each in numbers.items() if "auc_of_the_planted_band" in each
    }
    assert found[network_name("teacher.signal")] > 0.9 and found["Random weights"] < 0.75
    in_time = numbers["auc_in_time_and_frequency"]
    assert in_time[network_name("teacher.signal")] > 0.85 and in_time["Random weights"] < 0.75
    robust = publication_figure("robustness", [run], {"series": 24}).numbers
    assert robust["noise"]["Student"][0] >= robust["missing"]["Student"][-1]


def test_figures_of_several_runs_count_their_seeds(data: Dataset, own_home: Path) -> None:
    keep(data)
    runs = seeds(data, "kd", CLEAR)
    size = publication_figure("size", runs)
    two = publication_figure("size", [*runs, ended(data, recipe_for(data, Choices("kd", ("gaf",), epochs=3), {}), 0.7)])
    assert "kd #1 (teachers signal), kd #2 (teachers gaf)." in two.caption
    assert "8 runs" in size.caption and next(iter(size.numbers.values()))["seeds"] == 8
    more = []
    for k, accuracy in enumerate(CLEAR):
        recipe = recipe_for(data, Choices("kd", ("gaf",), seed=k, epochs=3), {})
        more.append(ended(data, recipe, accuracy - 0.1))
    told = publication_figure("teachers", [*runs, *more])
    assert told.numbers["Signal"]["shown"] and told.numbers["Signal"]["gain"] == pytest.approx(np.mean(CLEAR) - 0.8)
    assert "Holm's correction over 2 sets" in told.caption
    with pytest.raises(UserError, match="two or more sets of teachers"):
        publication_figure("teachers", runs)
    twice = ended(data, recipe_for(data, Choices("kd", ("gaf",), seed=0, epochs=4), {}), 0.9)
    with pytest.raises(UserError, match="differ in teachers and seed alone"):
        publication_figure("teachers", [*runs, *more, twice])


def test_what_cannot_be_drawn_is_said(data: Dataset, own_home: Path, lookable: Lookable) -> None:
    with pytest.raises(UserError, match="no figure 'moon'"):
        publication_figure("moon", [])
    with pytest.raises(UserError, match="nothing to draw yet"):
        publication_figure("confusion", [])
    runs = [*seeds(data, "kd", CLEAR[:1]), *seeds(data, "at", CLEAR[:1])]
    with pytest.raises(UserError, match="name it with --method"):
        publication_figure("confusion", runs)
    with pytest.raises(UserError, match="no setting 'colour'"):
        publication_figure("confusion", runs, {"colour": "red"})


def test_the_line_and_the_script_draw_the_same(
    lookable: Lookable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = lookable.copied(tmp_path / "home")
    monkeypatch.setenv("KDVIZ_HOME", str(here.home))
    line = ["figure", "embedding", here.ebkd, "--set", "layout=tsne", "--set", "series=20", "--columns", "1"]
    assert main([*line, "--out", str(tmp_path / "one.svg"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    settings = {"layout": "tsne", "series": 20}
    again = SameFigure("embedding", (here.ebkd,), settings, 1, "one.svg")
    assert again.shell.split()[3:] == [*line, "--out", "one.svg"]
    monkeypatch.chdir(tmp_path)
    exec(again.python.replace("one.svg", "other.svg"), said := dict[str, Any]())
    made = said["figure"]
    assert made.save(tmp_path / "other.svg", columns=1).read_bytes() == (tmp_path / "one.svg").read_bytes()
    assert told["caption"] == made.caption and "seed 0" in made.caption and told["numbers"] == made.numbers
    capsys.readouterr()
    assert main([*line[:-2], "--json"]) == 0
    *far, whole = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(each["done"], each["of"]) for each in far] == [(0, 3), (1, 3), (2, 3)]
    assert whole["charts"] == json.loads(json.dumps(made.charts)) and whole["caption"] == made.caption
    picks = [p["pick"] for s in made.charts["Student"]["series"] for p in s["points"]]
    assert sorted(picks) == sorted(made.numbers["series"])
    assert main(line) == 2 and "--out" in capsys.readouterr().err
    assert main([*line, "--out", str(tmp_path / "one.gif")]) == 2
    assert "svg, pdf, png, csv" in capsys.readouterr().err
