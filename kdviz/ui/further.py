"""Below the lens: the same panels large, other settings, what a view cannot tell, all channels, all classes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kdviz.ui import enlarging
from kdviz.ui.encoding import Chosen
from kdviz.ui.linked import one_of
from kdviz.ui.words import say

Section = Callable[[Chosen], None]


def sections(chosen: Chosen) -> dict[str, tuple[str, Section]]:
    """What there is to see further, by its word in the link."""
    found: dict[str, tuple[str, Section]] = {"large": (say("look large"), enlarging.large)}
    return found


def show(chosen: Chosen) -> None:
    """One of them."""
    there = sections(chosen)
    titles = {word: title for word, (title, _) in there.items()}
    word = one_of(st.pills, say("look"), titles, "large", "look", required=True, wrap=True)
    there[word][1](chosen)
