"""A panel that follows something: drawn anew when there is more to tell; no other tick sends or draws anything."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx


@dataclass
class _Shown:
    """What the browser has, as `told` named it; shared by a page's panel and its clock."""

    told: Hashable = None


def follow(key: str, told: Callable[[], Hashable], draw: Callable[..., Any], *given: Any, every: float | None) -> None:
    """Draw a panel, and again when `told()` is another than it was; `every` so many seconds it is asked for.

    key     the panel's name, one on its page
    every   None: there is nothing more to come

    The panel and its clock are two fragments: whatever a fragment does not send again is taken off the page.
    """
    shown = _Shown()
    st.fragment(_drawn, key=key)(shown, told, draw, given)
    if every is not None:
        st.fragment(_tick, run_every=every)(shown, told, key)


def _drawn(shown: _Shown, told: Callable[[], Hashable], draw: Callable[..., Any], given: tuple[Any, ...]) -> None:
    shown.told = told()  # asked for first: what comes meanwhile is drawn at the next tick
    draw(*given)


def _tick(shown: _Shown, told: Callable[[], Hashable], key: str) -> None:
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run or told() == shown.told:
        return
    raise RerunException(
        RerunData(
            query_string=context.query_string,
            page_script_hash=context.page_script_hash,
            fragment_id_queue=context.fragment_storage.resolve_target(key),
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
            is_auto_rerun=True,
        )
    )
