"""A method's entry: its idea, equation, a drawing of who hands what to whom, and where all that comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.figures.hands import hands, told
from kdviz.needs import Needs

Row = Mapping[str, Any]


def entry(row: Row) -> None:
    """Everything a method says of itself."""
    about = row["about"]
    st.markdown(about["idea"])
    st.latex(about["equation"])
    if about["elsewhere"]:
        st.caption(f"The name elsewhere: {about['elsewhere']}")
    with st.expander("Who hands what to whom, cost, what it claims, sources"):
        drawing, words = st.columns([3, 2], gap="medium")
        with drawing:
            st.plotly_chart(
                hands(about["hands"]), key=f"hands_{row['id']}", config={"displayModeBar": False},
                alt=f"Who hands what to whom. {told(about['hands'])}",
            )  # fmt: skip
        words.markdown(f"**It costs:** {about['cost']}")
        words.markdown(f"**Of the evidence it claims to hand on:** {about['claims']}")
        for paper in about["papers"]:
            words.markdown(f"- {paper}")


def wanted(row: Row) -> Needs:
    """What the method needs, of its row of the catalogue."""
    needs = row["needs"]
    return Needs(**{**needs, "teachers": tuple(needs["teachers"])})


def refused(row: Row, wish: Mapping[str, Any]) -> bool:
    """Say why the method cannot run with the wished teachers and student, and the change that would enable it."""
    reason = wanted(row).refusal(wish["teachers"], wish["student"])
    if reason:
        st.warning(reason, title=f"{row['title']} cannot run so")
    return reason is not None


def disabled(rows: Sequence[Row], wish: Mapping[str, Any]) -> None:
    """The methods that cannot run with the wished teachers and student, each with the change that would enable it."""
    reasons = {row["title"]: wanted(row).refusal(wish["teachers"], wish["student"]) for row in rows}
    lines = [f"- **{title}**: {reason}" for title, reason in reasons.items() if reason]
    if lines:
        with st.expander(f"{len(lines)} of {len(rows)} methods cannot run with these teachers and this student"):
            st.markdown("\n".join(lines))
