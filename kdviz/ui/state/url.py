"""Named things out of several, kept in the page's link by their ids; Streamlit's own binding would keep the titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say


def one_of(
    draw: Callable[..., Any], label: str, options: Mapping[str, str], default: str, key: str, **more: Any
) -> str:
    """Ask with `draw` (st.pills, st.segmented_control, st.selectbox) for one of `options` (id -> title); its id."""
    titles = tuple(options.values())
    asked = st.query_params.get(key)
    if asked in options and asked != st.session_state.get(f"linked_{key}"):
        st.session_state[key] = asked  # another link was followed
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    elif st.session_state.get(f"{key}_titles", titles) != titles:
        st.session_state[key] = str(st.session_state[key])  # said anew: the browser still shows the former title
    st.session_state[f"{key}_titles"] = titles
    shown = {"format_func": options.__getitem__, "key": key, "persist_state": "session"}
    picked = str(draw(label, list(options), **shown, **more))
    st.session_state[f"linked_{key}"] = picked
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


LONGEST_NUMBER = 18


def refuse_odd_number(key: str, low: int, high: int) -> None:
    """Say so, and take it out of the link, where the number there is none that may be asked for: a widget would fail.

    One that was right on this page before, and is not for other data, is left to the widget.
    """
    asked = st.query_params.get(key)
    tell_struck(key)
    if asked is None:
        return
    whole = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER
    if not whole or (key not in st.session_state and not low <= int(asked) <= high):
        strike(key, say("number in link", asked=one_line(asked, 40), low=low, high=high))


def strike(key: str, why: str) -> None:
    """Take a word out of the link and begin anew without it, saying why: Streamlit reads it before we do, and fails."""
    st.query_params.pop(key)
    st.session_state.pop(key, None)
    st.session_state[f"struck_{key}"] = why
    st.rerun()


def tell_struck(key: str) -> None:
    """What was wrong with this word of the link, where that was found just now."""
    if why := st.session_state.pop(f"struck_{key}", ""):
        st.caption(why)


MAPPING = "map"


def mapping() -> dict[str, Any]:
    """How the link says that its file is read; {} where it says nothing, or nothing that is allowed."""
    try:
        return mapping_from(dict(parse_qsl(st.query_params.get(MAPPING, ""), max_num_fields=40))).as_dict()
    except (UserError, ValueError):
        return {}


def set_mapping(how: Mapping[str, Any]) -> None:
    """Say in the link how the file is read."""
    written = urlencode(dict(how))
    if not written:
        st.query_params.pop(MAPPING, None)
    elif st.query_params.get(MAPPING) != written:
        st.query_params[MAPPING] = written
