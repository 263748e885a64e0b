"""What each column of a file is: time, label, subject, series, set, channel, or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.data.mapping import NOTHING, listed, quoted
from kdviz.ui.escape import plain
from kdviz.ui.words import say

ONE_EACH = ("label", "time", "subject", "id", "set")
SEVERAL = ("channels", "ignore")


def ask(now: Mapping[str, Any], facts: Mapping[str, Any], key: str) -> dict[str, str]:
    """The columns by their roles, as a mapping names them; "" where it is left as recognised."""
    names = list(facts.get("column_names", ()))
    if facts and not names:
        return {}
    given: dict[str, str] = {}
    for place, column in enumerate(st.columns(2)):
        with column:
            for role in ONE_EACH[place::2]:
                given[role] = _one(role, names, str(now.get(role, "")), facts, key)
    for role in SEVERAL:
        given[role] = _some(role, names, str(now.get(role, "")), key)
    return given


def _one(role: str, names: list[str], now: str, facts: Mapping[str, Any], key: str) -> str:
    title = say(f"role {role}")
    if not names:
        return str(st.text_input(title, now, 500, key=f"{key}{role}", help=say("column help")))
    options = ["", NOTHING, *_references(names)]
    if now not in options:
        options.append(now)
    found = plain(facts.get("columns", {}).get(role, "")) or say("nothing")
    shown = {"": say("as found", found=found).replace("\\", ""), NOTHING: say("nothing"), **_titles(names)}
    picked = st.selectbox(
        title, options, options.index(now), format_func=lambda o: shown.get(o, plain(o)), key=f"{key}{role}"
    )
    return str(picked)


def _some(role: str, names: list[str], now: str, key: str) -> str:
    title = say(f"role {role}")
    if not names:
        return str(st.text_input(title, now, 500, key=f"{key}{role}", help=say("column help")))
    options = _references(names)
    options += [n for n in listed(now) if n not in options]
    shown = _titles(names)
    picked = st.multiselect(
        title, options, list(listed(now)), format_func=lambda o: shown.get(o, plain(o)), key=f"{key}{role}",
        placeholder=say("as recognised"),
    )  # fmt: skip
    return ",".join(quoted(p) for p in picked)


def _references(names: list[str]) -> list[str]:
    """How a mapping names each column: by its name, by its place where that is empty or occurs twice."""
    counts = Counter(names)
    return [n if n.strip() == n != "" and counts[n] == 1 else f"#{i}" for i, n in enumerate(names, 1)]


def _titles(names: list[str]) -> dict[str, str]:
    return {r: plain(n) or f"column {i}" for i, (r, n) in enumerate(zip(_references(names), names, strict=True), 1)}
