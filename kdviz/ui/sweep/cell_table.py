"""The runs of a sweep: a row each, or of many a map, and rows of those that went astray."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.figures.images import MapCell, sweep_map
from kdviz.runs.store.run import RunState
from kdviz.runs.store.run_table import UNREADABLE
from kdviz.runs.sweeps.progress import MISSING
from kdviz.ui.shell.frame import link
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import BAR

Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 250
ASTRAY = (RunState.FAILED, UNREADABLE, MISSING)


def run_columns() -> dict[str, Any]:
    """The heads of the table of runs, by what they say."""
    number, line = st.column_config.NumberColumn, st.column_config.TextColumn
    accuracy, control = say("sweep column accuracy help"), say("sweep column control help")
    return {
        "method": line(say_plain("sweep column method")),
        "data": line(say_plain("sweep column data")),
        "student": line(say_plain("sweep column student"), width="small"),
        "teachers": line(say_plain("sweep column teachers")),
        "seed": number(say_plain("sweep column seed"), format="%d", width="small"),
        "state": line(say_plain("sweep column state"), width="small"),
        "accuracy": number(say_plain("sweep column accuracy"), format="percent", help=accuracy),
        "control": number(say_plain("sweep column control"), format="percent", help=control),
        "seconds": number(say_plain("sweep column seconds"), format="%.1f", width="small"),
        "why": line(say_plain("sweep column why")),
    }


def every_run(runs: Rows) -> None:
    """One row a run; of many a map, and rows of those alone that did not end well."""
    if len(runs) <= MOST_ROWS:
        with st.expander(say("every run", count=len(runs)), expanded=len(runs) <= 24):
            _table(runs)
        return
    _map(runs)
    astray = [row for row in runs if row["state"] in ASTRAY]
    if astray:
        with st.expander(say("runs astray", count=len(astray))):
            if len(astray) > MOST_ROWS:
                st.caption(say("first of runs", count=MOST_ROWS))
            _table(astray[:MOST_ROWS])


def _map(runs: Rows) -> None:
    """All runs as cells: a row for each method, data set, student and set of teachers, a column for each seed."""
    kinds = [name for name in ("method", "data", "student", "teachers") if len({row[name] for row in runs}) > 1] or [
        "method"
    ]
    cells = [
        MapCell(", ".join(str(row[k]) for k in kinds), str(row["seed"]), row["accuracy"],
                say_plain(f"state {row['state']}"))
        for row in runs
    ]  # fmt: skip
    counts = Counter(cell.state for cell in cells if cell.accuracy is None)
    left = ", ".join(say_plain("so many in state", count=n, state=state) for state, n in counts.items())
    scored = len(runs) - sum(counts.values())
    told = say("map told", scored=scored, count=len(runs), left=left) if left else say("map whole", count=len(runs))
    drawn = sweep_map(cells, say_plain("map seed"), say_plain("sweep column accuracy"))
    st.plotly_chart(drawn, key="sweep_map", config=BAR, alt=one_line(told, 300))
    st.caption(told)


def _table(runs: Rows) -> None:
    """Rows; one that is chosen can be opened."""
    heads = run_columns()
    idle = [n for n in ("why", "control", "teachers") if not any(row[n] for row in runs)]
    frame = pd.DataFrame([_cells(row, heads) for row in runs])
    picked = st.dataframe(
        frame, key="sweep_runs", hide_index=True, column_config=heads, on_select="rerun",
        selection_mode="single-row", column_order=[n for n in heads if n not in idle],
        height=min(38 + 35 * len(runs), 430), alt=say_plain("every run alt"),
        placeholder="–",
    )  # fmt: skip
    places = picked["selection"]["rows"]
    if places and places[0] < len(runs):
        opened = runs[places[0]]
        current.choose_run(str(opened["id"]))
        link("runs", say("open run", method=opened["method"], seed=opened["seed"]))


def _cells(row: Mapping[str, Any], heads: Iterable[str]) -> dict[str, Any]:
    given = {**row, "state": say_plain(f"state {row['state']}")}
    return {name: one_line(given[name]) if isinstance(given[name], str) else given[name] for name in heads}
