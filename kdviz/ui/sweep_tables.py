"""A sweep's runs in rows, and their means so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.ui import chosen
from kdviz.ui.escape import plain
from kdviz.ui.shell import link

Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 1000
COLUMNS = {
    "method": st.column_config.TextColumn("Method"),
    "data": st.column_config.TextColumn("Data"),
    "student": st.column_config.TextColumn("Student", width="small"),
    "seed": st.column_config.NumberColumn("Seed", format="%d", width="small"),
    "state": st.column_config.TextColumn("State", width="small"),
    "accuracy": st.column_config.NumberColumn("Accuracy", format="percent", help="on the test set, looked at once"),
    "control": st.column_config.NumberColumn("Scratch", format="percent", help="its from-scratch control"),
    "seconds": st.column_config.NumberColumn("Seconds", format="%.1f", width="small"),
    "why": st.column_config.TextColumn("Why not"),
}  # fmt: skip
SO_FAR = {
    "method": st.column_config.TextColumn("Method"),
    "data": st.column_config.TextColumn("Data"),
    "student": st.column_config.TextColumn("Student"),
    "ended": st.column_config.ProgressColumn("Ended", format="percent", min_value=0, max_value=1),
    "accuracy": st.column_config.NumberColumn("Mean accuracy", format="percent", help="of what has ended"),
    "control": st.column_config.NumberColumn("Mean of scratch", format="percent"),
}  # fmt: skip


def so_far(told: Rows) -> None:
    """By method, data and student: how many have ended, and their means; conclusions are drawn elsewhere."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in told:
        found.setdefault((row["method"], row["data"], row["student"]), []).append(row)
    means = [
        {"method": m, "data": plain(d), "student": s, "ended": _share(each), "accuracy": _mean(each, "accuracy"),
         "control": _mean(each, "control")}
        for (m, d, s), each in found.items()
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(means),
        key="so_far",
        hide_index=True,
        column_config=SO_FAR,
        placeholder="–",
        alt="Means by method so far",
    )
    st.caption("Means of what has ended so far. What follows from them, and what does not, is said under Compare.")


def _share(each: Rows) -> float:
    return sum(row["state"] in ("finished", "failed", "stopped") for row in each) / len(each)


def _mean(each: Rows, name: str) -> float | None:
    values = [row[name] for row in each if row[name] is not None]
    return sum(values) / len(values) if values else None


def every_run(told: Rows) -> None:
    """One row a run; one that is chosen can be opened."""
    shown = told[:MOST_ROWS]
    idle = [n for n in ("why", "control") if not any(row[n] for row in shown)]
    frame = pd.DataFrame([{n: plain(r[n]) if isinstance(r[n], str) else r[n] for n in COLUMNS} for r in shown])
    with st.expander(f"Every run ({len(told):,})", expanded=len(told) <= 24):
        picked = st.dataframe(
            frame, key="sweep_runs", hide_index=True, column_config=COLUMNS, on_select="rerun",
            selection_mode="single-row", column_order=[n for n in COLUMNS if n not in idle],
            height=min(38 + 35 * len(shown), 430), alt="Every run of the sweep",
            placeholder="–",
        )  # fmt: skip
        places = picked["selection"]["rows"]
        if places and places[0] < len(shown):
            chosen.choose_run(str(shown[places[0]]["id"]))
            link("runs", f"Open {shown[places[0]]['method']}, seed {shown[places[0]]['seed']}")
