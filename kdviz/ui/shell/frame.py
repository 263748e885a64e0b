"""The frame of every page: menu, title, and what is said when something goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from kdviz.core.child_process import SERVED
from kdviz.core.errors import UserError
from kdviz.runs.hosting import quota
from kdviz.runs.store.home import hosted
from kdviz.ui.shell import keyboard, presenter
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say

ICON = Path(__file__).with_name("icon.svg")
PAGES = {
    "start": (say("page start"), ":material/home:"),
    "data": (say("page data"), ":material/table_chart:"),
    "encode": (say("page encode"), ":material/grid_on:"),
    "distill": (say("page distill"), ":material/model_training:"),
    "evidence": (say("page evidence"), ":material/visibility:"),
    "watch": (say("page watch"), ":material/monitor_heart:"),
    "frequency": (say("page frequency"), ":material/graphic_eq:"),
    "runs": (say("page runs"), ":material/inventory_2:"),
    "learn": (say("page learn"), ":material/school:"),
    "sweep": (say("page sweep"), ":material/table_rows:"),
    "compare": (say("page compare"), ":material/balance:"),
    "why": (say("page why"), ":material/search:"),
}
UNDER_RUNS = ("sweep", "compare")
"""Views of what was trained: they have addresses of their own, and are reached from Runs."""
UNDER_WATCH = ("why",)
"""A window of what is watched: likewise, reached from Watch."""
STYLE = """
.st-key-frame { position: absolute; }
[data-testid="stMultiSelect"] [data-tag]:has(button) { background: #0072B2; color: #fff; }
div:has(> [class*="st-key-too_large"]) { display: none; }
[data-testid="stElementContainer"]:has([data-testid="stFileChipIconError"]) +
  div:has(> [class*="st-key-too_large"]) { display: flex; }
:is(a, [data-testid="stNumberInputField"]):focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.st-key-see_where a { border: 1px solid currentColor; border-radius: 0.5rem; font-weight: 600; }
@media (min-width: 900px) { div:has(> :is(.st-key-board_above, .st-key-onwards)) { position: sticky; z-index: 4;
  top: var(--kdviz-head, 0px); background: light-dark(#FFFFFF, #14181D); padding-bottom: 0.2rem; } }
body:has(.st-key-board_header) [data-testid="stSelectboxVirtualDropdown"] { min-width: min(24rem, 92vw); }
@media (max-width: 640px) {
  .st-key-board_header h1 { font-size: 1.4rem; padding: 0.2rem 0; }
  .st-key-board_header button { padding: 0 0.5rem; min-width: 0; }
  :is(.st-key-board_header, .st-key-frequency_controls) :is([data-testid="stLayoutWrapper"]:has(> .stHorizontalBlock),
    .stHorizontalBlock) { display: contents; }
  :is(.st-key-board_header, .st-key-frequency_controls) button kbd { display: none; } }
@media (max-width: 760px) { .st-key-lead_in { display: none; } }"""
"""Of every page, embedded ones too. Chips have the light theme's primary colour in both: white on that of the dark one
is too pale to read (2.3, here 5.2 : 1)."""


def boot() -> None:
    """Draw the menu and run the page that was asked for."""
    present, embedded = presenter.on(), st.context.is_embedded
    st.set_page_config(page_icon=str(ICON), layout="wide", menu_items=None if present else {"About": say("about")})
    presenter.styled("frame", STYLE)(key="frame")
    page = st.navigation([_page(name) for name in PAGES], position="hidden" if present or embedded else "top")
    st.set_page_config(f"{page.title} · kdviz")
    if present:
        presenter.bar(page.url_path or "start", {name: title for name, (title, _) in PAGES.items()}, go)
    elif not embedded:
        st.logo(str(ICON), size="small")
        presenter.button()
    keyboard.listen()
    try:
        if hosted():
            quota.touch_visit()
        page.run()
    except UserError as wrong:
        st.error(sentence(wrong))


def name_tab(title: str) -> None:
    """What the browser calls this tab: windows and bookmarks are told apart by it."""
    st.set_page_config(f"{title} · kdviz")


def link(name: str, label: str) -> None:
    """A link to a page; where a page is run alone, without a menu, its name."""
    try:
        st.page_link(_page(name), label=label, icon=PAGES[name][1])
    except StreamlitAPIException:
        st.markdown(label)


def command(line: str) -> None:
    """A shell line to copy. Plain: Streamlit's colours for shell words are too pale to read (2.8 : 1)."""
    st.code(line, language=None, wrap_lines=True)


def go(name: str, link: Mapping[str, str] | None = None) -> None:
    """Switch to a page, with what its link shall say."""
    st.switch_page(_page(name), query_params=dict(link) if link else None)


def _page(name: str) -> Page:
    title, icon = PAGES[name]
    seen: Literal["visible", "hidden"] = "hidden" if name in (*UNDER_RUNS, *UNDER_WATCH) else "visible"
    path = SERVED / "pages" / f"{name}.py"
    return st.Page(path, title=title, icon=icon, url_path=name, default=name == "start", visibility=seen)
