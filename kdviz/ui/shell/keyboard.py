"""What the keys do, and `?`, which tells it on every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from kdviz.ui.texts.sentences import say

KEYS = ("help", "series", "play", "board", "ten", "clear", "control", "present")
LISTEN = """export default function ({ setTriggerValue }) {
  const hear = (event) => {
    const on = event.composedPath()[0];
    const typing = on instanceof HTMLElement && (on.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName));
    if (event.key === "?" && (!typing || on.type === "range")) setTriggerValue("asked", true);
  };
  document.addEventListener("keydown", hear);
  return () => document.removeEventListener("keydown", hear);
}"""
UNSEEN = """.st-key-keys, div:has(> .st-key-keys) { display: none; }
[data-testid="stMainBlockContainer"] { padding-top: 4.2rem; }"""


def listen() -> None:
    """Open the list when `?` is pressed."""
    with st.container(key="keys"):
        heard = _ear()(key="ear", on_asked_change=lambda: None)
    if heard.asked:
        st.dialog(say("keys"))(table)()


def table() -> None:
    """Key by key."""
    st.markdown("\n".join(f"- {say(f'key {name}')}" for name in KEYS))


@cache
def _ear() -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component("kdviz_keys", js=LISTEN, css=UNSEEN, isolate_styles=False)
    return made
