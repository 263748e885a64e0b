"""Presenter mode (`?present=1`): large type, no menu, and the way through the app by one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from kdviz.ui.texts.sentences import say

PATH = ("start", "encode", "distill", "evidence")
LARGER = ":root:root { font-size: 125%; }"
"""All of Streamlit's sizes are in rem, so this enlarges everything; a theme would enlarge it for every visitor."""


def on() -> bool:
    """Whether this visitor presents: asked for in the link, and held until `?present=0`."""
    asked = st.query_params.get("present")
    if asked is not None:
        st.session_state["presenting"] = asked == "1"
    held = bool(st.session_state.get("presenting"))
    if held:
        st.query_params["present"] = "1"
    else:
        st.query_params.pop("present", None)
    return held


def after(name: str) -> str:
    """The next page of the way; its first, from the end and from beside it."""
    return PATH[(PATH.index(name) + 1) % len(PATH)] if name in PATH else PATH[0]


def before(name: str) -> str:
    """The page before on the way; its first, from beside it."""
    return PATH[(PATH.index(name) - 1) % len(PATH)] if name in PATH else PATH[0]


def bar(name: str, titles: Mapping[str, str], go: Callable[[str], None]) -> None:
    """Enlarge the page, and draw at its foot where the visitor is and the keys that lead on and back."""
    _enlarge()(key="larger")
    back, on_ = before(name), after(name)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        if st.button(say("present back", page=titles[back]), key="present_back", shortcut="B"):
            go(back)
        if st.button(say("present next", page=titles[on_]), key="present_next", shortcut="N"):
            go(on_)
        if name in PATH:
            st.caption(say("present place", place=PATH.index(name) + 1, of=len(PATH)))
        st.button(say("present end"), key="present_end", type="tertiary", on_click=_end)


def _end() -> None:
    st.query_params["present"] = "0"


@cache
def _enlarge() -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component("kdviz_larger", css=LARGER, isolate_styles=False)
    return made
