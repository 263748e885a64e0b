"""A command in a process of its own: it says how far it is, can be ended, and fails in a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources.samples import load
from kdviz.modalities.base import modalities
from kdviz.runs.analysis.view_separability import known
from kdviz.runs.engine import processes as module
from kdviz.runs.engine.processes import FULL, BackgroundTask, BackgroundTasks

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
