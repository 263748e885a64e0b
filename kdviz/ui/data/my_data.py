"""On a shared host: what is kept of a visitor's, how long, and how he deletes it."""

from __future__ import annotations

import streamlit as st

from kdviz.runs.hosting import quota, uploads
from kdviz.runs.hosting.quota import MB, kept
from kdviz.runs.store.home import MOST_BYTES, MOST_DATA_SETS, home, hosted, keep_days
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import text
from kdviz.ui.texts.sentences import counted, say


def note() -> None:
    """One line where a file is dropped: this is a shared host."""
    if hosted():
        st.caption(say("hosted note", days=_days()))


def yours() -> None:
    """The visitor's data sets, each with its Delete, and the button that deletes everything."""
    if not hosted():
        return
    if st.session_state.pop("all_deleted", False):
        st.success(say("hosted all deleted"))
    with st.expander(say("hosted yours"), icon=":material/shield_person:", key="yours", on_change="rerun") as opened:
        if not opened.open:
            return
        mine = uploads.kept_data()
        st.caption(
            say(
                "hosted room", sets=len(mine), most=MOST_DATA_SETS, used=f"{kept() / MB:.1f}",
                of=f"{MOST_BYTES / MB:.0f}", days=_days(),
            )
        )  # fmt: skip
        for one in mine:
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.markdown(say("stored set", name=text(one.name), megabytes=one.bytes / MB))
            right.button(say("delete"), key=f"drop_{one.sha256[:12]}", on_click=_discard, args=(one,))
        sure = st.checkbox(say("hosted sure"), key="sure")
        st.button(
            say("hosted delete"), key="delete_all", icon=":material/delete_forever:", disabled=not sure,
            on_click=_delete_all,
        )  # fmt: skip


def _days() -> str:
    days = keep_days()
    return counted(int(days), "day") if days == int(days) else say("days", days=days)


def _discard(one: uploads.StoredDataset) -> None:
    uploads.discard_data(one)
    _forget_what_was_computed()
    if current.data_id() == one.sha256:
        current.choose_data(current.DEFAULT)


def _delete_all() -> None:
    quota.forget(home())
    _forget_what_was_computed()
    for name in list(st.session_state):
        del st.session_state[name]
    st.query_params.clear()
    st.session_state["all_deleted"] = True


def _forget_what_was_computed() -> None:
    """Answers kept in memory are keyed by folder, not listed by it: all are dropped, and others' are asked anew."""
    st.cache_data.clear()
    st.cache_resource.clear()
