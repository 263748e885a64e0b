"""Below the lens: the same panels large, other settings, what a view cannot tell, all channels, all classes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kdviz.ui.encode import class_separation, large_views, side_by_side
from kdviz.ui.encode.view_choice import ViewSelection
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.sentences import say

Section = Callable[[ViewSelection], None]


def sections(chosen: ViewSelection) -> dict[str, Section]:
    """What there is to see further, by its word in the link."""
    found: dict[str, Section] = {
        "large": large_views.large,
        "settings": side_by_side.settings,
        "blind": side_by_side.blind,
        "back": large_views.back,
        "channels": large_views.channels,
        "classes": class_separation.classes,
    }
    if chosen.name != "gaf":
        del found["back"]
    if len(chosen.data.channels) == 1:
        del found["channels"]
    return found


def show_sections(chosen: ViewSelection) -> None:
    """One of them."""
    there = sections(chosen)
    titles = {section: say(f"look {section}") for section in there}
    section = one_of(st.pills, say("look"), titles, "large", "look", required=True, wrap=True)
    there[section](chosen)
