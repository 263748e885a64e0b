"""Bringing data: a file is stored, read in a child, and explained; how it was read can be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.sources import samples
from kdviz.runs.hosting import uploads
from kdviz.runs.store.home import home
from kdviz.ui.data import findings, mapping_form, surety_panel
from kdviz.ui.state import cache, current, url
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import counted, say
from kdviz.ui.widgets.upload import BROUGHT, OPENED, by_name, dropped, from_folder, store

STOPPED = "reading_stopped"
SPLIT = {"gaps": "split"}
"""How a file is read that nobody has said anything about: a window over a gap in time would show what never was."""


def bring() -> None:
    """Samples to choose from, and a place to drop a file; what cannot be read yet, and how to change that."""
    names = samples.names()
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        now = current.data_id()
        st.session_state["sample"] = now if now in names else None
        st.pills(
            say("sample sets"), list(names), format_func=lambda i: names[i].title, key="sample", on_change=_take_sample,
            wrap=True, help="\n".join(f"- **{s.title}**: {s.sentence}" for s in names.values()),
        )  # fmt: skip
    with right:
        with st.container():  # each has its place: a word about a dropped file would leave the next box there twice
            if files := dropped(say("drop"), "file"):
                store(files)
        with st.container():
            from_folder()
        by_name()
    if st.session_state.pop(STOPPED, False):
        st.info(say("reading stopped"))
    if BROUGHT in st.session_state:
        _open(*st.session_state[BROUGHT])


def _take_sample() -> None:
    if st.session_state["sample"]:
        st.session_state.pop(BROUGHT, None)
        url.set_mapping({})
        current.choose_data(st.session_state["sample"])


def _open(sha: str, mapping: Mapping[str, Any]) -> None:
    """Look at a file read in this way; where that cannot be, say why, and what may be changed."""
    facts = facts_of(sha, mapping)
    if not mapping and facts.get("outline", {}).get("gaps"):
        apart = facts_of(sha, SPLIT)
        mapping, facts = (SPLIT, apart) if "wrong" not in apart else (mapping, facts)
    if "wrong" not in facts:
        del st.session_state[BROUGHT]
        st.session_state[OPENED] = (facts["sha256"], sha, dict(mapping), facts["name"])
        uploads.remember(sha, mapping)
        current.choose_data(facts["sha256"])
        st.rerun()
    st.error(sentence(facts["wrong"]), title=say("unreadable"))
    again = findings.buttons(facts["wrong"], mapping, f"wrong_{sha[:8]}")
    again = again or mapping_form.change(sha, mapping, {}, say("change refused"))
    if again is not None:
        _try(sha, again)


def _try(sha: str, mapping: Mapping[str, Any]) -> None:
    st.session_state[BROUGHT] = (sha, dict(mapping))
    st.rerun()


def facts_of(sha: str, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about an upload read in this way, which is then kept as a data set; or what is `wrong` with it."""
    key = (f"{home()} {sha}", json.dumps(dict(mapping), sort_keys=True))
    shelf = cache.facts()
    if (known := shelf.get(key)) is not None and uploads.received(sha) is not None:
        return known
    bar, beginning, stop = st.progress(0.0, text=say("reading file")), st.empty(), st.empty()

    def tell(share: float) -> None:
        bar.progress(share, text=say("reading file"))

    def wait() -> None:
        bar.progress(0.0, text=say("reading waits"))

    def hear(said: str) -> None:
        beginning.info(say("reading head", said=sentence(said)))
        stop.button(say("reading stop"), key=f"stop_{sha[:8]}", icon=":material/stop:", on_click=_stop, args=(sha,))

    try:
        found = uploads.read(sha, mapping, tell, wait, hear)
    except UserError as wrong:
        found = {"wrong": str(wrong)}
    for place in (bar, beginning, stop):
        place.empty()
    shelf.put(key, found)
    return found


def _stop(sha: str) -> None:
    """The page goes back to what was looked at before; the process that reads ends with the page's run."""
    if st.session_state.pop(BROUGHT, None) is not None:
        st.session_state[STOPPED] = True
        uploads.let_go(sha)


def explain(data: Dataset) -> None:
    """What was read, why, and what to know about it; a file can be read in another way."""
    sha, now, name = _origin(data)
    st.caption(say("showing file" if sha else "showing sample", name=name))
    if sha:
        url.set_mapping(now)
    here = bool(sha) and uploads.received(sha) is not None
    facts = facts_of(sha, now) if here else {"wrong": ""}
    if "wrong" in facts:
        for warning in data.warnings:
            st.warning(sentence(warning))
        if sha and not here:
            st.caption(say("too late to change"))
        return
    _recognised(facts)
    again = mapping_form.change(sha, now, facts, say("not right"))
    again = surety_panel.offered(facts, now, sha, facts_of) or again
    again = findings.findings(facts, now, sha) or again
    if again is not None:
        _try(sha, again)


def _origin(data: Dataset) -> tuple[str, dict[str, Any], str]:
    """File, mapping and name: of the file that was opened here, since others may hold the very same data."""
    opened = st.session_state.get(OPENED)
    if opened is not None and opened[0] == data.sha256:
        return opened[1], dict(opened[2]), opened[3]
    return str(data.source.get("file", "")), dict(data.source.get("mapping", {})), data.name


def _recognised(facts: Mapping[str, Any]) -> None:
    low, high = facts["length"]
    length = counted(high, "sample") if low == high else say("samples between", low=low, high=high)
    classes = counted(len(facts["classes"]), "class") if facts["classes"] else say("classes none")
    why, subject = facts["why"], facts.get("columns", {}).get("subject")
    if subject:
        why = say("why subject", why=why, column=str(subject))
    channels, series = counted(facts["channels"], "channel"), f"{facts['series']:,}"
    st.success(
        say(
            "read as",
            format=facts["format"],
            why=why,
            series=series,
            channels=channels,
            classes=classes,
            length=length,
        )
    )
    if cut := facts.get("windows"):
        st.info(say("windows", series=cut["series"], window=cut["window"], step=cut["step"]))
