"""The frame of every page: menu, title, and what is said when something goes wrong."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from kdviz.errors import UserError
from kdviz.ui.escape import sentence
from kdviz.ui.words import say

ROOT = Path(__file__).resolve().parents[2]
ICON = Path(__file__).with_name("icon.svg")
PAGES = {
    "start": ("Start", ":material/home:"),
    "data": ("Data", ":material/table_chart:"),
    "encode": ("Encode", ":material/grid_on:"),
    "distill": ("Distill", ":material/model_training:"),
    "evidence": ("Evidence", ":material/visibility:"),
    "learn": ("Learn", ":material/school:"),
}


def boot() -> None:
    """Draw the menu and run the page that was asked for."""
    st.set_page_config(page_icon=str(ICON), layout="wide", menu_items={"About": say("about")})
    page = st.navigation([_page(name) for name in PAGES], position="top")
    st.set_page_config(f"{page.title} · kdviz")
    st.logo(str(ICON), size="small")
    try:
        page.run()
    except UserError as wrong:
        st.error(sentence(wrong))


def link(name: str, label: str) -> None:
    """A link to a page; where a page is run alone, without a menu, its name."""
    try:
        st.page_link(_page(name), label=label, icon=PAGES[name][1])
    except StreamlitAPIException:
        st.markdown(label)


def go(name: str) -> None:
    """Switch to a page."""
    st.switch_page(_page(name))


def _page(name: str) -> Page:
    title, icon = PAGES[name]
    return st.Page(ROOT / "pages" / f"{name}.py", title=title, icon=icon, url_path=name, default=name == "start")
