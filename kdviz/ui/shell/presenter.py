"""Presenter mode (`?present=1`, key P): large type, no menu, title or captions, and the way through the app by keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from kdviz.ui.texts.sentences import say

PATH = ("start", "encode", "distill", "evidence", "frequency")
LARGER = """:root:root { font-size: max(125%, 1.46vw); --kdviz-band: max(8vh, 72px); --kdviz-type: 1rem; }
[data-testid="stMainBlockContainer"]:not(#_) { max-width: none; padding: 1rem 1.5rem 0.5rem; }
.st-key-lead_in, .st-key-questions, [data-testid="stHeader"], [data-testid="stCode"],
[data-testid="stElementContainer"]:has([data-testid="stCaptionContainer"]) { display: none; }
[data-testid="stElementContainer"]:has(h1) { position: absolute; height: 0; overflow: hidden; }
.st-key-larger { position: absolute; }
div:has(> .st-key-board_above):not(#_) { position: static; }
h1 { position: absolute !important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
[data-testid="stWidgetLabel"] p, .st-key-run_header p { font-size: 1rem; }
[data-testid="stBottomBlockContainer"] { max-width: none; padding: 0.1rem 1.5rem; }
.st-key-present_bar { opacity: 0.35; transition: opacity 0.2s; }
.st-key-present_bar:is(:hover, :focus-within) { opacity: 1; }
.st-key-present_bar button { min-height: 1.6rem; padding: 0 0.6rem; }
.st-key-present_bar p, kbd:not(#_), [data-testid="stMain"] :is(button, label, input,
  [data-testid="stMarkdownContainer"]) { font-size: 1rem; }
[data-testid="stPlotlyChart"] text { font-size: 1rem !important; }"""
"""Streamlit's sizes are in rem, so the first line enlarges everything: 28 px where the window is 1920 wide. The title
stays for those who listen to the page."""

IN_HEADER = """:root { --kdviz-head: 3.75rem; }
div:has(> .st-key-present) { position: fixed; top: 0.65rem; right: 3.6rem; width: auto; z-index: 999991; }
.st-key-present button { min-height: 2rem; padding: 0 0.6rem; }
@media (min-width: 700px) { [data-testid="stStatusWidget"] { margin-right: 7rem; } }
.st-key-present_style { position: absolute; }
@media (max-width: 760px) { .st-key-present button { opacity: 0; pointer-events: none; } }"""
"""The header's height, under which stays what stays in sight; embedded and presented pages have none."""


def wide(pixels: int) -> int:
    """A control's width, which grows with its letters."""
    return round(1.75 * pixels) if on() else pixels


def on() -> bool:
    """Whether this visitor presents: asked for in the link or by key, and held until it is ended."""
    asked = st.query_params.get("present")
    if asked is not None:
        st.session_state["presenting"] = asked == "1"
    held = bool(st.session_state.get("presenting"))
    if held:
        st.query_params["present"] = "1"
    else:
        st.query_params.pop("present", None)
    return held


def after(name: str) -> str | None:
    """The next page of the way: None at its end; its first, from beside it."""
    if name not in PATH:
        return PATH[0]
    return PATH[PATH.index(name) + 1] if name != PATH[-1] else None


def before(name: str) -> str | None:
    """The page before on the way: None at its beginning and beside it."""
    return PATH[PATH.index(name) - 1] if name in PATH[1:] else None


def button() -> None:
    """The way into the mode, in the header of every page and by key."""
    styled("present_button", IN_HEADER)(key="present_style")
    with st.container(key="present"):
        st.button(say("present"), key="present_begin", shortcut="P", icon=":material/slideshow:", type="tertiary",
                  on_click=_set, args=("1",))  # fmt: skip


def bar(name: str, titles: Mapping[str, str], go: Callable[[str], None]) -> None:
    """Enlarge the page, and draw at its foot where the visitor is and the keys that lead on and back."""
    styled("larger", LARGER)(key="larger")
    with st.bottom, st.container(key="present_bar", horizontal=True, vertical_alignment="center"):
        if (back := before(name)) and st.button(
            say("present back", page=titles[back]), key="present_back", shortcut="B"
        ):
            go(back)
        if (on_ := after(name)) and st.button(say("present next", page=titles[on_]), key="present_next", shortcut="N"):
            go(on_)
        if name in PATH:
            st.markdown(say("present place", place=PATH.index(name) + 1, of=len(PATH)), width="content")
        st.markdown(say("present keys"), width="content")
        st.button(say("present end"), key="present_end", type="tertiary", shortcut="P", on_click=_set, args=("0",))


def _set(present: str) -> None:
    st.query_params["present"] = present


@cache
def styled(name: str, css: str) -> Callable[..., Any]:
    """A stylesheet for the whole page; it holds as long as it is drawn."""
    made: Callable[..., Any] = st.components.v2.component(f"kdviz_{name}", css=css, isolate_styles=False)
    return made
