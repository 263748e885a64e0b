"""Choosing how to distil: method with its entry, teachers, student; what cannot run says why, and what would help."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Knob, knobs
from kdviz.data.dataset import Dataset
from kdviz.figures.method_diagrams import handover_sentence, hands
from kdviz.methods.needs import Needs
from kdviz.modalities.base import modalities
from kdviz.runs.store.home import hosted
from kdviz.training.defaults import NETWORKS, TEACHERS, StudentSettings, TeacherSettings, epochs_for, fusion_sees
from kdviz.training.knowledge import training_series
from kdviz.training.shell_command import distill_line
from kdviz.ui.distill.knowledge_form import ask_knowledge
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import Markdown, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain, students
from kdviz.ui.widgets.form import ask

Row = Mapping[str, Any]


def entry(row: Row) -> None:
    """Everything a method says of itself."""
    about = row["about"]
    st.markdown(about["idea"])
    st.latex(about["equation"])
    if about["elsewhere"]:
        st.caption(say("named elsewhere", elsewhere=Markdown(about["elsewhere"])))
    with st.expander(say("hands open")):
        drawing, beside = st.columns([3, 2], gap="medium")
        with drawing:
            st.plotly_chart(
                hands(about["hands"]), key=f"hands_{row['id']}", config={"displayModeBar": False},
                alt=say_plain("hands alt", told=handover_sentence(about["hands"])),
            )  # fmt: skip
        beside.markdown(say("entry costs", cost=Markdown(about["cost"])))
        beside.markdown(say("entry claims", claims=Markdown(about["claims"])))
        for paper in about["papers"]:
            beside.markdown(f"- {paper}")


def wanted(row: Row) -> Needs:
    """What the method needs, of its row of the catalogue."""
    needs = row["needs"]
    return Needs(**{**needs, "teachers": tuple(needs["teachers"])})


def refused(row: Row, wish: Mapping[str, Any], data: Dataset) -> bool:
    """Say why the method cannot run with the wished teachers, student and labels, and the change that would help."""
    hides = "labels" in wish.get("knows", {}) or data.unlabelled is not None
    reason = wanted(row).refusal(wish["teachers"], wish["student"])
    if not reason and hides:
        reason = wanted(row).refusal_of_hidden()
    if reason:
        st.warning(reason, title=say("method cannot", method=row["title"]))
    return reason is not None


def disabled(rows: Sequence[Row], wish: Mapping[str, Any]) -> None:
    """The methods that cannot run with the wished teachers and student, each with the change that would enable it."""
    reasons = {row["title"]: wanted(row).refusal(wish["teachers"], wish["student"]) for row in rows}
    given = [(Markdown(title), Markdown(reason)) for title, reason in reasons.items() if reason]
    lines = [f"- {say('why cannot', method=title, reason=reason)}" for title, reason in given]
    if lines:
        with st.expander(say("methods cannot", count=len(lines), of=len(rows))):
            st.markdown("\n".join(lines))


def about(data: Dataset) -> None:
    """What there is to learn from, in one line."""
    st.markdown(
        say(
            "to learn from", data=text(data.name), classes=len(data.classes), train=data.train.size,
            validation=data.validation.size, test=data.test.size,
        )
    )  # fmt: skip


def pick_method(rows: list[Row]) -> Row:
    """The method selector and the method's entry."""
    by_id = {r["id"]: r for r in rows}
    first = "aver" if "aver" in by_id else next(iter(by_id))
    row = by_id[one_of(st.selectbox, say("method"), {i: r["title"] for i, r in by_id.items()}, first, "method")]
    entry(row)
    return row


