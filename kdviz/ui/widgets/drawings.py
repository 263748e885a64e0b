"""Drawings that live in the browser: mounted by a key, fed with plain values, followed while they change, saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx

from kdviz.figures.chart import Chart
from kdviz.figures.chart_export import FIGURE_FORMATS, figure_bytes
from kdviz.figures.evidence_board import component_script, style
from kdviz.panels.export import PANEL_FORMATS, panel_bytes, panel_script
from kdviz.panels.panel import Panel
from kdviz.ui.texts.formatting import file_name
from kdviz.ui.texts.sentences import say

BAR = {"displaylogo": False}


@cache
def _drawing(name: str) -> Callable[..., Any]:
    html = f'<div id="{name}"></div>'
    made: Callable[..., Any] = st.components.v2.component(
        f"kdviz_{name}", html=html, css=style(name), js=component_script(name)
    )
    return made


def nothing() -> None:
    """What happens on a change beside the rerun."""


def mount(name: str, data: Mapping[str, Any] | bytes, key: str, **on: Callable[[], None]) -> Any:
    """Show a drawing; `on` are what it may report, as on_NAME_change. Returns what it has reported."""
    return _drawing(name)(data=data, key=key, **on)


def chart(data: Chart, key: str, name: str, caption: str = "") -> None:
    """The chart, what to read off it, and its files."""
    mount("chart", data, key)
    if caption:
        st.caption(caption)
    _files(json.dumps(data, sort_keys=True), key, name)


@st.fragment
def _files(data: str, key: str, name: str) -> None:
    """A small menu; nothing is drawn before a format is chosen."""
    with st.popover(say("save"), icon=":material/download:", key=f"files_{key}", on_change="rerun") as menu:
        if not menu.open:
            return
        form = st.segmented_control(
            say("export as"),
            list(FIGURE_FORMATS),
            format_func=str.upper,
            default="svg",
            required=True,
            key=f"form_{key}",
        )
        content = _figure_bytes(data, str(form))
        file = file_name(name, str(form), content)
        st.download_button(say("download", name=file), content, file, FIGURE_FORMATS[str(form)], on_click="ignore",
                           key=f"save_{key}")  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=say("spinner paper"))
def _figure_bytes(data: str, form: str) -> bytes:
    return figure_bytes(json.loads(data), form)


@st.fragment
def offer(panel: Panel, key: str) -> None:
    """A small menu under a panel; nothing is drawn before it is opened and a format is chosen."""
    with st.popover(say("export"), icon=":material/download:", key=f"export_{key}", on_change="rerun") as menu:
        if not menu.open:
            return
        titles = {**{form: form.upper() for form in PANEL_FORMATS}, "npz": "npz", "py": say("export python")}
        form = st.segmented_control(
            say("export as"),
            list(titles),
            format_func=titles.__getitem__,
            default="png",
            required=True,
            key=f"form_{key}",
        )
        if form == "py":
            st.caption(say("copy python"))
            st.code(panel_script(panel), language="python")
        content = _panel_bytes(panel.fingerprint, form, panel)
        name = file_name(panel.name, form, content)
        st.download_button(
            say("download", name=name), content, name, PANEL_FORMATS[form], on_click="ignore",
            key=f"save_{key}", type="primary",
        )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=say("spinner paper"))
def _panel_bytes(mark: str, form: str, _panel: Panel) -> bytes:
    return panel_bytes(_panel, form)


@dataclass
class _Shown:
    """What the browser has, as `told` named it; shared by a page's panel and its clock."""

    told: Hashable = None


def follow(key: str, told: Callable[[], Hashable], draw: Callable[..., Any], *given: Any, every: float | None) -> None:
    """Draw a panel, and again when `told()` is another than it was; `every` so many seconds it is asked for.

    key     the panel's name, one on its page
    every   None: there is nothing more to come

    The panel and its clock are two fragments: whatever a fragment does not send again is taken off the page.
    """
    shown = _Shown()
    st.fragment(_drawn, key=key)(shown, told, draw, given)
    if every is not None:
        st.fragment(_tick, run_every=every)(shown, told, key)


def _drawn(shown: _Shown, told: Callable[[], Hashable], draw: Callable[..., Any], given: tuple[Any, ...]) -> None:
    shown.told = told()  # asked for first: what comes meanwhile is drawn at the next tick
    draw(*given)


def _tick(shown: _Shown, told: Callable[[], Hashable], key: str) -> None:
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run or told() == shown.told:
        return
    raise RerunException(
        RerunData(
            query_string=context.query_string,
            page_script_hash=context.page_script_hash,
            fragment_id_queue=context.fragment_storage.resolve_target(key),
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
            is_auto_rerun=True,
        )
    )
