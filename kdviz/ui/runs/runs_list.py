"""All runs: found by words, states and tags, in a table from which one is opened; how much room they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.archive.transfer import imported
from kdviz.runs.hosting import quota
from kdviz.runs.store.run import all_runs
from kdviz.runs.store.run_table import STATES, Row, matching, rows
from kdviz.ui.runs.trash_list import discard
from kdviz.ui.shell.frame import go
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.widgets.page_links import link_to

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
        column_config=COLUMNS, column_order=_order(shown), on_select="rerun", selection_mode="multi-row",
        height=min(38 + 35 * len(shown), 430),
    )  # fmt: skip
    several([str(shown[place]["id"]) for place in picked["selection"]["rows"] if place < len(shown)])


def several(picked: Sequence[str]) -> None:
    """One run that is picked is opened; two or more can be compared, or deleted together."""
    if len(picked) == 1 and st.session_state.get("picked_run") != picked[0]:
        st.session_state["picked_run"] = picked[0]
        current.choose_run(picked[0])
    if len(picked) < 2:
        st.caption("Pick one run to open it, two or more to compare them.")
        return
    with st.container(horizontal=True):
        if st.button(f"Compare these {len(picked)}", key="compare_these", icon=":material/balance:"):
            go("compare", link_to(picked))
        st.button(f"Delete these {len(picked)}", key="delete_these", icon=":material/delete:",
                  on_click=discard, args=(tuple(picked),))  # fmt: skip


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
        "what": one_line(row.get("name") or row.get("method", row["id"][:8])),
        "state": row["state"],
        "data": one_line(row.get("data", "")),
        "student": f"{row.get('student', '')}, {row.get('architecture', '')}",
        "teachers": ", ".join(row.get("teachers", ())) or "labels",
        "seed": row.get("seed"),
        "accuracy": None if accuracy is None else 100 * accuracy,
        "gain": None if row.get("gain") is None else 100 * row["gain"],
        "used": len(row.get("used_by", ())) or None,
        "size": row["bytes"] / 1e6,
        "asked": pd.Timestamp(row["asked"], unit="s") if "asked" in row else None,
        "tags": [one_line(t) for t in row.get("tags", ())],
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
        current.choose_run(said["run"])
        missing = "" if said["data_here"] else " Its data is not here: open the file on the Data page to see evidence."
        st.success(("The run is here now." if said["new"] else "This run was here already.") + missing)
