"""Drawings that live in the browser: made once a process, mounted by a key, fed with plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from kdviz.figures.board import script, style


@cache
def _drawing(name: str) -> Callable[..., Any]:
    html = f'<div id="{name}"></div>'
    made: Callable[..., Any] = st.components.v2.component(f"kdviz_{name}", html=html, css=style(name), js=script(name))
    return made


def nothing() -> None:
    """What happens on a change beside the rerun."""


def mount(name: str, data: Mapping[str, Any] | bytes, key: str, **on: Callable[[], None]) -> Any:
    """Show a drawing; `on` are what it may report, as on_NAME_change. Returns what it has reported."""
    return _drawing(name)(data=data, key=key, **on)
