"""Named things out of several, kept in the page's link by their ids; Streamlit's own binding would keep the titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def some_of(label: str, options: Mapping[str, str], default: Sequence[str], key: str, **more: Any) -> list[str]:
    """Ask for some of `options` (id -> title), at least one; their ids, in the order chosen."""
    held = st.session_state.get(key)
    if held is None or not set(held) <= set(options):
        asked = st.query_params.get(key, "").split(",")
        st.session_state[key] = [each for each in asked if each in options] or list(default)
    shown: dict[str, Any] = {"format_func": options.__getitem__, "key": key, "persist_state": "session"}
    picked = [str(each) for each in st.multiselect(label, list(options), **shown, **more)] or list(default)
    if picked == list(default):
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != ",".join(picked):
        st.query_params[key] = ",".join(picked)
    return picked
