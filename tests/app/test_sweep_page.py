"""The Sweep page: what is asked, what it comes to, how it stands, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.data.dataset import Dataset
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.sweeps import scheduler
from kdviz.runs.sweeps.plan import all_sweeps
from kdviz.runs.worker.run_worker import bring
from kdviz.ui.state import cache
from tests.app.conftest import Opener, words
from tests.runs.sweeps.test_sweep import laid


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server's workers are left out: who brings a sweep to its end is tested elsewhere."""
    remembered()
    monkeypatch.setattr("kdviz.runs.engine.supervisor.Supervisor.start", lambda keeper: None)
    yield
    cache.supervisors.cache_clear()


def small(page: Opener) -> AppTest:
    return page("sweep", on="gunpoint", seeds="0-1", teachers="signal")


@pytest.mark.slow
def test_a_form_says_what_it_comes_to_and_that_two_seeds_prove_nothing(page: Opener) -> None:
    said = words(small(page))
    assert "**4 runs** on 2 teachers and controls" in said or "**4 runs** on 2 teachers" in said
    assert "nothing can be concluded about methods from so few" in said and "at least 6" in said
    assert "How long it takes is not known yet" in said


@pytest.mark.slow
def test_a_few_epochs_tried_give_a_forecast(page: Opener) -> None:
    test = small(page)
    test.button(key="try_plan").click().run(timeout=60)
    assert not test.exception and "of a few epochs tried just now" in words(test) and "done at about" in words(test)
    assert all_sweeps() == []


@pytest.mark.slow
def test_start_lays_out_the_sweep_and_its_link_reopens_it(page: Opener) -> None:
    test = small(page)
    test.button(key="start_sweep").click().run(timeout=60)
    (made,) = all_sweeps()
    assert scheduler.is_driven(made) and made.plan.seeds == (0, 1) and made.plan.teachers == ("signal",)
    assert "**Starting**: KD" in words(test) and test.query_params["sweep"] == made.folder.name
    assert "python -m kdviz sweep sample:gunpoint" in words(test)
    again = page("sweep", sweep=made.folder.name)
    assert "**Starting**: KD" in words(again)


def test_stop_and_go_on(data: Dataset, page: Opener) -> None:
    found = laid(data)
    scheduler.hand_to_app(found)
    test = page("sweep", sweep=found.folder.name)
    test.button(key="stop_sweep").click().run()
    assert found.cancelled and "**Stopped**" in words(test)
    test.button(key="go_on").click().run(timeout=60)
    assert not found.cancelled and scheduler.is_driven(found) and "**Starting**" in words(test)


def test_a_sweep_that_has_ended_shows_its_rows_and_leads_on(data: Dataset, page: Opener) -> None:
    found = laid(data, seeds=(0,))
    for run in found.runs().values():
        bring(run.folder)
    test = page("sweep", sweep=found.folder.name)
    assert "**Finished**" in words(test) and "3 of 3 networks" in str(test.get("progress")[0].proto)
    rows = test.dataframe[1].value
    assert list(rows["method"]) == ["kd", "supervised"] and set(rows["state"]) == {"finished"}
    assert rows["accuracy"][0] == (found.runs()[found.cells[0].id].final or {})["accuracy"]["test"]
    assert test.button(key="compare_sweep") is not None


def test_a_sweep_that_is_not_here_is_said_not_to_be(page: Opener) -> None:
    assert "The sweep 00000000 of this link is not on this machine" in words(page("sweep", sweep="0" * 32))
    assert "This link names no sweep" in words(page("sweep", sweep="../../etc"))


def test_wrong_seeds_and_settings_are_sentences(page: Opener) -> None:
    assert "write them as" in words(page("sweep", on="gunpoint", seeds="x"))
    test = page("sweep", on="gunpoint", seeds="0")
    test.text_area(key="sweep_settings").input("rate").run()
    assert "write it as KEY" in words(test).replace("\\", "")
    test.text_area(key="sweep_settings").input("no_such=1").run(timeout=60)
    assert "concerns none of these methods" in words(test).replace("\\", "")


@pytest.mark.slow
def test_sets_of_teachers_and_what_the_student_may_know_are_asked_for(page: Opener) -> None:
    test = page("sweep", on="gunpoint", seeds="0")
    test.button(key="preset_combinations").click().run(timeout=60)
    assert "**7 runs**" in words(test) and test.toggle(key="combinations").value
    test.number_input(key="known_labels").set_value(3).run(timeout=60)
    test.button(key="start_sweep").click().run(timeout=60)
    (made,) = all_sweeps()
    assert not test.exception and made.plan.combinations and made.plan.knows == {"labels": 3}
    said = words(test)
    assert (
        "--teacher-combinations" in said
        and "--labels 3" in said
        and "signal + gaf + persistence" in str([list(frame.value.get("teachers", ())) for frame in test.dataframe])
    )


def test_what_cannot_run_says_why(page: Opener) -> None:
    said = words(page("sweep", on="gunpoint", seeds="0", methods="kd,camkd", teachers="signal,gaf")).replace("\\", "")
    assert "Left out:" in said and "fusion" in said
