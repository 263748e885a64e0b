"""One of several named things, kept in the page's link by its id; Streamlit's own binding would keep the title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st


def one_of(
    draw: Callable[..., Any], label: str, options: Mapping[str, str], default: str, key: str, **more: Any
) -> str:
    """Ask with `draw` (st.pills, st.segmented_control, st.selectbox) for one of `options` (id -> title); its id."""
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else default
    shown = {"format_func": options.__getitem__, "key": key, "persist_state": "session"}
    picked = str(draw(label, list(options), **shown, **more))
    if picked == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != picked:
        st.query_params[key] = picked
    return picked
