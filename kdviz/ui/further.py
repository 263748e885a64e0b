"""Below the lens: the same panels large, other settings, what a view cannot tell, all channels, all classes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kdviz.ui import comparing, enlarging, recovering, separating, spreading
from kdviz.ui.encoding import Chosen
from kdviz.ui.linked import one_of
from kdviz.ui.words import say

Section = Callable[[Chosen], None]


def sections(chosen: Chosen) -> dict[str, Section]:
    """What there is to see further, by its word in the link."""
    found: dict[str, Section] = {
        "large": enlarging.large,
        "settings": comparing.settings,
        "blind": comparing.blind,
        "back": recovering.back,
        "channels": spreading.channels,
        "classes": separating.classes,
    }
    if chosen.name != "gaf":
        del found["back"]
    if len(chosen.data.channels) == 1:
        del found["channels"]
    return found


def show(chosen: Chosen) -> None:
    """One of them."""
    there = sections(chosen)
    titles = {word: say(f"look {word}") for word in there}
    word = one_of(st.pills, say("look"), titles, "large", "look", required=True, wrap=True)
    there[word](chosen)
