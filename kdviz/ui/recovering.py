"""From the image back to the series, and what it cost."""

from __future__ import annotations

import streamlit as st

from kdviz.panels.recovering import recovered
from kdviz.ui.encoding import Chosen
from kdviz.ui.enlarging import lines
from kdviz.ui.words import say


def back(chosen: Chosen) -> None:
    """The series that the GASF gives back, over the scaled one."""
    found = recovered(chosen.now)
    st.markdown(say("back"))
    lines(found.panel, "back")
    side = min(chosen.now.eye.params.size, chosen.data.length)
    st.caption(
        say("back errors", pixel=f"{found.pixel_error:.1e}", every=f"{found.error:.3f}", side=side,
            length=chosen.data.length)
    )  # fmt: skip
    if found.turned:
        st.caption(say("back turned"))
