"""Which data set and which run a visitor looks at: in the URL, carried from page to page, asked for where missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.limits import BROWSER_MEGABYTES, HOSTED_MEGABYTES
from kdviz.runs.hosting import uploads
from kdviz.runs.hosting.share_links import TOKEN, shared, token
from kdviz.runs.store.home import RUN_ID, NoHome, hosted
from kdviz.runs.store.run import PART_OF_ID, Run, find_run
from kdviz.ui.state import cache, url
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.texts.sentences import say

NAME = "file"
LONGEST = 64


def file_name_in_link() -> str:
    """The name of the file that the link says; text, and never a path."""
    return one_line(st.query_params.get(NAME, ""), LONGEST)


def name(given: str | None) -> None:
    """Say in the link what the file is called; None where there is none."""
    if not given:
        st.query_params.pop(NAME, None)
    elif st.query_params.get(NAME) != given[:LONGEST]:
        st.query_params[NAME] = given[:LONGEST]


def upload_megabytes() -> int:
    """How large a file may come through the browser, in MB: the server may have been started with less."""
    return min(HOSTED_MEGABYTES if hosted() else BROWSER_MEGABYTES, int(st.get_option("server.maxUploadSize")))


def ask(sha256: str, called: str, mapping: Mapping[str, Any], otherwise: Callable[[], None]) -> NoReturn:
    """Ask for the file of a data set; `otherwise` is what to look at instead. Nothing follows on the page."""
    st.warning(say("link needs", file=called or say("unnamed file"), mark=sha256[:6]), title=say("data not here"))
    files = st.file_uploader(say("the file"), key=f"missing_{sha256[:12]}", max_upload_size=upload_megabytes(),
                             accept_multiple_files=True, label_visibility="collapsed")  # fmt: skip
    if files:
        _take(files, sha256, mapping)
    st.button(say("sample instead"), key="sample_instead", on_click=otherwise)
    st.stop()


def _take(files: Sequence[Any], sha256: str, mapping: Mapping[str, Any]) -> None:
    """Read what was dropped as the link says it was read; whether it is the one is told by its fingerprint."""
    try:
        content, called = uploads.take_in([(file.name, file.getvalue()) for file in files])
        with st.spinner(say("reading file")):
            note = st.empty()
            found = uploads.read(content, mapping, waits=lambda: note.caption(say("reading waits")))["sha256"]
    except UserError as wrong:
        st.error(sentence(wrong), title=say("link unreadable"))
        return
    if found == sha256:
        uploads.remember(content, mapping)
        st.rerun()
    st.error(
        say("link other file", file=one_line(called), found=found[:6], wanted=sha256[:6]),
        title=say("link other title"),
    )


DEFAULT = "gunpoint"
FINGERPRINT = 64
DATA_ID = re.compile(r"[0-9a-f]{64}|[a-z_]{3,40}")


def data_id() -> str:
    """A sample's id or a stored fingerprint: of the URL, the session, the run that a link names, or the default."""
    return _carried("data", None, DATA_ID) or _data_of_link() or _carried("data", DEFAULT, DATA_ID) or DEFAULT


def _data_of_link() -> str | None:
    """The data of the run that a link names where it says nothing of data; None where that run cannot be read."""
    try:
        asked = any_run() if st.query_params.get("run") else None
        return None if asked is None else str(asked.request.get("source", {}).get("sample") or asked.recipe.data)
    except UserError:
        return None


def choose_data(identity: str) -> None:
    """Look at this data set from now on, on every page."""
    if identity != st.session_state.get("chosen_data"):
        _set("run", None)
    _set("data", identity)


def data() -> Dataset:
    """The chosen data set; where a file's is not here, the page asks for that file and ends."""
    identity = data_id()
    try:
        found = cache.dataset(identity)
    except UserError as wrong:
        if (data := _read_by_link()) is not None:
            return data
        if len(identity) == FINGERPRINT and not isinstance(wrong, NoHome):
            ask(identity, file_name_in_link(), url.mapping(), sample_instead)
        st.warning(sentence(wrong), title=say("data not here"))
        sample_instead()
        return cache.dataset(DEFAULT)
    _described(found.source)
    return found


def data_of(run: Run) -> Dataset:
    """The data set of a run; where it is not here, the page asks for its file and ends."""
    try:
        found = cache.dataset_of(run)
    except UserError:
        request, sha = run.request, run.recipe.data
        source = request.get("source", {})
        called = str(source.get("name") or request.get("data", ""))
        ask(sha, called, source.get("mapping", {}), leave_run)
    _described(found.source)
    return found


def _described(source: Mapping[str, Any]) -> None:
    """The link says which file it needs, and how that is read."""
    name(str(source.get("name", "")) if "file" in source else None)
    if "file" in source:
        url.set_mapping(source.get("mapping", {}))


def sample_instead() -> None:
    """Look at the default sample from now on."""
    choose_data(DEFAULT)


def leave_run() -> None:
    """Look at no run from now on."""
    choose_run(None)


def _read_by_link() -> Dataset | None:
    """The chosen data where a link to a run that stands on it lets one read both."""
    found = shared(run_id() or "", _carried("link", None, TOKEN) or "") if hosted() else None
    return cache.dataset_of(found) if found is not None and found.recipe.data == data_id() else None


def run_id() -> str | None:
    """The run in the URL or the session, if any."""
    return _carried("run", None, RUN_ID)


def choose_run(identity: str | None) -> None:
    """Look at this run from now on."""
    _set("run", identity)
    _set("link", None)


def run() -> Run | None:
    """The chosen run where it learned classes; one that watched a recording is looked at on the page Watch."""
    found = any_run()
    try:
        return None if found is None or found.recipe.train_end else found
    except UserError:
        return found


def any_run() -> Run | None:
    """The chosen run; None where none is chosen or it is not here, which is said. A link may name it in short."""
    asked = one_line(st.query_params.get("run", ""), LONGEST)
    identity = run_id() or (asked if PART_OF_ID.fullmatch(asked) else None)
    if identity is None:
        if asked:
            st.warning(say("run not here", run=asked), title=say("no such run"))
        return None
    try:
        here = find_run(identity)
        _set("run", here.folder.name)
        return _linked(here)
    except UserError:
        found = shared(identity, _carried("link", None, TOKEN) or "") if hosted() else None
        if found is not None:
            return found
        st.warning(say("run not here", run=identity[:8]), title=say("no such run"))
        _set("run", None)
        return None


def still_readable(run: Run) -> bool:
    """Whether the visitor may still look at a run that his open page shows: a link can have been taken back."""
    return own(run) or shared(run.folder.name, str(st.session_state.get("chosen_link") or "")) is not None


def _linked(run: Run) -> Run:
    """One's own run; on a shared host its link lets whoever is given it read."""
    if hosted():
        _set("link", token(run))
    return run


def _carried(name: str, default: str | None, shape: re.Pattern[str]) -> str | None:
    given = st.query_params.get(name) or st.session_state.get(f"chosen_{name}") or default
    if given is None or not shape.fullmatch(given):
        given = default
    _set(name, given)
    return given


def _set(name: str, value: str | None) -> None:
    st.session_state[f"chosen_{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


__all__ = ["choose_data", "choose_run", "data", "data_id", "data_of", "run", "run_id"]
