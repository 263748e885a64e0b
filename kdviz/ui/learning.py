"""Words and pictures: every concept with its figure, a map of the methods, the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.concepts import DRAWN
from kdviz.modalities.base import modalities, modality
from kdviz.ui.concepts import CONCEPTS, LIMITS, Concept

KEYS = (
    ("← →", "previous and next series"),
    ("Tab, Shift+Tab", "from one control to the next"),
    ("Esc", "close or clear"),
)


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
    """A concept's figure, computed from the first test series."""
    draw, words = DRAWN[concept.figure]
    series = data.X[int(data.test[0]) if data.test.size else 0, 0]
    st.plotly_chart(
        draw(seen(concept.figure, series)), key=f"concept_{concept.id}", config={"displayModeBar": False}, alt=words
    )
    st.caption(words)


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
        {"id": r["id"], "method": r["title"], "idea": r["about"]["idea"], "the name elsewhere": r["about"]["elsewhere"]}
        for r in rows
    ]
    st.dataframe(table, hide_index=True, key="methods_table")


def limits() -> None:
    """What kdviz cannot tell, and the keys."""
    st.header("What kdviz cannot tell you", anchor="limits")
    st.markdown("\n".join(f"- {line}" for line in LIMITS))
    st.header("Keys", anchor="keys")
    st.markdown("\n".join(f"- **{key}**: {what}" for key, what in KEYS))
