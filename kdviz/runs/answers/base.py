"""What a question is: plain values in, plain values and arrays out. The looker asks it by its id."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, ClassVar

from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.plugins import discover
from kdviz.data.dataset import Dataset
from kdviz.runs.analysis import opened_run
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.home import home
from kdviz.runs.store.run import by_identity

Arrays = dict[str, NDArray[Any]]
Answer = tuple[dict[str, Any], Arrays]


class Question:
    """One thing that can be asked; what `answer` takes comes as JSON, and so does its first half go back."""

    id: ClassVar[str] = ""

    def answer(self, *args: Any, **given: Any) -> Answer:
        """Words and arrays; raises UserError."""
        raise NotImplementedError


def questions() -> dict[str, type[Question]]:
    """Every question there is, by id."""
    return discover("kdviz.runs.answers", Question)


def answered(name: str, given: dict[str, Any]) -> Answer:
    """The answer to the question called `name`; raises UserError where there is none of that name."""
    known = questions()
    if name not in known:
        raise UserError(f"There is no question {str(name)[:40]!r}. There are: {', '.join(sorted(known))}.")
    return known[name]().answer(**given)


def opened(run: str) -> opened_run.OpenedRun:
    """The run of this identity, opened; kept open until its networks change."""
    return _opened(str(home()), run, weights_version(run))


@lru_cache(maxsize=6)
def _opened(place: str, run: str, changed: float) -> opened_run.OpenedRun:
    return opened_run.open_for_looking(by_identity(run))


def weights_version(run: str) -> float:
    """Changes when the run's networks change, so that nothing stale is shown."""
    folder = by_identity(run).folder
    return max((p.stat().st_mtime for p in folder.glob("*.safetensors")), default=0.0)


def reopened(sha256: str, source: str, name: str) -> Dataset:
    """The data set of this fingerprint, kept open."""
    return _reopened(str(home()), sha256, source, name)


@lru_cache(maxsize=4)
def _reopened(place: str, sha256: str, source: str, name: str) -> Dataset:
    return reopen(sha256, json.loads(source), name)
