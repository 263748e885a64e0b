"""The table of questions: each is answered, and with the type that it declares."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources import recordings
from kdviz.runs.looker.codec import from_plain, read_message, write_message
from kdviz.runs.looker.functions import FUNCTIONS, answered
from kdviz.runs.looker.questions import Question
from kdviz.runs.store.datasets import keep_stretch
from kdviz.runs.store.run import Run, RunState, by_identity, make
from kdviz.runs.worker.job import work
from kdviz.training.defaults import Choices
from kdviz.training.watched.watch_teachers import watch_recipe_for
from tests.lookable import Lookable

MAPS = {"extractor": "cam"}
PLAN = {"methods": ["kd"], "seeds": [0], "students": ["signal:tiny"], "teachers": ["signal"], "epochs": 2}
OF_A_RUN: dict[str, dict[str, Any]] = {
    "networks": {},
    "predictions": {},
    "board": {
        "extractors": ["cam", "attention:1"],
        "series": 3,
        "target": 1,
        "change": {"what": "mute", "start": 2, "stop": 9},
    },
    "film": {"extractors": ["cam", "high_pass"], "series": 3, "target": 1},
    "method_maps": {"series": 3},
    "match": MAPS,
    "snapshots": MAPS,
    "deletion": {**MAPS, "role": "student", "baseline": "linear", "many": 2},
    "randomisation": {**MAPS, "role": "teacher.gaf", "many": 2},
    "fidelity": {},
    "frequency": {"series": 3},
    "cutoffs": {"cuts": [0.3, 2]},
    "coherence": {**MAPS, "teacher": "signal"},
    "measures": {},
}


OF_A_WATCH: dict[str, dict[str, Any]] = {
    "watch_recipe": {}, "why_here": {"at": 1_200}, "judged": {"lesson": True}, "watches_compared": {},
}  # fmt: skip


@lru_cache(maxsize=1)
def a_watch(home: Path) -> Run:
    """A short recording that was watched, with marks beside it."""
    whole = recordings.recording("planted-recording")
    assert whole.marks is not None
    part = slice(4_100, 5_600)
    stretch = replace(whole, values=whole.values[:, part], marks=whole.marks[part], train_end=900, source={})
    keep_stretch(stretch)
    recipe = watch_recipe_for(stretch, ("signal",), ("hidden",), window=48)
    run = make(recipe, stretch.name, {})
    assert list(work(run, replace(stretch, marks=None))) and run.state == RunState.FINISHED
    return run


def given(question: str, runs: Lookable) -> dict[str, Any]:
    """What to ask with."""
    if question in OF_A_RUN:
        return {"run": runs.fam, **OF_A_RUN[question]}
    if question in OF_A_WATCH:
        watched = a_watch(runs.home)
        if question == "watch_recipe":
            known = {"data": watched.recipe.data, "source": watched.request["source"], "name": "planted"}
            return {**known, "train_end": 900, "views": ["signal"], "methods": ["hidden"], "settings": {}}
        if question == "watches_compared":
            return {"runs": [watched.folder.name]}
        return {"run": watched.folder.name, **OF_A_WATCH[question]}
    run = by_identity(runs.fam)
    data = {"data": run.recipe.data, "source": run.request["source"], "name": run.request["data"]}
    known = {"sha256": run.recipe.data, "source": run.request["source"], "name": run.request["data"]}
    return {
        "publication": {"kind": "confusion", "runs": [runs.fam], "settings": {}},
        "figure_kinds": {},
        "comparison": {"runs": [runs.fam, runs.ebkd]},
        "catalogue": {},
        "watch_options": {},
        "costs": {**data, "student": "signal", "sees": ["signal"]},
        "recipe": {**data, "wish": asdict(Choices("kd", ("signal",))), "settings": {}},
        "sweep": {"plan": {**PLAN, "data": [known]}, "patience": 0.0},
        "create_sweep": {"plan": {**PLAN, "data": [known]}},
    }[question]


@pytest.fixture(scope="module")
def runs(lookable: Lookable, tmp_path_factory: pytest.TempPathFactory) -> Lookable:
    return lookable.copied(tmp_path_factory.mktemp("questions"))


@pytest.mark.parametrize("question", FUNCTIONS, ids=lambda question: question.id)
def test_every_question_is_answered_with_its_type(
    question: Question[Any], runs: Lookable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KDVIZ_HOME", str(runs.home))
    answer, stream = answered(question.id, given(question.id, runs)), io.BytesIO()
    write_message(stream, {}, answer)
    stream.seek(0)
    head, arrays = read_message(stream)
    assert isinstance(answer, question.answer)
    assert isinstance(from_plain(question.answer, head["answer"], arrays), question.answer)


def test_no_two_questions_have_one_name() -> None:
    assert len({each.id for each in FUNCTIONS}) == len(FUNCTIONS) > 15


def test_an_unknown_question_is_said_to_be_none() -> None:
    with pytest.raises(UserError, match="no question"):
        answered("nonsense", {})
