"""Any panel as a file, and as the Python that makes it again."""

from __future__ import annotations

import streamlit as st

from kdviz.panels.base import Panel
from kdviz.panels.saving import FORMATS, saved, script
from kdviz.ui.file_name import file_name
from kdviz.ui.words import say

CODE = "Python"


@st.fragment
def offer(panel: Panel, key: str) -> None:
    """A small menu under a panel; nothing is drawn before it is opened and a format is chosen."""
    with st.popover(say("export"), icon=":material/download:", key=f"export_{key}", on_change="rerun") as menu:
        if not menu.open:
            return
        words = {**{form: form.upper() for form in FORMATS if form != "py"}, "npz": "npz", "py": CODE}
        form = st.segmented_control(
            say("export as"),
            list(words),
            format_func=words.__getitem__,
            default="png",
            required=True,
            key=f"form_{key}",
        )
        if form == "py":
            st.caption(say("copy python"))
            st.code(script(panel), language="python")
        content = _bytes(panel.mark, form, panel)
        name = file_name(panel.name, form, content)
        st.download_button(
            say("download", name=name), content, name, FORMATS[form], on_click="ignore",
            key=f"save_{key}", type="primary",
        )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner="Drawing it for paper")
def _bytes(mark: str, form: str, _panel: Panel) -> bytes:
    return saved(_panel, form)
