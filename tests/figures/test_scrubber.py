"""What travels to the browser for the epochs: light, whole, and with the boundaries of stages."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from kdviz.figures import training_curves
from kdviz.figures.scrubber import MOST_POINTS, drawn, scrubber
from kdviz.runs.analysis.opened_run import NetworkEvidence
from kdviz.runs.analysis.snapshots import Times, pack_snapshots

STAGES = [["signal to image", 9], ["image to signal", 19], ["shared", 30]]
RNG = np.random.default_rng(0)
MEGABYTE = 1_000_000


def moving(views: tuple[str, ...], series: int, epochs: int, length: int) -> Times:
    """Maps of noise, which no packing could make smaller."""
    maps = {m: RNG.standard_normal((series, epochs, length)).astype(np.float32) for m in views}
    sure = RNG.random((series, epochs)).astype(np.float32)
    return Times(maps, RNG.integers(0, 4, (series, epochs)).astype(np.int16), sure)


def payload(student: tuple[str, ...], control: bool, series: int, epochs: int, length: int) -> bytes:
    """The scrubber of a run with three teachers, as the page makes it."""
    views, y = ("signal", "gaf", "persistence"), np.arange(series) % 4
    probability = RNG.dirichlet(np.ones(4), series).astype(np.float32)
    teachers = {}
    for m in views:
        time = RNG.standard_normal((series, length)).astype(np.float32)
        teachers[m] = NetworkEvidence({m: time}, {m: time}, probability)
    own = moving(student, series, epochs, length) if control else None
    found = pack_snapshots(moving(student, series, epochs, length), own, teachers, y)
    words, arrays = found.head() | {"epochs": list(range(1, epochs + 1)), "stages": STAGES}, found.arrays
    signal = RNG.standard_normal((series, length)).astype(np.float32)
    arrays["series"] = np.arange(series)
    titles = {f"teacher.{m}": m for m in views}
    start = {"epoch": None, "series": 0}
    return scrubber(words, arrays, signal, y, ["class"] * 4, titles, "gaf", True, 0.01, start)


def opened(made: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Head and arrays, read as the browser reads them."""
    size = int.from_bytes(made[:4], "little")
    head, place, arrays = json.loads(made[4 : 4 + size]), 4 + size, {}
    for part in head["parts"]:
        count = int(np.prod(part["shape"]))
        arrays[part["name"]] = np.frombuffer(made, part["dtype"], count, place).reshape(part["shape"])
        place += -(-arrays[part["name"]].nbytes // 8) * 8
    assert place == len(made)
    return head, arrays


@pytest.mark.parametrize(
    ("student", "length"), [(("signal",), 150), (("signal",), 1500), (("signal", "gaf", "persistence"), 1100)]
)
def test_64_series_over_30_epochs_are_less_than_a_megabyte(student: tuple[str, ...], length: int) -> None:
    made = payload(student, True, 64, 30, length)
    head, arrays = opened(made)
    assert len(made) < MEGABYTE
    assert arrays["student/signal"].shape == (64, 30, head["bins"]) and arrays["match/gaf"].shape == (64, 30)
    assert head["bins"] == length or len(made) > 0.7 * MEGABYTE


def test_more_series_or_epochs_than_that_cost_detail_and_never_a_run() -> None:
    head, arrays = opened(payload(("signal",), False, 4, 200, 100))
    assert head["bins"] == 100 and arrays["student/signal"].shape == (4, 200, 100)
    assert opened(payload(("signal", "gaf"), True, 64, 60, 60))[0]["bins"] < 60


def test_a_short_signal_is_drawn_sample_by_sample_and_a_long_one_keeps_its_spikes() -> None:
    short = np.array([[-1.0, 0.0, 1.0]])
    assert drawn(short).tolist() == [[0, 128, 255]]
    long = np.zeros((2, 7321))
    long[0, 4000], long[1, 77] = 5.0, -5.0
    shades = drawn(long)
    assert shades.shape == (2, MOST_POINTS)
    assert (shades[0] == 255).sum() == 1 and abs(int(shades[0].argmax()) / MOST_POINTS - 4000 / 7321) < 0.002
    assert (shades[1] == 0).sum() == 1 and abs(int(shades[1].argmin()) / MOST_POINTS - 77 / 7321) < 0.002


def test_stages_reach_the_scrubber_by_name_and_last_epoch() -> None:
    head, _ = opened(payload(("signal",), False, 2, 30, 20))
    assert head["stages"] == STAGES and head["epochs"][0] == 1


def told(number: int) -> dict[str, Any]:
    """What an epoch of a staged training tells."""
    stage = next(name for name, end in STAGES if number <= end)
    return {
        "epoch": number, "epochs": 30, "stage": stage, "losses": {"ce": 1.0}, "gradients": {"ce": 2.0},
        "readouts": {"gamma": 0.5}, "accuracy": {"train": 0.5, "validation": 0.5},
    }  # fmt: skip


def test_stage_boundaries_stand_between_two_epochs_on_every_curve() -> None:
    epochs = [told(n) for n in range(1, 31)]
    charts = (
        training_curves.loss_terms(epochs),
        training_curves.accuracies({"teacher.gaf": [told(n) for n in range(1, 5)], "student": epochs}),
        training_curves.pulls(epochs),
        training_curves.readout(epochs, "gamma"),
    )
    for chart in charts:
        figure = training_curves.zoomable(chart)
        assert [shape.x0 for shape in figure.layout.shapes] == [9.5, 19.5]
        assert [note.text for note in figure.layout.annotations] == ["image to signal", "shared"]


def test_without_stages_nothing_is_marked() -> None:
    epochs = [{**told(n), "stage": "all"} for n in range(1, 31)]
    for chart in (training_curves.accuracies({"student": epochs}), training_curves.loss_terms(epochs)):
        assert not chart["marks"] and not training_curves.zoomable(chart).layout.shapes


def test_a_page_draws_the_lines_of_the_chart_and_the_training_accuracy_beside_them() -> None:
    by_who = {"control": [told(1), told(2)], "student": [{**told(n), "losses": {"kd": n / 7}} for n in (1, 2, 3)]}
    shown = training_curves.zoomable(training_curves.accuracies(by_who, trained=True))
    assert [line.name for line in shown.data] == ["From-scratch control", "Student", "Student, on what it learns from"]
    assert [line.line.dash for line in shown.data] == ["solid", "solid", "dot"]
    assert [line.line.width for line in shown.data] == [1.5, 3.0, 1.0]
    assert shown.layout.yaxis.tickformat == ".0%" and shown.layout.hovermode == "x unified"
    loss = training_curves.loss_terms(by_who["student"])
    drawn = training_curves.zoomable(loss).data[0]
    assert drawn.name == "soft targets (KD)" and drawn.x == (1, 2, 3)
    assert drawn.y == pytest.approx((1 / 7, 2 / 7, 3 / 7), rel=1e-5)
    assert len(training_curves.accuracies(by_who)["series"]) == 2


def test_before_the_first_epoch_the_curves_are_empty() -> None:
    assert not training_curves.zoomable(training_curves.loss_terms([])).data
    assert not training_curves.zoomable(training_curves.accuracies({}, trained=True)).data


def test_a_pull_of_nothing_is_a_gap_on_the_logarithmic_scale() -> None:
    epochs = [{**told(n), "gradients": {"ce": pull}} for n, pull in ((1, 2.0), (2, 0.0), (3, 3.0))]
    figure = training_curves.zoomable(training_curves.pulls(epochs), markers=True)
    assert figure.data[0].y == (2.0, None, 3.0) and figure.layout.yaxis.type == "log"
