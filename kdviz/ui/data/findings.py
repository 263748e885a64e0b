"""What was found about the quality of a file, each with a button for what can be done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.ui.texts.formatting import sentence, text
from kdviz.ui.texts.sentences import SENTENCES, counted, say

Given = Mapping[str, Any]
_NAMED = re.compile(r"\b([a-z_]{2,15})=(\"[^\"]{1,40}\"|[\w#.+*-]{1,40})")
MOST, SHORT = 40, 90


def findings(facts: Given, now: Given, sha: str) -> dict[str, Any] | None:
    """Everything to know about the data; the mapping with the remedy that was asked for, None where none was."""
    known = {f["sentence"]: f for f in facts.get("findings", ())}
    said: Sequence[str] = facts["warnings"]
    if not said:
        st.caption(say("quality fine"))
        return None
    with st.expander(
        say("quality line", count=counted(len(said), "finding"), first=sentence(_short(said[0]))), key="findings"
    ):
        return _each(said, known, now, sha)


def _short(warning: str) -> str:
    return warning if len(warning) <= SHORT else f"{warning[:SHORT].rsplit(' ', 1)[0]} ..."


def _each(said: Sequence[str], known: Given, now: Given, sha: str) -> dict[str, Any] | None:
    for place, warning in enumerate(said[:MOST]):
        with st.container(border=True):
            st.markdown(f":material/info: {sentence(warning)}")
            finding = known.get(warning, {})
            ways = [w for w in finding.get("remedies", ()) if w.partition("=")[2] != finding.get("applied")]
            if again := buttons(warning, now, f"{sha[:8]}_{place}", ways):
                return again
    return None


def buttons(warning: str, now: Given, key: str, ways: Sequence[str] = ()) -> dict[str, Any] | None:
    """A button for every remedy given or named in the sentence; the mapping with the one that was pressed."""
    offers = [w for w in dict.fromkeys([*ways, *settings_named(warning)]) if w.partition("=")[0] and _new(w, now)]
    if not offers:
        return None
    with st.container(horizontal=True):
        pressed = [w for w in offers if st.button(_title(w), key=f"{key}_{w}")]
    return {**now, **_pair(pressed[0])} if pressed else None


def settings_named(warning: str) -> list[str]:
    """The settings that a sentence names as name=value, where a mapping takes them."""
    found = [(name, value.rstrip(".") or value) for name, value in _NAMED.findall(warning)]
    return [f"{name}={value}" for name, value in found if _allowed(name, value)]


def _allowed(name: str, value: str) -> bool:
    if value.isupper() and name != "missing_words":
        return False  # HZ, COLUMN: to be filled in
    try:
        mapping_from({name: value.rstrip(".")})
    except UserError:
        return False
    return True


def _pair(way: str) -> dict[str, str]:
    name, _, value = way.partition("=")
    return {name: value.rstrip(".")}


def _new(way: str, now: Given) -> bool:
    ((name, value),) = _pair(way).items()
    return str(now.get(name, "")) != value


def _title(way: str) -> str:
    known = f"remedy {way}"
    return say(f"remedy {way}") if known in SENTENCES else text(way)
