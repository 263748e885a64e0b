"""All runs: found by words, states and tags, in a table from which one is opened; how much room they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.errors import UserError
from kdviz.runs import quota, trash
from kdviz.runs.lineage import disk
from kdviz.runs.parcels import imported
from kdviz.runs.store import all_runs
from kdviz.runs.table import STATES, Row, matching, rows
from kdviz.ui import chosen
from kdviz.ui.escape import plain, sentence

MOST_ROWS = 500
COLUMNS = {
    "what": st.column_config.TextColumn("Run"),
    "state": st.column_config.TextColumn("State", width="small"),
    "data": st.column_config.TextColumn("Data", width="small"),
    "student": st.column_config.TextColumn("Student", width="small"),
    "teachers": st.column_config.TextColumn("Taught by"),
    "seed": st.column_config.NumberColumn("Seed", format="%d", width="small"),
    "accuracy": st.column_config.NumberColumn("Accuracy", format="%.1f %%", help="on the test set"),
    "gain": st.column_config.NumberColumn("To scratch", format="%+.1f", help="points of accuracy above the control"),
    "used": st.column_config.NumberColumn("Stand on it", format="%d", help="runs that it taught"),
    "size": st.column_config.NumberColumn("MB", format="%.1f", width="small"),
    "asked": st.column_config.DatetimeColumn("Asked", format="MM-DD HH:mm"),
    "tags": st.column_config.ListColumn("Tags", width="small"),
}  # fmt: skip


def table() -> None:
    """The filters and what they leave; a row that is chosen is the run looked at from now on."""
    every = rows(all_runs())
    if not every:
        st.info("Start one on the Distill page, or bring one that was exported elsewhere.", title="No runs yet")
        return
    found = _filtered(every)
    st.caption(
        f"{len(found):,} of {len(every):,} runs" + (f", the newest {MOST_ROWS} shown" * (len(found) > MOST_ROWS))
    )
    shown = found[:MOST_ROWS]
    picked = st.dataframe(
        pd.DataFrame([_shown(r) for r in shown], columns=list(COLUMNS)), key="runs", hide_index=True,
        column_config=COLUMNS, column_order=_order(shown), on_select="rerun", selection_mode="single-row",
        height=min(38 + 35 * len(shown), 430),
    )  # fmt: skip
    places = picked["selection"]["rows"]
    if places and places[0] < len(shown) and st.session_state.get("picked_run") != shown[places[0]]["id"]:
        st.session_state["picked_run"] = shown[places[0]]["id"]
        chosen.choose_run(str(shown[places[0]]["id"]))


def _filtered(every: Sequence[Row]) -> list[Row]:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    words = left.text_input("Find", key="find", bind="query-params", placeholder="method, data, name, tag, seed 3, ...")
    alone = right.toggle("Also teachers and controls", key="alone", bind="query-params")
    there = [s for s in STATES if any(r["state"] == s for r in every)]
    tags = list(dict.fromkeys(t for r in every for t in r.get("tags", ())))
    with st.container(horizontal=True):
        states = st.pills("State", there, selection_mode="multi", key="states") if len(there) > 1 else []
        wanted = st.pills("Tags", tags, selection_mode="multi", key="tags") if tags else []
    return matching(every, words, states=states, tags=wanted, alone=alone)


def _order(shown: Sequence[Row]) -> list[str]:
    """The columns that say something of these rows."""
    idle = {"used": all(not r.get("used_by") for r in shown), "tags": all(not r.get("tags") for r in shown)}
    return [name for name in COLUMNS if not idle.get(name)]


def _shown(row: Row) -> dict[str, Any]:
    accuracy = row.get("accuracy", {}).get("test")
    return {
        "what": plain(row.get("name") or row.get("method", row["id"][:8])),
        "state": row["state"],
        "data": plain(row.get("data", "")),
        "student": f"{row.get('student', '')}, {row.get('architecture', '')}",
        "teachers": ", ".join(row.get("teachers", ())) or "labels",
        "seed": row.get("seed"),
        "accuracy": None if accuracy is None else 100 * accuracy,
        "gain": None if row.get("gain") is None else 100 * row["gain"],
        "used": len(row.get("used_by", ())) or None,
        "size": row["bytes"] / 1e6,
        "asked": pd.Timestamp(row["asked"], unit="s") if "asked" in row else None,
        "tags": [plain(t) for t in row.get("tags", ())],
    }


def bring() -> None:
    """A run that was exported elsewhere."""
    with st.expander("Bring a run that was exported elsewhere", icon=":material/upload:"):
        file = st.file_uploader(
            "A .kdviz.zip", key="archive", help="Checked like any upload; nothing in it is executed."
        )
        if file is None or st.session_state.get("archive_taken") == file.file_id:
            return
        st.session_state["archive_taken"] = file.file_id
        try:
            quota.refuse_more(file.size)
            with st.spinner("Checking the archive"):
                said = imported(file.getvalue())
        except UserError as wrong:
            st.error(sentence(wrong), title="This cannot be brought here")
            return
        chosen.choose_run(said["run"])
        missing = "" if said["data_here"] else " Its data is not here: open the file on the Data page to see evidence."
        st.success(("The run is here now." if said["new"] else "This run was here already.") + missing)


def room() -> None:
    """How much room everything takes, and the trash."""
    purged = trash.purge()
    gone = trash.discarded()
    with st.expander(
        "Room on the disk, and the trash", icon=":material/hard_drive:", key="room", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        with st.container(horizontal=True):
            for name, size in disk().items():
                st.metric(name.capitalize(), f"{size / 1e6:,.1f} MB", width="content")
        if purged:
            st.caption(f"{purged} runs had lain in the trash for {trash.DAYS} days and were removed.")
        for each in gone[:20]:
            _discarded(each)
        if not gone:
            st.caption(f"The trash is empty. What is deleted lies here for {trash.DAYS} days.")
        elif st.button("Empty the trash for good", key="empty_trash"):
            trash.purge(0)
            st.rerun()


def _discarded(each: trash.Discarded) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(f"{_called(each)}, deleted {pd.Timestamp(each.at, unit='s'):%Y-%m-%d %H:%M} UTC")
    right.button("Take back", key=f"back_{each.key}", on_click=take_back, args=(each.key,))


def _called(each: trash.Discarded) -> str:
    try:
        recipe = each.run.recipe
    except UserError:
        return f"Run {each.identity[:8]}"
    return f"{recipe.method}, seed {recipe.seed} ({each.identity[:8]})"


def take_back(key: str) -> None:
    """Undo a deletion; what stands in the way is said on the page."""
    try:
        chosen.choose_run(trash.take_back(key).folder.name)
        st.session_state.pop("just_deleted", None)
    except UserError as wrong:
        st.session_state["trash_said"] = str(wrong)


def just_deleted() -> None:
    """What was deleted a moment ago, with the way back."""
    if wrong := st.session_state.pop("trash_said", None):
        st.warning(sentence(wrong))
    key = st.session_state.get("just_deleted")
    if key:
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.success(f"Deleted. It lies in the trash for {trash.DAYS} days.")
        right.button("Undo", key="undo_delete", on_click=take_back, args=(key,), type="primary")
