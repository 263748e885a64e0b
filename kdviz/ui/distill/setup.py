"""Choosing how to distil: method, teachers, student; what cannot run says why, and what would help.

A method's entry: its idea, equation, a drawing of who hands what to whom, and where all that comes from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Knob, knobs
from kdviz.data.dataset import Dataset
from kdviz.figures.handover_diagram import handover_sentence, hands
from kdviz.methods.needs import Needs
from kdviz.modalities.base import modalities
from kdviz.training.defaults import TEACHERS, StudentSettings, TeacherSettings, epochs_for, fusion_sees
from kdviz.training.shell_command import distill_line
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence, text
from kdviz.ui.texts.sentences import SIZES, STUDENTS, counted
from kdviz.ui.widgets.form import ask

Row = Mapping[str, Any]


def entry(row: Row) -> None:
    """Everything a method says of itself."""
    about = row["about"]
    st.markdown(about["idea"])
    st.latex(about["equation"])
    if about["elsewhere"]:
        st.caption(f"The name elsewhere: {about['elsewhere']}")
    with st.expander("Who hands what to whom, cost, what it claims, sources"):
        drawing, words = st.columns([3, 2], gap="medium")
        with drawing:
            st.plotly_chart(
                hands(about["hands"]), key=f"hands_{row['id']}", config={"displayModeBar": False},
                alt=f"Who hands what to whom. {handover_sentence(about['hands'])}",
            )  # fmt: skip
        words.markdown(f"**It costs:** {about['cost']}")
        words.markdown(f"**Of the evidence it claims to hand on:** {about['claims']}")
        for paper in about["papers"]:
            words.markdown(f"- {paper}")


def wanted(row: Row) -> Needs:
    """What the method needs, of its row of the catalogue."""
    needs = row["needs"]
    return Needs(**{**needs, "teachers": tuple(needs["teachers"])})


def refused(row: Row, wish: Mapping[str, Any]) -> bool:
    """Say why the method cannot run with the wished teachers and student, and the change that would enable it."""
    reason = wanted(row).refusal(wish["teachers"], wish["student"])
    if reason:
        st.warning(reason, title=f"{row['title']} cannot run so")
    return reason is not None


def disabled(rows: Sequence[Row], wish: Mapping[str, Any]) -> None:
    """The methods that cannot run with the wished teachers and student, each with the change that would enable it."""
    reasons = {row["title"]: wanted(row).refusal(wish["teachers"], wish["student"]) for row in rows}
    lines = [f"- **{title}**: {reason}" for title, reason in reasons.items() if reason]
    if lines:
        with st.expander(f"{len(lines)} of {len(rows)} methods cannot run with these teachers and this student"):
            st.markdown("\n".join(lines))


def about(data: Dataset) -> None:
    """What there is to learn from, in one line."""
    st.markdown(
        f"**{text(data.name)}**: {len(data.classes)} classes, {data.train.size} series to learn from, "
        f"{data.validation.size} to choose by, {data.test.size} to test on."
    )


def pick_method(rows: list[Row]) -> Row:
    """The method selector and the method's entry."""
    by_id = {r["id"]: r for r in rows}
    first = "aver" if "aver" in by_id else next(iter(by_id))
    row = by_id[one_of(st.selectbox, "Method", {i: r["title"] for i, r in by_id.items()}, first, "method")]
    entry(row)
    return row


def pick_networks(row: Row) -> dict[str, Any]:
    """Teachers, student, architecture, budget."""
    titles = {name: kind.title for name, kind in modalities().items()}
    least, most = row["needs"]["teachers"]
    start = list(wanted(row).usual(TEACHERS))
    teachers = st.pills(
        "Teachers see", list(titles), selection_mode="multi", default=start, format_func=titles.__getitem__, wrap=True,
        key=f"teachers_{row['id']}", help=how_many(least, most),
    )  # fmt: skip
    kinds = row["needs"]["student_kinds"] or list(STUDENTS)
    student = st.segmented_control(
        "The student sees", list(STUDENTS), default=kinds[0], required=True, key=f"student_{row['id']}",
        format_func=STUDENTS.__getitem__, help="Images are joined to the signal by cross-attention.", wrap=True,
    )  # fmt: skip
    return {"teachers": list(teachers), "student": student}


def how_many(least: int, most: int | None) -> str:
    """How many teachers a method takes, as a sentence."""
    if most is None:
        return f"This method takes {counted(least, 'teacher')} or more."
    return f"This method takes {counted(most, 'teacher') if least == most else f'{least} to {most} teachers'}."


def cost_table(data: Dataset, networks: Mapping[str, Any]) -> str:
    """The architecture selector, with what the chosen one costs on this data."""
    sees = fusion_sees(networks["teachers"]) if networks["student"] == "fusion" else ("signal",)
    name = st.segmented_control(
        "Student size", list(SIZES), default="tiny", required=True, key="architecture", format_func=SIZES.__getitem__,
        wrap=True,
    )  # fmt: skip
    try:
        source = json.dumps(dict(data.source))
        found = cache.costs(data.sha256, source, data.name, networks["student"], sees)
        each = found[name]
        st.caption(
            f"{each['weights']:,} weights, {each['macs'] / 1e6:.2f} M multiply-adds a series, "
            f"{each['milliseconds']:.1f} ms a series on this machine."
        )
    except UserError as wrong:
        st.caption(sentence(wrong))
    return str(name)


def wishes(row: Row, data: Dataset) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole form: what is wished, and every setting that differs from its default."""
    networks = pick_networks(row)
    architecture = cost_table(data, networks)
    left, right = st.columns(2)
    usual = epochs_for(data.train.size, 16)
    epochs = left.slider("Epochs", 1, 400, usual, key=f"epochs_{data.sha256[:8]}")
    seed = right.number_input("Seed", 0, 9999, 0, key="seed")
    settings: dict[str, Any] = {"architecture": architecture}
    with st.expander("All settings"):
        settings |= _changed(f"Method: {row['title']}", [_knob(k) for k in row["knobs"]], "method.")
        hidden = {"architecture"}
        usual = row["learning"]
        asked = [
            replace(k, default=usual.get(k.name, k.default)) for k in knobs(StudentSettings) if k.name not in hidden
        ]
        settings |= _changed("Training", asked, "")
        settings |= _changed("Teachers", list(knobs(TeacherSettings)), "teacher.")
        for name in dict.fromkeys([*networks["teachers"], "signal"]):
            settings |= _changed(modalities()[name].title, list(knobs(modalities()[name].Params)), f"{name}.")
        rule = st.selectbox("The answer", [f"the method's ({row['selection']})", "best", "last"], key="selection")
    wish = {"method": row["id"], **networks, "epochs": int(epochs), "seed": int(seed)}
    wish["selection"] = rule if rule in ("best", "last") else None
    return wish, settings


def _changed(title: str, asked: list[Knob], prefix: str) -> dict[str, Any]:
    if not asked:
        return {}
    st.markdown(f"**{title}**")
    given = ask(asked, f"set_{prefix}")
    return {prefix + k.name: given[k.name] for k in asked if given[k.name] != k.default}


def _knob(plain: Mapping[str, Any]) -> Knob:
    return Knob(**{**plain, "options": tuple(plain["options"])})


def command(data_id: str, wish: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The shell line that trains the same run."""
    return distill_line(wish, settings, {"sample": data_id} if len(data_id) != 64 else {})
