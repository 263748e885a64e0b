"""Figures for a paper: their numbers are right, they stand beside chance, and the same line gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data
from kdviz.figures.palette import network_name
from kdviz.metrics.spectra import by_frequency, by_time_and_frequency
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.publication.base import figure_kinds, publication_figure
from kdviz.runs.publication.figure_sheet import PublicationFigure, SameFigure, as_file
from kdviz.runs.publication.spectral_relevance import mean_gradient
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import by_identity, make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.lookable import Lookable
from tests.runs.comparison.test_compare import CLEAR, ended, seeds

ALONE = sorted(k for k, kind in figure_kinds().items() if not kind.several)


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
