"""Words and pictures: every concept with its figure, the glossary, the limits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.concepts import DRAWN
from kdviz.figures.concepts_run import FROM_A_RUN, Of
from kdviz.modalities.base import modalities, modality
from kdviz.runs.finished import Finished, NotFinished, finished
from kdviz.ui import cached, keys
from kdviz.ui.concepts import CONCEPTS, LIMITS, Concept
from kdviz.ui.glossary import listed
from kdviz.ui.words import say

RUN = "gunpoint"


def concepts(data: Dataset) -> None:
    """Each concept under its own address: `/learn#gaf`."""
    run = _run()
    for concept in CONCEPTS:
        st.header(concept.title, anchor=concept.id)
        left, right = st.columns([3, 2], gap="large")
        left.markdown(concept.words)
        if concept.figure:
            with right:
                drawn(concept, data, run)


def drawn(concept: Concept, data: Dataset, run: Finished | None) -> None:
    """A concept's figure, computed from the first test series, or from the finished run of Start where it needs one."""
    name = concept.figure
    if name in FROM_A_RUN:
        if run is None:
            st.caption(say("no run to draw from"))
            return
        words, figure = FROM_A_RUN[name][1], _of_a_run(name, str(run.about["made"]))
    else:
        series = data.X[int(data.test[0]) if data.test.size else 0, 0]
        words, figure = DRAWN[name][1], _of_a_series(name, series.tobytes())
    st.plotly_chart(figure, key=f"concept_{concept.id}", config={"displayModeBar": False}, alt=words)
    st.caption(words)


@lru_cache(maxsize=64)
def _of_a_series(name: str, series: bytes) -> Any:
    return DRAWN[name][0](seen(name, np.frombuffer(series, np.float32)))


def _run() -> Finished | None:
    try:
        return finished(RUN)
    except NotFinished:
        return None


@lru_cache(maxsize=8)
def _of_a_run(name: str, made: str) -> Any:
    """Of the newest finished run, which was `made` then."""
    run = finished(RUN)
    signal = cached.dataset(RUN).X[int(run.arrays["series"][0]), 0]
    return FROM_A_RUN[name][0](Of(signal, run.arrays, run.words["epochs"]))


def seen(name: str, series: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the modality of this name makes of a series (T,) by itself, (H, W); the series where there is none."""
    if name not in modalities():
        return series
    eye, whole = modality(name), series[None, None].astype(np.float32)
    eye.fit(whole)
    view: NDArray[np.float32] = eye.see(whole)[0, 0]
    return view


def glossary() -> None:
    """Every word in a line, in the order of the alphabet."""
    st.header("Glossary", anchor="glossary")
    st.markdown(listed())


def limits() -> None:
    """What kdviz cannot tell, and the keys."""
    st.header("What kdviz cannot tell you", anchor="limits")
    st.markdown("\n".join(f"- {line}" for line in LIMITS))
    st.header("Keys", anchor="keys")
    keys.table()
