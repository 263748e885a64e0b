"""Every setting beyond the few of the form: drawn in a dialog when asked for, and kept as what differs from usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Knob, Value, knobs
from kdviz.modalities.base import modalities
from kdviz.runs.store.home import hosted
from kdviz.training.defaults import StudentSettings, TeacherSettings, teaching
from kdviz.training.device import DEVICES, USUAL, may_have_card
from kdviz.ui.texts.formatting import Markdown
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.form import ask

CHANGED, OPENED_WITH = "changed_settings", "settings_opened_with"
RULES = ("", "best", "last")


@dataclass(frozen=True)
class SettingsGroup:
    """Knobs under one title; `prefix` says whom they concern, as on the command line, `usually` what defaults go by."""

    title: str
    prefix: str
    knobs: Sequence[Knob]
    usually: str = ""


def groups(row: Mapping[str, Any], seen: Iterable[str], budget: str) -> list[SettingsGroup]:
    """What can be set for a method, its training, its teachers by the budget, and the views `seen`."""
    usual, hidden = (
        row["learning"],
        {"architecture", "budget", *(["threads"] if hosted() else [])},
    )  # a host trains by 1
    training = [
        replace(k, default=usual.get(k.name, k.default)) for k in knobs(StudentSettings) if k.name not in hidden
    ]
    taught = teaching(budget, row["teaching"])
    teachers = [replace(k, default=taught.get(k.name, k.default)) for k in knobs(TeacherSettings)]
    method = [Knob(**{**plain, "options": tuple(plain["options"])}) for plain in row["knobs"]]
    found = [
        SettingsGroup(say("settings method", method=Markdown(row["title"])), "method.", method),
        SettingsGroup(say("settings training"), "", training),
        SettingsGroup(say("settings teachers"), "teacher.", teachers, budget),
        *(SettingsGroup(modalities()[m].title, f"{m}.", knobs(modalities()[m].Params)) for m in dict.fromkeys(seen)),
    ]
    return [each for each in found if each.knobs]


def changed(given: Sequence[SettingsGroup]) -> dict[str, Value]:
    """The settings among these that differ from what is usual."""
    held, found = st.session_state.get(CHANGED, {}), {}
    for group in given:
        for knob in group.knobs:
            value = _sound(knob, held.get(group.prefix + knob.name))
            if value is not None and value != knob.default:
                found[group.prefix + knob.name] = value
    return found


def rule() -> str | None:
    """Which epoch answers; None leaves it to the method."""
    return st.session_state.get(CHANGED, {}).get("selection") or None


def device() -> str:
    """Where it shall train; empty where nobody chose, or there is no choice."""
    return str(st.session_state.get(CHANGED, {}).get("device") or "") if may_have_card() else ""


def hold(settings: Mapping[str, Value], selection: str | None) -> None:
    """From now on these are the settings that differ."""
    kept = {"selection": selection or "", "device": device()}
    st.session_state[CHANGED] = {**settings, **{name: word for name, word in kept.items() if word}}


def button(given: Sequence[SettingsGroup], row: Mapping[str, Any]) -> None:
    """Opens the dialog; says how many settings differ from what is usual."""
    count = len(changed(given)) + bool(rule()) + bool(device())
    label = say("settings changed", count=count) if count else say("settings open")
    if st.button(label, key="settings", icon=":material/tune:"):
        st.session_state[OPENED_WITH] = dict(st.session_state.get(CHANGED, {}))
        st.dialog(say("all settings"), width="large", on_dismiss="rerun")(_ask)(given, row)


def _ask(given: Sequence[SettingsGroup], row: Mapping[str, Any]) -> None:
    """The form. It begins with what held when it was opened: a widget's default must not change under the hand."""
    began, now = st.session_state.get(OPENED_WITH, {}), dict(st.session_state.get(CHANGED, {}))
    left, right = st.columns(2, gap="large")
    for place, group in enumerate(given):
        with left if place < 2 else right:
            st.markdown(f"**{group.title}**")
            first = {k.name: _sound(k, began.get(group.prefix + k.name)) for k in group.knobs}
            shown = [k if (held := first[k.name]) is None else replace(k, default=held) for k in group.knobs]
            asked = ask(shown, f"set_{row['id']}_{group.usually}{group.prefix}")
            for knob in group.knobs:
                now[group.prefix + knob.name] = asked[knob.name]
                if asked[knob.name] == knob.default:  # another method may have another default
                    del now[group.prefix + knob.name]
    usual = say_plain("answer of method", selection=row["selection"])
    rules = {"": usual, "best": say_plain("answer best"), "last": say_plain("answer last")}
    first_rule = began.get("selection", "")
    place = RULES.index(first_rule) if first_rule in RULES else 0
    with left:
        now["selection"] = st.selectbox(say("the answer"), RULES, place, format_func=rules.__getitem__, key="selection")
        if may_have_card():
            place = DEVICES.index(began["device"]) if began.get("device") in DEVICES else 0
            chosen = st.selectbox(say("device"), DEVICES, place, key="device", help=say("device means"))
            now["device"] = "" if chosen == USUAL else chosen
    st.session_state[CHANGED] = now
    with st.container(horizontal=True):
        if st.button(say("settings done"), key="settings_done"):
            st.rerun()
        if st.button(say("settings usual"), key="settings_usual"):
            st.session_state[CHANGED] = {}
            st.rerun()


def _sound(knob: Knob, given: object) -> Value | None:
    """What was set, where this knob allows it."""
    if given is None:
        return None
    try:
        return knob.read(given)
    except UserError:
        return None
