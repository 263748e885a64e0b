"""Board, film, numbers and report speak of the same weights, those of the answer's epoch, and the film marks it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kdviz.commands.report import one
from kdviz.figures.scrubber import scrubber
from kdviz.metrics.agreement import agree
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.analysis.evidence_match import match
from kdviz.runs.analysis.fidelity import answers, by_epoch
from kdviz.runs.analysis.opened_run import OpenedRun, look, networks, open_for_looking
from kdviz.runs.analysis.series_evidence import board
from kdviz.runs.analysis.snapshots import snapshots
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import EPOCHS, make
from kdviz.runs.store.snapshot_file import snapshots_from
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps


@pytest.fixture(scope="module")
def eskd(tmp_path_factory: pytest.TempPathFactory) -> OpenedRun:
    """A finished run whose best epoch is not its last, and was not kept to look back at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(tmp_path_factory.mktemp("eskd")))
        data = bumps()
        keep(data)
        run = make(
            recipe_for(data, Choices("eskd", ("signal",), epochs=12), {"teacher.epochs": 6}),
            data.name,
            dict(data.source),
        )
        assert bring(run.folder) == 0
        opened = open_for_looking(run)
        assert opened.answer_epoch is not None and 0 < opened.answer_epoch < 12
        (run.folder / EPOCHS / f"{opened.answer_epoch:05d}.safetensors").unlink()
        snapshots(opened)
        return opened


@pytest.fixture
def run(eskd: OpenedRun, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> OpenedRun:
    monkeypatch.setenv("KDVIZ_HOME", str(eskd.run.folder.parents[1]))
    return eskd


def test_the_answers_epoch_can_be_looked_at_though_it_was_not_kept(run: OpenedRun) -> None:
    assert run.answer_epoch in run.kept_epochs() and networks(run).answer == run.answer_epoch
    assert run.at_epoch(run.answer_epoch or 0) is run.networks["student"]
    last = run.at_epoch(12)
    assert not np.array_equal(run.logits(last, run.data.test), run.logits("student", run.data.test))


def test_the_film_at_its_mark_is_the_board(run: OpenedRun) -> None:
    film = snapshots(run)
    assert film.answer == run.answer_epoch and film.control == ("signal",)
    at = film.epochs.index(run.answer_epoch or 0)
    for place, series in enumerate(film.series[:8]):
        shown = board(run, int(series), run.data.X[series : series + 1], ["cam"], int(run.data.y[series]), None)
        for who in ("student", "control"):
            assert film.arrays[f"{who}/answer"][place, at] == shown.probability[who].argmax()
            assert film.arrays[f"{who}/sure"][place, at] == pytest.approx(shown.probability[who].max(), abs=1e-6)
            back = film.arrays[f"{who}/signal"][place, at] * film.arrays[f"{who}/signal/scale"][place, at]
            most = 0.51 * film.arrays[f"{who}/signal/scale"][place, at]
            assert np.abs(back - shown.extractors["cam"].networks[who].times["signal"]).max() <= most


def test_numbers_film_and_report_are_of_the_answer(run: OpenedRun) -> None:
    film, numbers = snapshots(run), match(run, "cam").teachers["signal"]["pearson"].numbers
    at = film.epochs.index(run.answer_epoch or 0)
    theirs = look(run, run.networks["teacher.signal"], "cam", film.series, None).times["signal"]
    mine = look(run, run.networks["student"], "cam", film.series, None).times["signal"]
    told = agree("pearson", mine, theirs, run.data.y[film.series])
    assert set(film.series) == set(run.data.test)
    np.testing.assert_allclose(film.arrays["match/signal"][:, at], told.each, atol=1e-6)
    assert numbers.match.value == pytest.approx(float(np.nanmean(film.arrays["match/signal"][:, at])), abs=1e-6)
    hits = float((film.arrays["student/answer"][:, at] == run.data.y[film.series]).mean())
    assert (run.run.final or {})["accuracy"]["test"] == hits == measured(run.run).networks["student"]["accuracy"]
    over, beside = by_epoch(run), answers(run)["test"].fidelity["student"]["signal"]
    assert over.teachers["student"]["signal"].agreement[at] == beside["agreement"]
    page = one(run.run).html()
    assert f"best epoch: {run.answer_epoch} of 12" in page and f"{hits:.1%}" in page


def test_the_mark_travels_and_files_of_before_have_it_at_their_end(run: OpenedRun) -> None:
    film, data = snapshots(run), run.data
    made = scrubber(
        film.head(), film.arrays, data.X[film.series][:, 0], data.y[film.series], list(data.classes), {}, "signal",
        True, None, {"epoch": None, "series": None},
    )  # fmt: skip
    assert f'"answer": {run.answer_epoch}'.encode() in made
    before = {key: value for key, value in film.head().items() if key != "answer"}
    assert snapshots_from(before, film.arrays).head()["answer"] == 12
