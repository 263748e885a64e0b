"""The form: teachers, student, budget, and every other setting; filled in as a run was asked for that is opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Value
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modalities
from kdviz.runs.store.run import Run
from kdviz.training.budget import FALL, LEARNED
from kdviz.training.defaults import NETWORKS, TEACHERS, StudentSettings, fusion_sees, most_epochs
from kdviz.training.knowledge import training_series
from kdviz.training.shell_command import distill_line, said
from kdviz.ui.distill import settings_dialog
from kdviz.ui.distill.method_choice import wanted
from kdviz.ui.shell.frame import link
from kdviz.ui.state import cache, current
from kdviz.ui.texts.formatting import Markdown, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain, students
from kdviz.ui.widgets.knowledge_form import ask_knowledge, fill_knowledge

Row = Mapping[str, Any]


def about(data: Dataset) -> None:
    """What there is to learn from, in one line."""
    st.markdown(
        say(
            "to learn from", data=text(data.name), classes=counted(len(data.classes), "class"), train=data.train.size,
            validation=data.validation.size, test=data.test.size,
        )
    )  # fmt: skip


def pick_networks(row: Row) -> dict[str, Any]:
    """Teachers, student, architecture, budget."""
    titles = {name: kind.title for name, kind in modalities().items()}
    least, most = row["needs"]["teachers"]
    _usually(f"teachers_{row['id']}", list(wanted(row).usual(TEACHERS)))
    teachers = st.pills(
        say("teachers see"), list(titles), selection_mode="multi", format_func=titles.__getitem__,
        wrap=True, key=f"teachers_{row['id']}", help=f"{how_many(least, most)} {say('teachers see help')}",
    )  # fmt: skip
    kinds_there = students()
    kinds = row["needs"]["student_kinds"] or list(kinds_there)
    _usually(f"student_{row['id']}", kinds[0])
    student = st.segmented_control(
        say("student sees"), list(kinds_there), required=True, key=f"student_{row['id']}",
        format_func=kinds_there.__getitem__, help=say("student sees help"), wrap=True,
    )  # fmt: skip
    return {"teachers": list(teachers), "student": student}


def _usually(key: str, value: object) -> None:
    """What a widget says before it is touched: an opened run may have filled it in, so it has no default of its own."""
    st.session_state.setdefault(key, value)


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
    _usually("architecture", "tiny")
    name = st.selectbox(
        say("student size"), list(titles), key="architecture",
        format_func=titles.__getitem__,
    )  # fmt: skip
    idea = Markdown(NETWORKS[name]["idea"])
    try:
        source = json.dumps(dict(data.source))
        found = cache.costs(data.sha256, source, data.name, networks["student"], sees)
        each = found[name]
        cost = say("costs line", weights=each.weights, macs=each.macs / 1e6, milliseconds=each.milliseconds)
    except UserError as wrong:
        cost = sentence(wrong)
    st.caption(f"{idea} {cost}")
    return str(name)


def wishes(row: Row, data: Dataset) -> tuple[dict[str, Any], dict[str, Value]]:
    """The whole form: what is wished, and every setting that differs from its default."""
    networks = pick_networks(row)
    architecture = cost_table(data, networks)
    knows = ask_knowledge(data, networks)
    budget, epochs, seed = how_long(data)
    settings = {"architecture": architecture, **settings_dialog.changed(_groups(row, networks, budget))}
    wish = {"method": row["id"], **networks, "epochs": epochs, "seed": seed, "budget": budget}
    wish["selection"] = settings_dialog.rule()
    return {**wish, "knows": knows} if knows else wish, settings


def how_long(data: Dataset) -> tuple[str, int, int]:
    """The budget, its epochs and the seed, with what the budget means."""
    titles = {"converged": say_plain("budget converged"), "quick": say_plain("budget quick")}
    _usually("budget", "converged")
    chosen = st.segmented_control(
        say("how long"), list(titles), required=True, key="budget", wrap=True, format_func=titles.__getitem__
    )
    budget = str(chosen)
    key = f"epochs_{budget}_{data.sha256[:8]}"
    _usually(key, most_epochs(training_series(data), 16, budget))
    _usually("seed", 0)
    label = say("epochs") if budget == "quick" else say("epochs at most")
    left, right = st.columns([3, 1])
    epochs = left.slider(label, 1, 400, key=key)
    seed = right.number_input(say("seed"), 0, 9999, key="seed")
    lasts = say("budget converged means", learned=LEARNED, fall=FALL)
    st.caption(say("budget quick means") if budget == "quick" else lasts)
    return budget, int(epochs), int(seed)


def more(row: Row, wish: Mapping[str, Any]) -> None:
    """The button to all other settings."""
    settings_dialog.button(_groups(row, wish, wish["budget"]), row)


def _groups(row: Row, networks: Mapping[str, Any], budget: str) -> list[settings_dialog.SettingsGroup]:
    return settings_dialog.groups(row, [*networks["teachers"], "signal"], budget)


def refuse_unteachable(data: Dataset) -> None:
    """Where there is nothing to tell apart, the page says so before it asks for anything, and ends."""
    try:
        data.need_two_classes()
    except UserError as why:
        st.warning(sentence(why), title=say("nothing to teach"))
        with st.container(horizontal=True):
            link("data", say("change label"))
            link("encode", say("see as images"))
        st.stop()


FORM = "form_of_run"


def adopt(run: Run) -> None:
    """Fill the form as this run was asked for, once; where the link says another method, the form is left alone."""
    if st.session_state.get(FORM) == run.folder.name:
        return
    fresh, st.session_state[FORM] = FORM not in st.session_state, run.folder.name
    st.session_state.pop(AS_ASKED, None)
    recipe = run.recipe
    if fresh and st.query_params.get("method", recipe.method) != recipe.method:
        return
    try:
        wish, settings = said(recipe, cache.method_row(run))
    except UserError:
        return
    st.query_params.pop("method", None)
    st.query_params.pop("family", None)
    for name in ("method", "family", "linked_method", "linked_family"):
        st.session_state.pop(name, None)
    st.session_state["method"] = method = wish["method"]
    st.session_state[f"teachers_{method}"] = list(wish["teachers"])
    st.session_state[f"student_{method}"] = wish["student"]
    st.session_state["architecture"] = settings.pop("architecture", StudentSettings().architecture)
    st.session_state["budget"] = wish["budget"]
    st.session_state[f"epochs_{recipe.budget}_{recipe.data[:8]}"] = wish["epochs"]
    st.session_state["seed"] = wish["seed"]
    fill_knowledge(wish.get("knows", {}))
    settings_dialog.hold(settings, wish["selection"])


AS_ASKED = "form_as_asked"


def begun() -> None:
    """The run that is opened now was asked for by this form as it stands."""
    st.session_state[FORM] = current.run_id()
    st.session_state.pop(AS_ASKED, None)


def is_of_form(run: Run, wish: Mapping[str, Any], settings: Mapping[str, Value]) -> bool:
    """Whether the form still says what it said when this run was opened."""
    now = json.dumps([wish, settings], sort_keys=True, default=str)
    first = st.session_state.setdefault(AS_ASKED, now if st.session_state.get(FORM) == run.folder.name else "")
    return bool(first == now)


def command(data: Dataset, wish: Mapping[str, Any], settings: Mapping[str, Value]) -> str:
    """The shell line that trains the same run."""
    return distill_line(wish, settings, data.source, settings_dialog.device())
