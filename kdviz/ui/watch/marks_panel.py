"""A watch held against known marks, which are read only when somebody asks; and a measure not to be ranked by."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.analysis.watch_answers import JudgedWatch
from kdviz.runs.looker.questions import JUDGED
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain

ASKED, TEXT, TAKEN = "marks_asked", "marks_text", "marks_taken"
MEGABYTES = 4
"""Of a file of marks: 0 and 1 for each of two million samples."""


def shown_marks(run: Run) -> list[tuple[int, int]]:
    """The marked stretches where somebody asked for them; none before."""
    found = verdict(run)
    return [] if found is None else [(int(a), int(b)) for a, b in found.ranges]


def verdict(run: Run) -> JudgedWatch | None:
    """What the marks say where somebody asked for them, and there are any; None before."""
    if st.session_state.get(ASKED) != run.folder.name:
        return None
    try:
        return cache.answer(run, JUDGED, marks=st.session_state.get(TEXT), lesson=True)
    except UserError:
        return None


def show_marks(run: Run) -> None:
    """The button that reads marks; then every view, the fused score and the controls in numbers."""
    st.header(say("marks"), anchor=False)
    if st.session_state.get(ASKED) != run.folder.name:
        st.caption(say("marks unread"))
        if st.button(say("marks read"), key="read_marks"):
            st.session_state[ASKED] = run.folder.name
            st.session_state.pop(TEXT, None)
            st.rerun()
        return
    try:
        found = cache.answer(run, JUDGED, marks=st.session_state.get(TEXT), lesson=True)
    except UserError as wrong:
        st.info(sentence(wrong), title=say("marks odd" if TEXT in st.session_state else "marks none"))
        _bring()
        return
    with st.expander(say("marks other")):
        _bring()
    lesson = st.toggle(say("lesson"), key="lesson", help=say("lesson help"))
    order = sorted(found.scores, key=lambda name: -found.scores[name]["vus_pr"])
    hit = {None: "-", True: say_plain("hit"), False: say_plain("missed")}
    rows = {
        say_plain("score"): order,
        "VUS-PR": [found.scores[n]["vus_pr"] for n in order],
        "AUC-PR": [found.scores[n]["auc_pr"] for n in order],
        "AUC-ROC": [found.scores[n]["auc_roc"] for n in order],
        say_plain("highest sample"): [hit[found.scores[n]["ucr"]] for n in order],
    }
    st.dataframe(pd.DataFrame(rows).round(3), hide_index=True)
    st.caption(say("marks say", marked=found.marked, share=found.share))
    if lesson:
        _lesson(found.scores)


def _bring() -> None:
    """Ranges that a person writes down, or a file of them."""
    left, right = st.columns(2)
    with left, st.form("marks_form", border=False):
        written = st.text_area(
            say("marks written"), key="marks_written", placeholder=say_plain("marks example"), help=say("marks help")
        )
        if st.form_submit_button(say("marks take")) and written.strip():
            st.session_state[TEXT] = written
            st.rerun()
    with right:
        kinds = ["json", "csv", "txt"]
        given = st.file_uploader(say("marks file"), type=kinds, key="marks_file", max_upload_size=MEGABYTES)
        with st.container(key="too_large_marks"):  # the frame's style shows it beside a red mark of the browser
            st.caption(say("marks large", megabytes=MEGABYTES))
    if given is None or given.size > MEGABYTES << 20 or given.file_id == st.session_state.get(TAKEN):
        return
    st.session_state[TAKEN] = given.file_id
    st.session_state[TEXT] = given.getvalue().decode("utf-8", "replace")
    st.rerun()


def _lesson(scores: dict[str, dict[str, float]]) -> None:
    """Point-adjusted F1, struck through: a score that knows nothing does well by it."""
    whole, chance = scores["fused"], scores["random"]
    st.markdown(say("lesson says", whole=whole["adjusted_f1"], chance=chance["adjusted_f1"], honest=chance["best_f1"]))
