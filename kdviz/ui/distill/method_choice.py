"""Choosing a method: a family, then one of it, then what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.figures.method_diagrams import handover_sentence, hands
from kdviz.methods.needs import Needs
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import Markdown, one_line
from kdviz.ui.texts.sentences import say, say_plain

Row = Mapping[str, Any]
USUAL = "aver"
FIRST = ("aver", "eskd", "camkd", "ebkd", "hidden", "progressive", "fam", "crd")
"""Those that kdviz was made for, in their order; they are a list of their own, before the families."""
FAMILIES = ("first", "answers", "features", "maps", "relations", "frequencies", "stages", "labels", "other")


def pick_method(rows: Sequence[Row], usual: str = USUAL) -> Row:
    """The families, the methods of the one that is chosen, and the method's words; `usual` goes unsaid in the link."""
    by_id = {row["id"]: row for row in rows}
    usual = usual if usual in by_id else next(iter(by_id))
    families = {name: say(f"family {name}") for name in FAMILIES if _of(name, by_id)}
    family = one_of(st.segmented_control, say("family"), families, _first_family(by_id, usual), "family",
                    required=True, wrap=True, label_visibility="collapsed")  # fmt: skip
    titles = {name: short_title(by_id[name]) for name in _of(family, by_id)}
    asked = st.query_params.get("method")
    if asked not in titles and st.session_state.get("method") not in titles:
        st.session_state["method"] = usual if usual in titles else next(iter(titles))
    row = by_id[one_of(st.pills, say("method"), titles, usual, "method", required=True, wrap=True,
                       label_visibility="collapsed")]  # fmt: skip
    _entry(row)
    return row


def short_title(row: Row) -> str:
    """What a method is called in a row of others: its title without what stands in brackets."""
    return one_line(str(row["title"]).partition(" (")[0])


def _first_family(by_id: Mapping[str, Row], usual: str) -> str:
    """That of the method that the link, or else the page, has chosen."""
    asked = st.query_params.get("method") or st.session_state.get("method") or usual
    name = asked if asked in by_id else usual
    return "first" if name in FIRST else _family(by_id[name])


def _family(row: Row) -> str:
    found = str(row.get("family", ""))
    return found if found in FAMILIES[1:] else "other"


def _of(family: str, by_id: Mapping[str, Row]) -> list[str]:
    """The methods of a family; those that kdviz was made for stand before the others."""
    if family == "first":
        return [name for name in FIRST if name in by_id]
    found = [name for name, row in by_id.items() if _family(row) == family]
    return sorted(found, key=lambda name: (name not in FIRST, FIRST.index(name) if name in FIRST else 0))


def _entry(row: Row) -> None:
    """What a method does, in a line; and behind a button everything else that it says of itself."""
    about = row["about"]
    words, more = st.columns([4, 1], vertical_alignment="center")
    words.markdown(say("method idea", title=Markdown(row["title"]), idea=Markdown(about["idea"])))
    with more.popover(say("how it works"), icon=":material/schema:", width="stretch"):
        if about["elsewhere"]:
            st.markdown(say("named elsewhere", elsewhere=Markdown(about["elsewhere"])))
        st.latex(about["equation"])
        st.plotly_chart(
            hands(about["hands"]), key=f"hands_{row['id']}", config={"displayModeBar": False}, width=640,
            alt=say_plain("hands alt", told=handover_sentence(about["hands"])),
        )  # fmt: skip
        st.markdown(say("entry costs", cost=Markdown(about["cost"])))
        st.markdown(say("entry claims", claims=Markdown(about["claims"])))
        for paper in about["papers"]:
            st.markdown(f"- {paper}")


def wanted(row: Row) -> Needs:
    """What the method needs, of its row of the catalogue."""
    needs = row["needs"]
    return Needs(**{**needs, "teachers": tuple(needs["teachers"])})


def refused(row: Row, wish: Mapping[str, Any], data: Dataset) -> bool:
    """Say why the method cannot run with the wished teachers, student and labels, and the change that would help."""
    hides = "labels" in wish.get("knows", {}) or data.unlabelled is not None
    reason = wanted(row).refusal(wish["teachers"], wish["student"])
    if not reason and hides:
        reason = wanted(row).refusal_of_hidden()
    if reason:
        st.warning(reason, title=say("method cannot", method=row["title"]))
    return reason is not None


def disabled(rows: Sequence[Row], wish: Mapping[str, Any]) -> None:
    """The methods that cannot run with the wished teachers and student, each with the change that would enable it."""
    reasons = {row["title"]: wanted(row).refusal(wish["teachers"], wish["student"]) for row in rows}
    given = [(Markdown(title), Markdown(reason)) for title, reason in reasons.items() if reason]
    lines = [f"- {say('why cannot', method=title, reason=reason)}" for title, reason in given]
    if lines:
        with st.expander(say("methods cannot", count=len(lines), of=len(rows))):
            st.markdown("\n".join(lines))
