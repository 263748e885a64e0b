"""What a sweep is asked for: methods, seeds, students, data and teachers; what it comes to, and what it will take."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from itertools import product
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Value, pairs
from kdviz.modalities.base import modalities
from kdviz.runs.store.datasets import as_asked, known_data
from kdviz.runs.store.home import home
from kdviz.runs.sweeps.plan import MOST_RUNS, Plan, numbers
from kdviz.training.defaults import TEACHERS
from kdviz.ui.state import cache, current
from kdviz.ui.state.url import some_of
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import SIZES, STUDENTS

FEW = 6
METHODS = ("kd", "supervised")
SEEDS = "0-5"


def plan_from_form() -> Plan:
    """The whole form; raises UserError where what is written cannot be meant."""
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    methods = some_of("Methods", titles, [m for m in METHODS if m in titles], "methods")
    left, right = st.columns(2)
    with left:
        known = _data()
        now = current.data_id()
        data = some_of("Data", known, [now if now in known else next(iter(known))], "on")
    with right:
        students = some_of("Students", _students(), ["signal:tiny"], "students")
    left, middle, right = st.columns([2, 1, 3])
    seeds = left.text_input(
        "Seeds", SEEDS, max_chars=200, key="seeds", bind="query-params", help="0-5 or 0,1,2. Each seed is one pair: "
        f"fewer than {FEW} prove nothing."
    )  # fmt: skip
    epochs = middle.number_input("Epochs", 1, 2000, None, key="sweep_epochs", placeholder="by the data")
    with right:
        kinds = {name: modalities()[name].title for name in dict.fromkeys([*TEACHERS, *modalities()])}
        teachers = some_of(
            "Teachers offered to every method", kinds, list(TEACHERS), "teachers", help="Each method takes what it can."
        )
    selection, settings = _more()
    found = numbers(seeds)
    _refuse_many(len(methods) * len(found) * len(students) * len(data))
    return Plan(
        tuple(methods), found, tuple(students), tuple(as_asked(cache.dataset(each)) for each in data),
        tuple(t for t in kinds if t in teachers), None if epochs is None else int(epochs), selection, settings,
    )  # fmt: skip


def _data() -> dict[str, str]:
    """Samples, what was trained on here, and what is looked at now."""
    known = {identity: one_line(name, 40) for identity, name in known_data().items()}
    now = current.data_id()
    if now not in known:
        with contextlib.suppress(UserError):  # the link's data may not be here
            known = {now: one_line(cache.dataset(now).name, 40), **known}
    return known


def _students() -> dict[str, str]:
    return {f"{k}:{s}": f"{size}, {STUDENTS[k]}" for k, (s, size) in product(STUDENTS, SIZES.items())}


def _more() -> tuple[str | None, dict[str, Value]]:
    with st.expander("All settings"):
        rules = {"": "as each method says", "best": "best on validation", "last": "last epoch"}
        rule = st.selectbox("The answer", list(rules), format_func=rules.__getitem__, key="sweep_selection")
        written = st.text_area(
            "Settings, KEY=VALUE", "", key="sweep_settings", max_chars=4000, height=80,
            help="As on the command line: rate=0.005 for all, kd.temperature=2 for one method, gaf.size=32, "
            "teacher.epochs=30. One a line, or separated by spaces.",
        )  # fmt: skip
    return rule or None, _written(written)


def _written(words: str) -> dict[str, Value]:
    try:
        return dict(pairs(shlex.split(words)))
    except ValueError:
        raise UserError("A quotation mark among the settings is not closed.") from None


def _refuse_many(count: int) -> None:
    if count > MOST_RUNS:
        raise UserError(f"This would be {count:,} runs; one sweep has at most {MOST_RUNS:,}.")


def comes_to(plan: Plan, patience: float) -> dict[str, Any]:
    """What a plan comes to and what it will take, asked of the looker; kept for a moment."""
    return _comes_to(str(home()), json.dumps(asdict(plan), sort_keys=True), patience)


@st.cache_data(max_entries=64, ttl=60, show_spinner="Looking what it comes to")
def _comes_to(place: str, plan: str, patience: float) -> dict[str, Any]:
    return cache.looker().ask("sweep", plan=json.loads(plan), patience=patience)[0]


def left_out(found: Mapping[str, Any]) -> None:
    """What cannot run, and what would help."""
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    for each in found["left_out"]:
        what = f"{titles.get(each['method'], each['method'])} with {_students().get(each['student'], each['student'])}"
        st.caption(f"Left out: {text(what)}. {sentence(each['why'])}")
