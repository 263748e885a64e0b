"""A command in a process of its own: it says how far it is, can be ended, and fails in a sentence."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources.samples import load
from kdviz.modalities.base import modalities
from kdviz.runs.analysis.view_separability import known
from kdviz.runs.engine import processes as module
from kdviz.runs.engine.processes import FULL, MINE, BackgroundTask, BackgroundTasks

MEASURE = ("separability", "sample:gunpoint", "--json")


def waited(until: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_it_says_how_far_it_is_and_leaves_its_results_behind() -> None:
    errand = BackgroundTask([*MEASURE, "--to", "gaf,signal", "--set", "gaf.size=16"])
    waited(lambda: not errand.running)
    assert errand.wrong is None
    assert [(line["modality"], line["done"]) for line in errand.lines] == [
        ("gaf", 0), ("gaf", 1), ("signal", 1), ("signal", 2),
    ]  # fmt: skip
    assert known(load("gunpoint"), "gaf", {"size": 16}) is not None


@pytest.mark.slow
def test_what_was_measured_before_the_end_is_kept() -> None:
    errand = BackgroundTask(MEASURE)
    waited(lambda: any("neighbour" in line for line in errand.lines))
    errand.cancel()
    waited(lambda: not errand.running)
    assert errand.wrong is None and errand.cancelled
    done = [name for name in modalities() if known(load("gunpoint"), name, {}) is not None]
    assert done


def test_a_users_mistake_is_a_sentence() -> None:
    errand = BackgroundTask(["separability", "sample:nothing", "--json"])
    waited(lambda: not errand.running)
    assert errand.wrong and errand.wrong.startswith("There is no sample 'nothing'")


def test_two_who_ask_the_same_wait_for_the_same_and_a_third_question_is_refused() -> None:
    errands = BackgroundTasks()
    try:
        one = errands.start("a", MEASURE)
        assert errands.start("a", MEASURE) is one and errands.get("a") is one
        for number in range(1, module.MOST):
            errands.start(str(number), MEASURE)
        with pytest.raises(UserError, match=FULL[:20]):
            errands.start("z", MEASURE)
    finally:
        errands.close()
    waited(lambda: not one.running)


def test_anothers_measurement_is_neither_seen_nor_ended_and_each_has_one() -> None:
    errands = BackgroundTasks()
    try:
        hers = errands.start("a", MEASURE, "alice")
        assert errands.get("a", "bob") is None and errands.get("a", "alice") is hers
        with pytest.raises(UserError, match=MINE[:20]):
            errands.start("b", MEASURE, "alice")
        his = errands.start("a", MEASURE, "bob")
        assert his is not hers
        his.cancel()
        assert not hers.cancelled and hers.running
    finally:
        errands.close()


def test_a_measurement_of_a_shared_host_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.3)
    errands = BackgroundTasks()
    try:
        task = errands.start("a", MEASURE, "alice")
        waited(lambda: not task.running, 20)
        assert task.wrong is not None and "was given up" in task.wrong and not task.child.alive
    finally:
        errands.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_measurement_is_the_first_to_go_where_memory_is_short() -> None:
    task = BackgroundTask(MEASURE)
    score = Path(f"/proc/{task.child.pid}/oom_score_adj")
    try:
        waited(lambda: score.read_text().strip() == "1000", 20)
    finally:
        task.cancel()
