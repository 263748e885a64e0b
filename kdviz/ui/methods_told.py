"""The methods on Learn: a map of what they hand over, the same as a table, and each in three sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from kdviz.figures.hands import hands
from kdviz.figures.hands import told as told_hands
from kdviz.figures.map_of_methods import Place, map_of_methods, told
from kdviz.ui.handed import KINDS, kinds
from kdviz.ui.words import say

Row = Mapping[str, Any]
PLAIN = {"displayModeBar": False}


def methods(rows: Sequence[Row]) -> None:
    """The map, the table, and every method under its own address: `/learn#method-kd`."""
    st.header("Methods", anchor="methods")
    places = tuple(Place(r["id"], r["title"], kinds(r["about"]), f"#{anchor(r)}") for r in rows)
    st.caption(say("map of methods"))
    st.plotly_chart(
        _map(places), key="method_map", config=PLAIN, width=720,
        alt=f"What is handed over, and by which methods. {told(places, KINDS)}",
    )  # fmt: skip
    table = st.expander(say("methods as a table"), key="methods_as_table", on_change="rerun")
    if table.open:
        with table:
            st.dataframe([_line(r) for r in rows], hide_index=True, key="methods_table", alt=say("methods as a table"))
    for row in rows:
        st.fragment(method)(row)


def method(row: Row) -> None:
    """A method in three sentences; who hands what to whom is drawn when it is asked for."""
    st.subheader(row["title"], anchor=anchor(row))
    st.markdown("\n".join(f"- {each}" for each in sentences(row["about"])))
    drawing = st.expander(say("hands of", what=row["title"]), key=f"open_{row['id']}", on_change="rerun")
    if drawing.open:
        given = row["about"]["hands"]
        drawing.plotly_chart(
            hands(given), key=f"drawn_{row['id']}", config=PLAIN, width=640,
            alt=f"Who hands what to whom. {told_hands(given)}",
        )  # fmt: skip


def sentences(about: Row) -> tuple[str, str, str]:
    """What it does; what goes over and what that claims; what the name means elsewhere and what it costs."""
    gifts = ", ".join(f"{what} (from {giver} to {taker})" for giver, what, taker in about["hands"])
    elsewhere = f"The name elsewhere: {about['elsewhere']} " if about["elsewhere"] else ""
    return (
        about["idea"],
        f"Handed over: {gifts}; the evidence it claims to hand on: {_within(about['claims'])}",
        f"{elsewhere}It costs: {_within(about['cost'])}",
    )


def anchor(row: Row) -> str:
    """The address of a method on Learn."""
    return f"method-{row['id'].replace('_', '-')}"


@lru_cache(maxsize=2)
def _map(places: tuple[Place, ...]) -> Any:
    return map_of_methods(places, KINDS)


def _within(words: str) -> str:
    """As the rest of a sentence; an abbreviation keeps its capitals."""
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def _line(row: Row) -> dict[str, str]:
    about = row["about"]
    return {
        "id": row["id"],
        "method": row["title"],
        "kind": ", ".join(kinds(about)),
        "handed over": "; ".join(f"{giver}: {what}" for giver, what, _ in about["hands"]),
        "idea": about["idea"],
        "the name elsewhere": about["elsewhere"],
    }
