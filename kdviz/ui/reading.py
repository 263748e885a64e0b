"""Bringing data: a file is stored, read in a child, and explained; how it was read can be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.data import samples
from kdviz.data.dataset import Dataset
from kdviz.data.limits import RAW_BYTES
from kdviz.data.mapping import Mapping as HowRead
from kdviz.errors import UserError
from kdviz.params import knobs
from kdviz.runs import reading
from kdviz.ui import chosen
from kdviz.ui.escape import sentence
from kdviz.ui.form import ask
from kdviz.ui.words import counted, say


def bring() -> None:
    """Samples to choose from, and a place to drop a file."""
    names = samples.names()
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        now = chosen.data_id()
        st.session_state["sample"] = now if now in names else None
        st.pills(
            "Samples", list(names), format_func=lambda i: names[i].title, key="sample", on_change=_take_sample,
            wrap=True, help="\n".join(f"- **{s.title}**: {s.sentence}" for s in names.values()),
        )  # fmt: skip
    with right:
        file = st.file_uploader(say("drop"), key="file", help=say("drop help"), max_upload_size=RAW_BYTES >> 20)
    if file is not None:
        _take_file(file)


def _take_sample() -> None:
    if st.session_state["sample"]:
        chosen.choose_data(st.session_state["sample"])


def _take_file(file: Any) -> None:
    """A new file becomes the data that is looked at; one that cannot be read says so for as long as it lies here."""
    known, sha = st.session_state.get("taken", ("", ""))
    if known != file.file_id:
        sha = reading.receive(file.name, file.getvalue())
        st.session_state["taken"] = (file.file_id, sha)
    facts = facts_of(sha, "{}")
    if wrong := facts.get("wrong"):
        st.error(sentence(wrong), title=say("unreadable"))
    elif known != file.file_id:
        chosen.choose_data(facts["sha256"])
        st.rerun()


@st.cache_data(max_entries=32, show_spinner="Reading the file")
def facts_of(sha: str, mapping: str) -> dict[str, Any]:
    """The facts about an upload read in this way, which is then kept as a data set; or what is `wrong` with it."""
    try:
        return reading.read(sha, json.loads(mapping))
    except UserError as wrong:
        return {"wrong": str(wrong)}


def explain(data: Dataset) -> None:
    """What was read, why, and what to know about it; a file can be read in another way."""
    sha = str(data.source.get("file", ""))
    st.caption(say("showing file" if sha else "showing sample", name=data.name))
    for warning in data.warnings:
        st.warning(sentence(warning))
    if not sha:
        return
    if reading.received(sha) is None:
        st.caption(say("too late to change"))
        return
    now = dict(data.source.get("mapping", {}))
    facts = facts_of(sha, _key(now))
    if "wrong" not in facts:
        _recognised(facts)
    _change(sha, now)


def _recognised(facts: Mapping[str, Any]) -> None:
    low, high = facts["length"]
    length = counted(high, "sample") if low == high else f"{low:,} to {high:,} samples"
    classes = counted(len(facts["classes"]), "class", "classes") if facts["classes"] else "no classes"
    channels, series = counted(facts["channels"], "channel"), f"{facts['series']:,}"
    st.success(
        say(
            "read as",
            format=facts["format"],
            why=facts["why"],
            series=series,
            channels=channels,
            classes=classes,
            length=length,
        )
    )
    if cut := facts.get("windows"):
        st.info(say("windows", series=cut["series"], window=cut["window"], step=cut["step"]))


def _change(sha: str, now: Mapping[str, Any]) -> None:
    fresh = {k.name: k.default for k in knobs(HowRead)}
    fields = [replace(k, default=now.get(k.name, k.default)) for k in knobs(HowRead)]
    given: dict[str, Any] = {}
    with st.expander(say("not right")), st.form("mapping", border=False):
        for place, column in enumerate(st.columns(2)):
            with column:
                given |= ask(fields[place::2], f"map_{sha[:8]}_")
        if not st.form_submit_button(say("read again")):
            return
    facts = facts_of(sha, _key({name: value for name, value in given.items() if value != fresh[name]}))
    if wrong := facts.get("wrong"):
        st.error(sentence(wrong), title=say("unreadable"))
        return
    chosen.choose_data(facts["sha256"])
    st.rerun()


def _key(mapping: Mapping[str, Any]) -> str:
    return json.dumps(dict(mapping), sort_keys=True)