def pick_networks(row: Row) -> dict[str, Any]:
    """Teachers, student, architecture, budget."""
    titles = {name: kind.title for name, kind in modalities().items()}
    least, most = row["needs"]["teachers"]
    start = list(wanted(row).usual(TEACHERS))
    teachers = st.pills(
        say("teachers see"), list(titles), selection_mode="multi", default=start, format_func=titles.__getitem__,
        wrap=True, key=f"teachers_{row['id']}", help=how_many(least, most),
    )  # fmt: skip
    kinds_there = students()
    kinds = row["needs"]["student_kinds"] or list(kinds_there)
    student = st.segmented_control(
        say("student sees"), list(kinds_there), default=kinds[0], required=True, key=f"student_{row['id']}",
        format_func=kinds_there.__getitem__, help=say("student sees help"), wrap=True,
    )  # fmt: skip
    return {"teachers": list(teachers), "student": student}


def how_many(least: int, most: int | None) -> str:
    """How many teachers a method takes, as a sentence."""
    if most is None:
        return say("teachers or more", teachers=counted(least, "teacher"))
    if least == most:
        return say("teachers exactly", teachers=counted(most, "teacher"))
    return say("teachers between", least=least, most=most)


def cost_table(data: Dataset, networks: Mapping[str, Any]) -> str:
    """The architecture selector, with what the chosen one costs on this data."""
    titles = {each: words["title"] for each, words in NETWORKS.items()}
    sees = fusion_sees(networks["teachers"]) if networks["student"] == "fusion" else ("signal",)
    name = st.selectbox(
        say("student size"), list(titles), index=list(titles).index("tiny"), key="architecture",
        format_func=titles.__getitem__,
    )  # fmt: skip
    st.caption(Markdown(NETWORKS[name]["idea"]))
    try:
        source = json.dumps(dict(data.source))
        found = cache.costs(data.sha256, source, data.name, networks["student"], sees)
        each = found[name]
        st.caption(say("costs line", weights=each.weights, macs=each.macs / 1e6, milliseconds=each.milliseconds))
    except UserError as wrong:
        st.caption(sentence(wrong))
    return str(name)


def wishes(row: Row, data: Dataset) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole form: what is wished, and every setting that differs from its default."""
    networks = pick_networks(row)
    architecture = cost_table(data, networks)
    knows = ask_knowledge(data, networks)
    left, right = st.columns(2)
    usual = epochs_for(training_series(data), 16)
    epochs = left.slider(say("epochs"), 1, 400, usual, key=f"epochs_{data.sha256[:8]}")
    seed = right.number_input(say("seed"), 0, 9999, 0, key="seed")
    settings: dict[str, Any] = {"architecture": architecture}
    with st.expander(say("all settings")):
        settings |= _changed(
            say("settings method", method=Markdown(row["title"])), [_knob(k) for k in row["knobs"]], "method."
        )
        hidden = {"architecture", *(["threads"] if hosted() else [])}  # a shared host trains with one
        usual = row["learning"]
        asked = [
            replace(k, default=usual.get(k.name, k.default)) for k in knobs(StudentSettings) if k.name not in hidden
        ]
        settings |= _changed(say("settings training"), asked, "")
        settings |= _changed(say("settings teachers"), list(knobs(TeacherSettings)), "teacher.")
        for name in dict.fromkeys([*networks["teachers"], "signal"]):
            settings |= _changed(modalities()[name].title, list(knobs(modalities()[name].Params)), f"{name}.")
        of_method = say_plain("answer of method", selection=row["selection"])
        rules = {"": of_method, "best": say_plain("answer best"), "last": say_plain("answer last")}
        rule = st.selectbox(say("the answer"), list(rules), format_func=rules.__getitem__, key="selection")
    wish = {"method": row["id"], **networks, "epochs": int(epochs), "seed": int(seed)}
    wish["selection"] = rule or None
    return {**wish, "knows": knows} if knows else wish, settings


def _changed(title: str, asked: list[Knob], prefix: str) -> dict[str, Any]:
    if not asked:
        return {}
    st.markdown(f"**{title}**")
    given = ask(asked, f"set_{prefix}")
    return {prefix + k.name: given[k.name] for k in asked if given[k.name] != k.default}


def _knob(plain: Mapping[str, Any]) -> Knob:
    return Knob(**{**plain, "options": tuple(plain["options"])})


def command(data: Dataset, wish: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The shell line that trains the same run."""
    return distill_line(wish, settings, data.source)
