"""What the student may know, asked on the page Distill: labels, channels, degraded series, teachers of other runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modalities
from kdviz.runs.index.run_facts import able_to_teach
from kdviz.runs.store import run_table
from kdviz.training.knowledge import ALL, DEGRADED, GAPS, NOISES, SAME, Knowledge, knowledge_from
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain

MOST_RUNS = 40


def ask_knowledge(data: Dataset, networks: Mapping[str, Any]) -> dict[str, Any]:
    """The section; what it says as a wish holds it, empty where everything may be known."""
    with st.expander(say("may know")):
        st.caption(say("may know means"))
        given = {**_labels(data), **_channels(data, networks["teachers"]), **_degraded(), **_runs(networks["teachers"])}
        if data.unlabelled is not None:
            st.caption(say("unlabelled here", count=len(data.unlabelled)))
        st.caption(say("gains measured"))
    found: Knowledge = knowledge_from(given)
    return found.as_dict()


FORM_KEY = "known_"


def fill_knowledge(given: Mapping[str, Any]) -> None:
    """Let the section say what the wish of an opened run holds; nothing else stays filled in."""
    for key in [str(k) for k in st.session_state if str(k).startswith(FORM_KEY)]:
        del st.session_state[key]
    names = {"student_channels": "channels", "teacher_runs": "runs"}
    for name, value in given.items():
        if name == "teacher_channels":
            st.session_state.update({f"{FORM_KEY}channels_{view}": list(each) for view, each in value.items()})
        else:
            st.session_state[FORM_KEY + names.get(name, name)] = list(value) if isinstance(value, tuple) else value


def _labels(data: Dataset) -> dict[str, Any]:
    label, teach = st.columns([2, 3])
    most = max(int(data.train.size), 1)
    count = label.number_input(say("labels known"), 0, most, 0, key="known_labels", help=say("labels known help"))
    if not count:
        return {}
    options = {SAME: say_plain("teachers same labels"), ALL: say_plain("teachers all labels")}
    whose = teach.segmented_control(
        say("teachers labels"), list(options), default=SAME, required=True, format_func=options.__getitem__,
        key="known_teacher_labels", wrap=True,
    )  # fmt: skip
    st.caption(say(f"labels mean {whose}", count=int(count)))
    return {"labels": int(count), "teacher_labels": str(whose)}


def _channels(data: Dataset, teachers: Sequence[str]) -> dict[str, Any]:
    if len(data.channels) < 2:
        return {}
    mine = _some(say("student channels"), data, "known_channels")
    with st.popover(say("teacher channels")):
        theirs = {name: _some(modalities()[name].title, data, f"known_channels_{name}") for name in teachers}
    if mine:
        st.caption(say("channels mean"))
    return {"student_channels": mine, "teacher_channels": {name: each for name, each in theirs.items() if each}}


def _some(title: str, data: Dataset, key: str) -> tuple[str, ...]:
    """Channels that were picked; none where all were, or nobody chose."""
    titles = {name: one_line(name, 40) for name in data.channels}
    found = st.multiselect(
        title, list(titles), [], format_func=titles.__getitem__, key=key, placeholder=say_plain("all channels")
    )
    picked = tuple(name for name in data.channels if name in found)
    return () if picked == data.channels else picked


def _degraded() -> dict[str, Any]:
    noise, missing = _strength("noise", NOISES), _strength("missing", GAPS)
    if not noise and not missing:
        return {}
    options = {where: say_plain(f"degraded {where}") for where in DEGRADED}
    where = st.segmented_control(
        say("degraded where"), list(options), default="both", required=True, format_func=options.__getitem__,
        key="known_degraded", wrap=True,
    )  # fmt: skip
    st.caption(say(f"degraded means {where}"))
    return {"noise": noise, "missing": missing, "degraded": str(where)}


def _strength(name: str, offered: Sequence[float]) -> float:
    found = st.segmented_control(
        say(f"strength {name}"), [0.0, *offered], default=0.0, required=True, key=f"known_{name}", wrap=True,
        format_func=lambda value: f"{value:g}" if value else say_plain("strength none"), help=say(f"help {name}"),
    )  # fmt: skip
    return float(found)


def _runs(teachers: Sequence[str]) -> dict[str, Any]:
    """Finished runs that could teach, one of each view; whether they fit the data is told at Start."""
    offered = _finished(teachers)
    if not teachers:
        return {}
    if not offered:
        st.caption(say("no teacher runs"))
        return {}
    picked = st.multiselect(
        say("teacher runs"), list(offered), [], format_func=offered.__getitem__, key="known_runs",
        placeholder=say_plain("teachers of this run"), help=say("teacher runs help"), max_selections=len(teachers),
    )  # fmt: skip
    if picked:
        st.caption(say("teacher runs mean"))
    return {"teacher_runs": tuple(picked)}


def _finished(teachers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in able_to_teach(teachers, MOST_RUNS):
        try:
            recipe, row = each.run.recipe, run_table.summary(each.run)
        except UserError:
            continue
        found[each.id] = say_plain(
            "teacher run", view=modalities()[recipe.student].title, name=one_line(each.name or each.data, 32),
            method=recipe.method, size=recipe.architecture, accuracy=row["accuracy"].get("test", float("nan")),
            mark=each.id[:6],
        )  # fmt: skip
    return found
