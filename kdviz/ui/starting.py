"""The first page: what this is, and series to begin with. Nothing heavy is loaded here."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kdviz.data import samples
from kdviz.figures.palette import KINDS
from kdviz.figures.spark import spark
from kdviz.ui import cached, chosen
from kdviz.ui.shell import go
from kdviz.ui.words import counted

SHOWN = ("basic_motions", "gunpoint", "coffee")


def cards() -> None:
    """Three samples as they look, each one click from being seen or taught."""
    for name, column in zip(SHOWN, st.columns(len(SHOWN)), strict=True):
        with column.container(border=True, key=f"card_{name}", height="stretch"):
            card(name)


def card(name: str) -> None:
    """One sample: a series of each class, and what it is."""
    sample, data = samples.names()[name], cached.dataset(name)
    st.header(sample.title, anchor=False)
    first = [int(np.flatnonzero(data.y == k)[0]) for k in range(min(len(data.classes), len(KINDS)))]
    st.image(spark(data.X[first, 0], KINDS), width="stretch", alt=f"One series of each class of {sample.title}")
    st.markdown(sample.sentence)
    classes = counted(len(data.classes), "class", "classes")
    st.caption(f"{data.series} series, {classes}, {counted(len(data.channels), 'channel')}. {sample.citation}.")
    with st.container(horizontal=True):
        for page, word in (("encode", "See it"), ("distill", "Teach with it")):
            if st.button(word, key=f"{page}_{name}"):
                chosen.choose_data(name)
                go(page)
