"""What a sweep is asked for: methods, seeds, students, data and teachers; what it comes to, and what it will take."""

from __future__ import annotations

import contextlib
import json
import shlex
from dataclasses import asdict
from itertools import product

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Value, pairs
from kdviz.modalities.base import modalities
from kdviz.runs.index.run_facts import known_data
from kdviz.runs.looker.questions import SWEEP
from kdviz.runs.store.datasets import as_asked
from kdviz.runs.store.home import home
from kdviz.runs.sweeps.plan import MOST_RUNS, Plan, SweepForecast, numbers
from kdviz.training.defaults import NETWORKS, TEACHERS
from kdviz.ui.state import cache, current
from kdviz.ui.state.url import some_of
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import say, say_plain, students
from kdviz.ui.widgets.knowledge_form import ask_knowledge

FEW = 6
METHODS = ("kd", "supervised")
COMBINED = ("aver",)
SEEDS = "0-5"


def plan_from_form() -> Plan:
    """The whole form; raises UserError where what is written cannot be meant."""
    st.button(
        say("preset combinations"), key="preset_combinations", on_click=_every_combination, icon=":material/join:",
        help=say("preset combinations help"),
    )  # fmt: skip
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    methods = some_of(say("pick methods"), titles, [m for m in METHODS if m in titles], "methods")
    left, right = st.columns(2)
    with left:
        known = _data()
        now = current.data_id()
        data = some_of(say("pick data"), known, [now if now in known else next(iter(known))], "on")
    with right:
        picked = some_of(say("pick students"), _students(), ["signal:tiny"], "students")
    left, middle, right = st.columns([2, 1, 3])
    seeds = left.text_input(
        say("seeds"), SEEDS, max_chars=200, key="seeds", bind="query-params", help=say("seeds help", few=FEW)
    )  # fmt: skip
    by_data = say_plain("epochs by data")
    epochs = middle.number_input(say("epochs"), 1, 2000, None, key="sweep_epochs", placeholder=by_data)
    with right:
        kinds = {name: modalities()[name].title for name in dict.fromkeys([*TEACHERS, *modalities()])}
        teachers = some_of(say("pick teachers"), kinds, list(TEACHERS), "teachers", help=say("pick teachers help"))
        combined = st.toggle(
            say("combinations"), key="combinations", bind="query-params", help=say("combinations help"),
            disabled=len(teachers) < 2,
        )  # fmt: skip
    offered = tuple(t for t in kinds if t in teachers)
    knows = ask_knowledge(cache.dataset(data[0]), {"teachers": offered})
    selection, settings = _more()
    found = numbers(seeds)
    plan = Plan(
        tuple(methods), found, tuple(picked), tuple(as_asked(cache.dataset(each)) for each in data), offered,
        None if epochs is None else int(epochs), selection, settings, knows, bool(combined) and len(offered) > 1,
    )  # fmt: skip
    _refuse_many(len(methods) * len(found) * len(picked) * len(data) * len(plan.teacher_sets))
    return plan


def _every_combination() -> None:
    """A method that hears several teachers, each of the three alone, in pairs and all together."""
    st.session_state["methods"] = [m for m in COMBINED if m in {row["id"] for row in cache.catalogue()["methods"]}]
    st.session_state["teachers"] = list(TEACHERS)
    st.session_state["combinations"] = True


def _data() -> dict[str, str]:
    """Samples, what was trained on here, and what is looked at now."""
    known = {identity: one_line(name, 40) for identity, name in known_data().items()}
    now = current.data_id()
    if now not in known:
        with contextlib.suppress(UserError):  # the link's data may not be here
            known = {now: one_line(cache.dataset(now).name, 40), **known}
    return known


def _students() -> dict[str, str]:
    titles = {name: words["title"] for name, words in NETWORKS.items()}
    both = product(students().items(), titles.items())
    return {f"{kind}:{name}": say_plain("student of size", size=size, sees=sees) for (kind, sees), (name, size) in both}


def _more() -> tuple[str | None, dict[str, Value]]:
    with st.expander(say("all settings")):
        rules = {"": say_plain("answer by method"), "best": say_plain("answer by validation")}
        rules |= {"last": say_plain("answer at last")}
        rule = st.selectbox(say("the answer"), list(rules), format_func=rules.__getitem__, key="sweep_selection")
        written = st.text_area(
            say("settings written"), "", key="sweep_settings", max_chars=4000, height=80,
            help=say("settings written help"),
        )  # fmt: skip
    return rule or None, _pairs_of(written)


def _pairs_of(written: str) -> dict[str, Value]:
    try:
        return dict(pairs(shlex.split(written)))
    except ValueError:
        raise UserError(say_plain("mark open")) from None


def _refuse_many(count: int) -> None:
    if count > MOST_RUNS:
        raise UserError(say_plain("too many runs", count=count, most=MOST_RUNS))


def comes_to(plan: Plan, patience: float) -> SweepForecast:
    """What a plan comes to and what it will take, asked of the looker; kept for a moment."""
    return _comes_to(str(home()), json.dumps(asdict(plan), sort_keys=True), patience)


@st.cache_data(max_entries=64, ttl=60, show_spinner=say("spinner comes to"))
def _comes_to(place: str, plan: str, patience: float) -> SweepForecast:
    return cache.looker().ask(SWEEP, plan=json.loads(plan), patience=patience)


def left_out(found: SweepForecast) -> None:
    """What cannot run, and what would help."""
    titles = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    for each in found.left_out:
        title, student = titles.get(each["method"], each["method"]), _students().get(each["student"], each["student"])
        what = text(say_plain("method with student", method=title, student=student))
        st.caption(say("left out", what=what, why=sentence(each["why"])))
