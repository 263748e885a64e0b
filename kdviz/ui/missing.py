"""A link to data that is not here: the file is named and asked for; once it is dropped, the same view opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import streamlit as st

from kdviz.data.limits import BROWSER_MEGABYTES
from kdviz.errors import UserError
from kdviz.runs import reading
from kdviz.ui.escape import plain, sentence

NAME = "file"
LONGEST = 64
UNNAMED = "a file that it does not name"


def named() -> str:
    """The name of the file that the link says; text, and never a path."""
    return plain(st.query_params.get(NAME, ""), LONGEST)


def name(given: str | None) -> None:
    """Say in the link what the file is called; None where there is none."""
    if not given:
        st.query_params.pop(NAME, None)
    elif st.query_params.get(NAME) != given[:LONGEST]:
        st.query_params[NAME] = given[:LONGEST]


def ask(sha256: str, called: str, mapping: Mapping[str, Any], otherwise: Callable[[], None]) -> NoReturn:
    """Ask for the file of a data set; `otherwise` is what to look at instead. Nothing follows on the page."""
    said = f"This link needs {called or UNNAMED} (fingerprint {sha256[:6]}). Drop it here and the same view opens."
    st.warning(sentence(said), title="This data is not here")
    files = st.file_uploader("The file", key=f"missing_{sha256[:12]}", max_upload_size=BROWSER_MEGABYTES,
                             accept_multiple_files=True, label_visibility="collapsed")  # fmt: skip
    if files:
        _take(files, sha256, mapping)
    st.button("Look at a sample instead", key="sample_instead", on_click=otherwise)
    st.stop()


def _take(files: Sequence[Any], sha256: str, mapping: Mapping[str, Any]) -> None:
    """Read what was dropped as the link says it was read; whether it is the one is told by its fingerprint."""
    try:
        content, called = reading.take_in([(file.name, file.getbuffer()) for file in files])
        with st.spinner("Reading the file"):
            found = reading.read(content, mapping)["sha256"]
    except UserError as wrong:
        st.error(sentence(wrong), title="This file cannot be read as the link says")
        return
    if found == sha256:
        reading.remember(content, mapping)
        st.rerun()
    st.error(
        sentence(
            f"This is another file: read as the link says, {plain(called)} has the fingerprint {found[:6]}, not "
            f"{sha256[:6]}. It was kept, and can be chosen on the Data page."
        ),
        title="Not the file of this link",
    )
