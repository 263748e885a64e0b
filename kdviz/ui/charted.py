"""A small chart on a page, and the same on paper."""

from __future__ import annotations

import json

import streamlit as st

from kdviz.figures.chart import Chart
from kdviz.figures.paper import FORMATS, saved
from kdviz.ui.drawings import mount
from kdviz.ui.file_name import file_name


def chart(data: Chart, key: str, name: str, caption: str = "") -> None:
    """The chart, what to read off it, and its files."""
    mount("chart", data, key)
    if caption:
        st.caption(caption)
    _files(json.dumps(data, sort_keys=True), key, name)


@st.fragment
def _files(data: str, key: str, name: str) -> None:
    """A small menu; nothing is drawn before a format is chosen."""
    with st.popover("Save", icon=":material/download:", key=f"files_{key}", on_change="rerun") as menu:
        if not menu.open:
            return
        form = st.segmented_control(
            "Format", list(FORMATS), format_func=str.upper, default="svg", required=True, key=f"form_{key}"
        )
        content = _bytes(data, str(form))
        file = file_name(name, str(form), content)
        st.download_button(f"Save {file}", content, file, FORMATS[str(form)], on_click="ignore",
                           key=f"save_{key}")  # fmt: skip


@st.cache_data(max_entries=64, show_spinner="Drawing it for paper")
def _bytes(data: str, form: str) -> bytes:
    return saved(json.loads(data), form)
