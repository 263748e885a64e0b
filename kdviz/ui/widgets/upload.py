"""A file dropped on any page: taken in, stored, and looked at from then on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from kdviz.core.errors import UserError
from kdviz.data.sources import samples
from kdviz.data.sources.installed import kinds
from kdviz.runs.hosting import uploads
from kdviz.runs.store import datasets
from kdviz.runs.store.home import hosted
from kdviz.ui.state import current, url
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain


def _itself(file: UploadedFile, memo: dict[int, Any]) -> UploadedFile:
    """Streamlit copies what a widget returns: of 500 MB that nobody changes it would hold two."""
    del memo
    return file


UploadedFile.__deepcopy__ = _itself  # type: ignore[attr-defined]


def dropped(label: str, key: str) -> list[Any]:
    """Where files are dropped, and those that just were; what was stored is listed no more."""
    most = current.upload_megabytes()
    key = f"{key}_{st.session_state.get(TAKEN, 0)}"
    found = st.file_uploader(
        label, key=key, help=say("drop help", megabytes=most), max_upload_size=most, accept_multiple_files=True
    )
    with st.container(key=f"too_large_{key}"):  # the browser alone knows: the frame's style shows it beside a red mark
        st.caption(say("drop too large", megabytes=most))
    return found


def store(files: Sequence[Any]) -> None:
    """Bytes go to the disk and leave the server's memory; a hash stays. Files that came together are one data set."""
    try:
        sha, _ = uploads.take_in([(file.name, file.getvalue()) for file in files])
    except UserError as wrong:
        st.error(sentence(wrong), title=say("not taken"))
        return
    now = current.data_id()
    meant = (
        now in samples.names() or now not in datasets.store()
    )  # no file is looked at: what the link says is meant for this
    st.session_state[BROUGHT] = (sha, (url.mapping() if meant else {}) or uploads.recalled(sha))
    let_go(files)
    st.rerun()


def let_go(files: Sequence[Any]) -> None:
    """What lies on the disk leaves the server's memory, and its box is empty from the next run of the page on."""
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def by_name() -> None:
    """A data set by its name, where the owner's folder of the UCR archive or an installed package holds some."""
    there = () if hosted() else kinds()
    if not there:
        return
    asked = st.text_input(
        say("named set"), key=f"named_{st.session_state.get(TAKEN, 0)}", max_chars=80, help=say("named help"),
        placeholder=say_plain("named example", kind=there[0]),
    )  # fmt: skip
    if not asked:
        return
    try:
        sha = uploads.take_by_name(asked)
    except (UserError, OSError) as wrong:
        st.error(sentence(wrong), title=say("not taken"))
        return
    _now(sha)


def _now(sha: str) -> None:
    """A file is looked at from now on, as it was read last."""
    st.session_state[BROUGHT] = (sha, uploads.recalled(sha))
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
    st.rerun()


def _sized(name: str, path: Path) -> str:
    return say_plain("folder file", name=name, megabytes=path.stat().st_size / 1e6 if path.exists() else 0.0)


def from_folder() -> None:
    """The files of the folder that the owner names, read where they lie; nothing where he names none."""
    try:
        found = uploads.offered()
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("folder wrong"))
        return
    there = found.files
    if not there:
        return
    if st.session_state.pop(PICKED, False):  # another key each time would leave the old box beside the new one
        st.session_state["folder"] = None
    picked = st.selectbox(
        say("folder files", count=len(there)), list(there), index=None, key="folder",
        placeholder=say("folder pick"), format_func=lambda name: _sized(name, there[name]),
        help=say("folder left", count=found.left) if found.left else None,
    )  # fmt: skip
    if not picked:
        return
    try:
        with st.spinner(say("folder marks")):
            sha = uploads.take_from_folder(picked)
    except UserError as wrong:
        st.error(sentence(wrong), title=say("not taken"))
        return
    st.session_state[PICKED] = True
    _now(sha)


BROUGHT, OPENED, TAKEN, TO_WATCH, PICKED = "brought", "opened", "taken", "to_watch", "folder_picked"
