"""The first page's lower half: series to begin with, and a place for one's own. Nothing heavy is loaded here."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kdviz.data import samples
from kdviz.figures.palette import KINDS
from kdviz.figures.spark import spark
from kdviz.ui import cached, chosen, reading
from kdviz.ui.shell import go
from kdviz.ui.words import counted, say

DROPPED = "dropped"
SHOWN = ("basic_motions", "gunpoint", "coffee")


def drop() -> None:
    """A file of the visitor's own: the Data page reads it, and says what it read or what is wrong with it."""
    if st.session_state.pop(DROPPED, False):
        go("data")
    if files := reading.dropped(say("start drop"), "start_file"):
        st.session_state[DROPPED] = True
        reading.store(files)
        del st.session_state[DROPPED]


def cards() -> None:
    """Three samples as they look, each one click from being seen or taught."""
    st.header(say("samples"), anchor=False)
    for name, column in zip(SHOWN, st.columns(len(SHOWN)), strict=True):
        with column.container(border=True, key=f"card_{name}", height="stretch"):
            card(name)


def card(name: str) -> None:
    """One sample: a series of each class, and what it is."""
    sample, data = samples.names()[name], cached.dataset(name)
    st.subheader(sample.title, anchor=False)
    first = [int(np.flatnonzero(data.y == k)[0]) for k in range(min(len(data.classes), len(KINDS)))]
    st.image(spark(data.X[first, 0], KINDS), width="stretch", alt=say("card alt", title=sample.title))
    st.markdown(sample.sentence)
    classes, channels = counted(len(data.classes), "class", "classes"), counted(len(data.channels), "channel")
    st.caption(say("card", series=data.series, classes=classes, channels=channels, citation=sample.citation))
    with st.container(horizontal=True):
        for page, word in (("encode", say("see it")), ("distill", say("teach with it"))):
            if st.button(word, key=f"{page}_{name}"):
                chosen.choose_data(name)
                go(page)
