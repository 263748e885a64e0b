"""Which series and which channel a visitor looks at; both are part of the page's link."""

from __future__ import annotations

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.ui.escape import plain
from kdviz.ui.linked import one_of


def series(data: Dataset, key: str = "i") -> int:
    """A series by its number, with buttons and keys for the one before and after."""
    count = data.series
    _hold(key, count)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.number_input("Series", 0, count - 1, key=key, bind="query-params", help=f"0 to {count - 1:,}")
        for by, word, arrow in ((-1, "before", "Left"), (1, "after", "Right")):
            icon = f":material/chevron_{arrow.lower()}:"
            st.button(icon, key=word, help=f"The series {word}", on_click=_step, args=(key, by, count), shortcut=arrow)
    return int(chosen)


def channel(data: Dataset, key: str = "ch") -> int:
    """A channel by its name; nothing is asked where there is one."""
    if len(data.channels) == 1:
        return 0
    names = {str(place): plain(name) for place, name in enumerate(data.channels)}
    return int(one_of(st.selectbox, "Channel", names, "0", key))


def held(data: Dataset, key: str = "ch") -> int:
    """The channel that was chosen on this page."""
    asked = str(st.session_state.get(key) or 0)
    return min(int(asked) if asked.isdecimal() else 0, len(data.channels) - 1)


def _hold(key: str, count: int) -> None:
    """Another data set may have fewer."""
    if int(st.session_state.get(key) or 0) >= count:
        st.session_state[key] = 0


def _step(key: str, by: int, count: int) -> None:
    st.session_state[key] = (int(st.session_state.get(key) or 0) + by) % count
