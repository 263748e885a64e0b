"""Changing how a file is read: what each column is, how a recording is cut, which series are for testing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.data.mapping import Mapping as HowRead
from kdviz.data.mapping import mapping_from
from kdviz.params import Knob, knobs
from kdviz.ui import cutting, roles
from kdviz.ui.form import ask
from kdviz.ui.shell import command
from kdviz.ui.words import say

Given = Mapping[str, Any]
KNOBS = {k.name: k for k in knobs(HowRead)}
OF_TEXT = ("header", "separator", "decimal", "encoding", "bad_lines")
OF_MANY = ("Excel", "ODS", "MATLAB", "npz", "JSON")
OF_SETS = ("split", "test", "validation", "seed")


def change(sha: str, now: Given, facts: Given, title: str) -> dict[str, Any] | None:
    """The mapping that was asked for; None where nothing was."""
    key = f"map_{sha[:8]}_"
    with st.expander(title):
        names = [say("tab columns")] + [say("tab windows")] * bool(facts.get("outline")) + [say("tab sets")]
        tabs = st.tabs(names)
        with tabs[0]:
            asked = _columns(now, facts, key)
        if facts.get("outline"):
            with tabs[1]:
                asked = cutting.windows(now, facts, key) or asked
        with tabs[-1]:
            asked = _sets(now, facts, key) or asked
        if facts:
            _copied(now, str(facts.get("name", "data.csv")))
    return asked


def _columns(now: Given, facts: Given, key: str) -> dict[str, Any] | None:
    asked = _knobs(_of(facts), now)
    with st.form(f"{key}columns", border=False):
        given: dict[str, Any] = {**roles.ask(now, facts, key)}
        for place, column in enumerate(st.columns(2)):
            with column:
                given |= ask(asked[place::2], key)
        left, right = st.columns(2)
        if left.form_submit_button(say("read again"), type="primary"):
            return _said({**now, **given})
        return {} if right.form_submit_button(say("as recognised")) else None


def _of(facts: Given) -> tuple[str, ...]:
    """The settings that mean something for this file; all of them where it could not be read."""
    found = str(facts.get("format", ""))
    text = not facts or bool(facts["read_with"])
    many = not facts or "zipped" in found or found in OF_MANY
    clock = not facts or "time" in facts["columns"]
    more = ("axes",) * (not text or not facts) + ("member",) * many + ("order",) * clock
    return (*(OF_TEXT if text else ()), "layout", "rate", *more)


def _sets(now: Given, facts: Given, key: str) -> dict[str, Any] | None:
    ways = ["auto", "stratified", "block"]
    ways += ["file"] * bool(facts.get("file_split")) + ["group"] * (facts.get("groups", 0) > 1)
    with st.form(f"{key}sets", border=False):
        st.caption(say("sets"))
        asked = _knobs(OF_SETS, now)
        if facts:
            asked[0] = replace(asked[0], options=tuple(o for o in asked[0].options if o in ways))
        given = ask(asked, key)
        return _said({**now, **given}) if st.form_submit_button(say("split again")) else None


def _knobs(names: tuple[str, ...], now: Given) -> list[Knob]:
    return [replace(KNOBS[n], default=now.get(n, KNOBS[n].default)) for n in names]


def _said(given: Given) -> dict[str, Any]:
    """Only what differs from what is done unasked."""
    return mapping_from(dict(given)).plain()


def _copied(now: Given, name: str) -> None:
    how = mapping_from(dict(now))
    st.caption(say("copied", name=name))
    st.code(how.python(name), language="python")
    command(f"python -m kdviz inspect {how.shell(name)}")
