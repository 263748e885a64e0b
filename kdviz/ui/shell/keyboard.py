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
  const stay = keepPlace();
  return () => (document.removeEventListener("keydown", hear), stay());
}

// A link to a place on a page: what stands above it grows while the page is drawn, so the place is sought again
// until it has stood still for two seconds, or the visitor moves by himself.
function keepPlace() {
  const place = decodeURIComponent(window.location.hash.slice(1));
  if (!place || window.kdvizPlace === window.location.href) return () => {};
  window.kdvizPlace = window.location.href;
  const moves = ["wheel", "touchstart", "pointerdown", "keydown"];
  const [begun, last] = [Date.now(), { top: null, since: Date.now() }];
  const end = () => (clearInterval(timer), moves.forEach((each) => removeEventListener(each, end, true)));
  const timer = setInterval(() => {
    const target = document.getElementById(place), now = Date.now();
    const top = target ? Math.round(target.getBoundingClientRect().top) : null;
    if (top !== last.top) [last.top, last.since] = [top, now];
    if (target && (top < 0 || top > innerHeight * 0.8)) (target.scrollIntoView(), last.since = now);
    if (now - begun > 30000 || (target && now - last.since > 2000)) end();
  }, 200);
  moves.forEach((each) => addEventListener(each, end, { capture: true, passive: true }));
  return () => {};
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
