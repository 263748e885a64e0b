"""Everything that is kept between reruns, keyed by what it was made from and by whose folder; arrays are never keys.

Caches are the same for all visitors of a server: `place`, the folder that an answer is read from, keeps one visitor
of a shared host from another's.
"""

from __future__ import annotations

import functools
import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.runs.engine.processes import BackgroundTasks
from kdviz.runs.engine.supervisor import Supervisor
from kdviz.runs.engine.workers import Engine
from kdviz.runs.hosting.fair_share import FairShareSupervisor, QuotaEngine
from kdviz.runs.looker.client import Looker
from kdviz.runs.looker.questions import CATALOGUE, COSTS, WATCH_OPTIONS, NetworkCost, Question
from kdviz.runs.store.catalogue import path as catalogue_path
from kdviz.runs.store.home import at, home, home_of, hosted
from kdviz.runs.store.run import Run
from kdviz.ui.texts.sentences import say, say_plain

A = TypeVar("A")


def dataset(identity: str) -> Dataset:
    """A sample by its id, or a stored data set by its fingerprint; never changed by anybody."""
    return _dataset(str(home()) if len(identity) == 64 else "", identity)


@st.cache_resource(max_entries=8, show_spinner=say("spinner data"))
def _dataset(place: str, identity: str) -> Dataset:
    from kdviz.data.sources import samples
    from kdviz.runs.store.datasets import store

    return store().get(identity) if len(identity) == 64 else samples.load(identity)


@functools.cache
def looker() -> Looker:
    """The one process that holds networks for this server."""
    return Looker()


@functools.cache
def errands() -> BackgroundTasks:
    """The measurements of this server, each in a process of its own."""
    return BackgroundTasks()


def whose() -> str:
    """Whose measurement it is: on a shared host nobody sees another's."""
    return str(home()) if hosted() else ""


@functools.cache
def supervisors() -> Supervisor | FairShareSupervisor:
    """What keeps this server's workers going; started when first asked for."""
    found = FairShareSupervisor(QuotaEngine()) if hosted() else Supervisor(Engine())
    found.start()
    return found


def supervisor() -> Supervisor:
    """What looks after the runs of whoever asks."""
    found = supervisors()
    return found.mine() if isinstance(found, FairShareSupervisor) else found


@st.cache_resource(show_spinner=say("spinner methods"))
def catalogue() -> dict[str, Any]:
    """Methods and extractors in plain values: one for all who ask, so never changed by anybody."""
    place = catalogue_path()
    if place.exists():
        return json.loads(place.read_bytes())  # type: ignore[no-any-return]
    return looker().ask(CATALOGUE)


@st.cache_resource(show_spinner=say("spinner methods"))
def watch_options() -> dict[str, Any]:
    """How recordings can be watched, in plain values: one for all who ask, so never changed by anybody."""
    return looker().ask(WATCH_OPTIONS)


def method_row(run: Run) -> dict[str, Any]:
    """The run's method in the catalogue; raises UserError where it is not here, or networks were trained elsewhere."""
    if run.recipe.recorded:
        raise UserError(say_plain("recorded elsewhere"))
    found = next((m for m in catalogue()["methods"] if m["id"] == run.recipe.method), None)
    if found is None:
        raise UserError(say_plain("no method here", method=repr(run.recipe.method[:40])))
    return dict(found)


def answer(run: Run, question: Question[A], **given: Any) -> A:
    """The looker's answer about a run; kept until the run ends anew."""
    place = str(home_of(run.folder))
    found = _asked(place, run.folder.name, run.outcome_key, question.id, json.dumps(given, sort_keys=True), question)
    return cast("A", found)


def answer_later(run: Run, question: Question[A], **given: Any) -> A:
    """The same for what comes after its page is drawn: nothing on the page says that it is waited for."""
    place = str(home_of(run.folder))
    found = _awaited(place, run.folder.name, run.outcome_key, question.id, json.dumps(given, sort_keys=True), question)
    return cast("A", found)


@st.cache_data(max_entries=32, show_spinner=False)
def _awaited(place: str, run: str, mark: str, name: str, given: str, _question: Question[Any]) -> object:
    with at(Path(place)):
        return looker().ask(_question, run=run, **json.loads(given))


@st.cache_data(max_entries=128, show_spinner=say("spinner networks"))
def _asked(place: str, run: str, mark: str, name: str, given: str, _question: Question[Any]) -> object:
    with at(Path(place)):
        return looker().ask(_question, run=run, **json.loads(given))


@st.cache_data(max_entries=32, show_spinner=say("spinner costs"))
def costs(data: str, source: str, name: str, student: str, sees: tuple[str, ...]) -> dict[str, NetworkCost]:
    """Weights, MACs and latency by architecture."""
    asked = {"data": data, "source": json.loads(source), "name": name, "student": student, "sees": list(sees)}
    return looker().ask(COSTS, **asked).architectures


class Facts:
    """The facts about files, by content and mapping; the oldest go first."""

    def __init__(self, most: int = 64) -> None:
        self.most = most
        self.kept: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> dict[str, Any] | None:
        """What is known, if anything."""
        with self.lock:
            return self.kept.get(key)

    def put(self, key: tuple[str, str], found: dict[str, Any]) -> None:
        """Keep it."""
        with self.lock:
            self.kept[key] = found
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)


@st.cache_resource
def facts() -> Facts:
    """The facts that this server knows about files."""
    return Facts()


def dataset_of(run: Run) -> Dataset:
    """The data set that a run was trained on; raises UserError where it is not here."""
    request, place = run.request, str(home_of(run.folder))
    return _reopened(
        place,
        run.recipe.data,
        json.dumps(request.get("source", {})),
        str(request.get("data", say_plain("data unnamed"))),
    )


@st.cache_resource(max_entries=8, show_spinner=say("spinner data"))
def _reopened(place: str, sha256: str, source: str, name: str) -> Dataset:
    from kdviz.runs.store.datasets import reopen

    with at(Path(place)):
        return reopen(sha256, json.loads(source), name)
