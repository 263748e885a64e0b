"""Choosing how to distil: method, teachers, student; what cannot run says why, and what would help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.modalities.base import modalities
from kdviz.params import Knob, knobs
from kdviz.runs import datasets, quota, store
from kdviz.runs.waiting import refuse_long_queue
from kdviz.training.plan import TEACHERS, Teaching, Training, epochs_for, fusion_sees
from kdviz.training.recipe import recipe_from
from kdviz.ui import cached, chosen, visitor
from kdviz.ui.entry import entry, wanted
from kdviz.ui.escape import sentence, text
from kdviz.ui.form import ask
from kdviz.ui.linked import one_of
from kdviz.ui.words import counted

Row = Mapping[str, Any]
STUDENTS = {"signal": "the signal alone", "fusion": "signal and images"}
SIZES = {"tiny": "Tiny", "small": "Small", "wrn16-1": "WRN16-1", "wrn16-3": "WRN16-3"}


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
        found = cached.costs(data.sha256, source, data.name, networks["student"], sees)
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
        asked = [replace(k, default=usual.get(k.name, k.default)) for k in knobs(Training) if k.name not in hidden]
        settings |= _changed("Training", asked, "")
        settings |= _changed("Teachers", list(knobs(Teaching)), "teacher.")
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


def begin(data: Dataset, wish: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Make the run, start its worker, and look at it from now on; raises UserError where it cannot run."""
    refuse_long_queue()
    quota.refuse_more()
    quota.refuse_more_runs()
    source = dict(data.source)
    if "sample" not in source and data.sha256 not in datasets.store():
        quota.refuse_more_data()
    datasets.keep(data)
    words, _ = cached.looker().ask(
        "plan", data=data.sha256, source=source, name=data.name, wish=dict(wish), settings=dict(settings)
    )
    run = store.make(recipe_from(words["recipe"]), data.name, source, made=store.IN_APP, visitor=visitor.who())
    cached.supervisor().wake()
    chosen.choose_run(run.folder.name)


def command(data_id: str, wish: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The shell line that trains the same run."""
    source = f"sample:{data_id}" if len(data_id) != 64 else "FILE"
    words = [f"python -m kdviz distill {source} --method {wish['method']}"]
    words.append(f"--teachers {','.join(wish['teachers'])} --student {wish['student']}")
    words.append(f"--epochs {wish['epochs']} --seed {wish['seed']}")
    if wish.get("selection"):
        words.append(f"--selection {wish['selection']}")
    if settings:
        words.append("--set " + " ".join(f"{k}={v}" for k, v in settings.items()))
    return " \\\n  ".join([*words, "--out my-run"])
