"""Deleting with the way back, what lies in the trash, and how much room everything takes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.index.run_facts import disk
from kdviz.runs.store import trash
from kdviz.runs.store.run import by_identity
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain


def discard(picked: Sequence[str]) -> None:
    """Runs into the trash, with the way back; what stands in the way is said on the page."""
    gone: list[str] = []
    for identity in picked:
        try:
            gone.append(trash.discard(by_identity(identity)).key)
        except UserError as wrong:
            st.session_state["trash_said"] = str(wrong)
    st.session_state["just_deleted"] = gone
    if current.run_id() in picked:
        current.choose_run(None)


def room() -> None:
    """How much room everything takes, and the trash."""
    purged = trash.purge()
    gone = trash.discarded()
    with st.expander(say("room"), icon=":material/hard_drive:", key="room", on_change="rerun") as opened:
        if not opened.open:
            return
        with st.container(horizontal=True):
            for name, size in disk().items():
                st.metric(
                    say(f"room of {name}").capitalize(), say("room megabytes", megabytes=size / 1e6), width="content"
                )
        if purged:
            st.caption(say("purged", count=purged, days=trash.DAYS))
        for each in gone[:20]:
            _discarded(each)
        if not gone:
            st.caption(say("trash empty", days=trash.DAYS))
        elif st.button(say("empty trash"), key="empty_trash"):
            trash.purge(0)
            st.rerun()


def _discarded(each: trash.Discarded) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(say("deleted at", what=_called(each), when=pd.Timestamp(each.at, unit="s")))
    right.button(say("take back"), key=f"back_{each.key}", on_click=take_back, args=(each.key,))


def _called(each: trash.Discarded) -> str:
    try:
        recipe = each.run.recipe
    except UserError:
        return say_plain("run in trash", mark=each.identity[:8])
    return say_plain("run in trash called", method=recipe.method, seed=recipe.seed, mark=each.identity[:8])


def take_back(*keys: str) -> None:
    """Undo deletions; what stands in the way is said on the page."""
    back = None
    for key in keys:
        try:
            back = trash.take_back(key).folder.name
        except UserError as wrong:
            st.session_state["trash_said"] = str(wrong)
            return
    current.choose_run(back)
    st.session_state.pop("just_deleted", None)


def just_deleted() -> None:
    """What was deleted a moment ago, with the way back."""
    if wrong := st.session_state.pop("trash_said", None):
        st.warning(sentence(wrong))
    keys = st.session_state.get("just_deleted", ())
    if keys:
        left, right = st.columns([4, 1], vertical_alignment="center")
        if len(keys) == 1:
            left.success(say("deleted one", days=trash.DAYS))
        else:
            left.success(say("deleted all", count=len(keys), days=trash.DAYS))
        right.button(say("undo"), key="undo_delete", on_click=take_back, args=tuple(keys))
