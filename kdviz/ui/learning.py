"""Words and pictures: every concept with its figure, a map of the methods, the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.concepts import DRAWN
from kdviz.figures.concepts_run import FROM_A_RUN
from kdviz.modalities.base import modalities, modality
from kdviz.runs.finished import NotFinished, finished
from kdviz.ui import cached, keys
from kdviz.ui.concepts import CONCEPTS, LIMITS, Concept
from kdviz.ui.words import say

RUN = "gunpoint"


def concepts(data: Dataset) -> None:
    """Each concept under its own address: `/learn#gaf`."""
    for concept in CONCEPTS:
        st.header(concept.title, anchor=concept.id)
        left, right = st.columns([3, 2], gap="large")
        left.markdown(concept.words)
        if concept.figure:
            with right:
                drawn(concept, data)


def drawn(concept: Concept, data: Dataset) -> None:
    """A concept's figure, computed from the first test series, or from the finished run of Start where it needs one."""
    made = _from_a_run(concept.figure) if concept.figure in FROM_A_RUN else _from_a_series(concept.figure, data)
    if made is None:
        st.caption(say("no run to draw from"))
        return
    figure, words = made
    st.plotly_chart(figure, key=f"concept_{concept.id}", config={"displayModeBar": False}, alt=words)
    st.caption(words)


def _from_a_series(name: str, data: Dataset) -> tuple[Any, str]:
    draw, words = DRAWN[name]
    return draw(seen(name, data.X[int(data.test[0]) if data.test.size else 0, 0])), words


def _from_a_run(name: str) -> tuple[Any, str] | None:
    try:
        run = finished(RUN)
    except NotFinished:
        return None
    draw, words = FROM_A_RUN[name]
    signal = cached.dataset(RUN).X[int(run.arrays["series"][0]), 0]
    return draw(signal, run.arrays, run.words["epochs"]), words


def seen(name: str, series: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the modality of this name makes of a series (T,) by itself, (H, W); the series where there is none."""
    if name not in modalities():
        return series
    eye, whole = modality(name), series[None, None].astype(np.float32)
    eye.fit(whole)
    view: NDArray[np.float32] = eye.see(whole)[0, 0]
    return view


def methods(rows: list[dict[str, Any]]) -> None:
    """Every method in a line, with what its name means elsewhere."""
    st.header("Methods", anchor="methods")
    table = [
        {
            "id": r["id"],
            "method": r["title"],
            "handed over": "; ".join(f"{giver}: {what}" for giver, what, _ in r["about"]["hands"]),
            "idea": r["about"]["idea"],
            "the name elsewhere": r["about"]["elsewhere"],
        }
        for r in rows
    ]
    st.caption(say("map of methods"))
    st.dataframe(table, hide_index=True, key="methods_table", alt=say("map of methods"))


def limits() -> None:
    """What kdviz cannot tell, and the keys."""
    st.header("What kdviz cannot tell you", anchor="limits")
    st.markdown("\n".join(f"- {line}" for line in LIMITS))
    st.header("Keys", anchor="keys")
    keys.table()
