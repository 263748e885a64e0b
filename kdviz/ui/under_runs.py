"""The three views of what was trained: all runs, sweeps, comparisons. One entry of the menu, one row of links."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.shell import link

VIEWS = {"runs": "All runs", "sweep": "Sweep", "compare": "Compare"}


def views(here: str) -> None:
    """The row; the view that is open is not a link."""
    with st.container(horizontal=True, key="views", vertical_alignment="center"):
        for name, words in VIEWS.items():
            if name == here:
                st.markdown(f"**{words}**")
            else:
                link(name, words)
