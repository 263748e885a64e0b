"""Which series and channel a visitor looks at, by number or among those worth a look; both are in the link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.runs.looker.questions import MATCH, PREDICTIONS
from kdviz.runs.store.run import Run
from kdviz.ui.shell.presenter import wide
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of, refuse_odd_number
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain


def series(data: Dataset, key: str = "i") -> int:
    """A series by its number, with buttons and keys for the one before and after."""
    count = data.series
    refuse_odd_number(key, 0, count - 1)
    _hold(key, count)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.number_input(
            say("series"), 0, count - 1, key=key, bind="query-params", help=say("series range", last=count - 1)
        )
        for by, word, arrow in ((-1, "before", "Left"), (1, "after", "Right")):
            icon = f":material/chevron_{arrow.lower()}:"
            st.button(
                icon, key=word, help=say(f"step {word}"), on_click=_step_number, args=(key, by, count), shortcut=arrow
            )
    return int(chosen)


def channel(data: Dataset, key: str = "ch") -> int:
    """A channel by its name; nothing is asked where there is one."""
    if len(data.channels) == 1:
        return 0
    names = {str(place): one_line(name) for place, name in enumerate(data.channels)}
    return int(one_of(st.selectbox, say("channel"), names, "0", key))


def held(data: Dataset, key: str = "ch") -> int:
    """The channel that was chosen on this page."""
    asked = str(st.session_state.get(key) or 0)
    return min(int(asked) if asked.isdecimal() else 0, len(data.channels) - 1)


def _hold(key: str, count: int) -> None:
    """Another data set may have fewer."""
    if int(st.session_state.get(key) or 0) >= count:
        st.session_state[key] = 0


def _step_number(key: str, by: int, count: int) -> None:
    st.session_state[key] = (int(st.session_state.get(key) or 0) + by) % count


Index = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
CASES = ("all", "worst", "best", "disagree", "same_error", "student_error")
NEED_MATCH = ("worst", "best")


def cases(kind: str, y: Index, student: Index, teacher: Index, match: Floats | None, higher: bool = True) -> Index:
    """Places (k,) in the test set, in the order in which to go through them.

    y, student, teacher   (n,) labels and answers
    match                 (n,) likeness of their evidence, NaN where it is not known; `higher` is more alike
    """
    places = np.arange(y.size)
    if kind in NEED_MATCH:
        if match is None:
            return places[:0]
        known = places[np.isfinite(match)]
        order = known[np.argsort(match[known], kind="stable")]
        return order if (kind == "worst") == higher else order[::-1]
    chosen = {
        "disagree": student != teacher,
        "same_error": (student == teacher) & (student != y),
        "student_error": student != y,
    }
    return places[chosen[kind]] if kind in chosen else places


KEY = "i"
OPEN_PLACE = "open_place"
"""Where the session holds a place in the test set that is to be looked at next."""
MEASURE = "pearson"
MOST_ROWS = 200


def against(roles: Iterable[str], titles: Mapping[str, str], first: str) -> str:
    """The teacher that the student is compared with, by its modality; `first` is the one to begin with."""
    names = [role.removeprefix("teacher.") for role in roles if role.startswith("teacher.")]
    if not names:
        return ""
    options = {name: titles[f"teacher.{name}"] for name in names}
    return one_of(
        st.selectbox,
        say("compared with"),
        options,
        first if first in names else names[0],
        "vs",
        help=say("compared help"),
        label_visibility="collapsed",
    )


def walk(run: Run, data: Dataset, teacher: str, extractor: str) -> int:
    """The series looked at, counted over the whole data set; a list to browse jumps to its first."""
    with st.container(width=wide(180)):
        titles = {kind: say_plain(f"case {kind}") for kind in CASES}
        kind = one_of(
            st.selectbox, say("go through"), titles, "all", "list", on_change=_jump, label_visibility="collapsed"
        )
    order, match = ordered(run, data, teacher, extractor, kind)
    refuse_odd_number(KEY, 0, data.test.size - 1)
    if _held(data) is None:
        st.session_state[KEY] = 0
    if st.session_state.pop("jump", False) and order.size:
        st.session_state[KEY] = int(order[0])
    with st.container(width=wide(80)):
        last = data.test.size - 1
        place = int(
            st.number_input(say("test series"), 0, last, key=KEY, bind="query-params", label_visibility="collapsed")
        )
    for by, word, arrow in ((-1, "before", "Left"), (1, "after", "Right")):
        st.button(
            say_plain(f"arrow {word}"), key=word, help=say(f"go {word}"), on_click=_step_in_order, args=(order, by),
            shortcut=arrow, disabled=not order.size,
        )  # fmt: skip
    st.caption(where(order, place, kind), width="content")
    if kind != "all" and order.size:
        listed(run, data, teacher, order, match)
    return int(data.test[place])


def _jump() -> None:
    """Another list: begin at its first series."""
    st.session_state["jump"] = True


def ordered(run: Run, data: Dataset, teacher: str, extractor: str, kind: str) -> tuple[Index, Floats]:
    """The places in the test set to go through, and how well each test series matches (NaN: not measured)."""
    predicted = cache.answer(run, PREDICTIONS).probability
    y, match, higher = data.y[data.test], np.full(data.test.size, np.nan), True
    if kind != "all":
        match = matched(run, data, teacher, extractor)
    answers = {role: p.argmax(1) for role, p in predicted.items()}
    other = answers.get(f"teacher.{teacher}", answers["student"])
    return cases(kind, y, answers["student"], other, match, higher), match


def matched(run: Run, data: Dataset, teacher: str, extractor: str) -> Floats:
    """The Pearson correlation (n_test,) of student and teacher, NaN where it is not measured or undefined."""
    match, out = cache.answer(run, MATCH, extractor=extractor), np.full(data.test.size, np.nan)
    found = match.teachers.get(teacher, {}).get(MEASURE)
    if found is not None:
        known = np.searchsorted(np.sort(data.test), match.series)
        out[np.argsort(data.test)[known]] = found.each
    return out


def where(order: Index, place: int, kind: str) -> str:
    """How far along the list this series is."""
    if not order.size:
        return say("none of kind") if kind not in NEED_MATCH else say("no match")
    found = np.flatnonzero(order == place)
    if not found.size:
        return say("not among", of=order.size)
    return say("place in list", place=int(found[0]) + 1, of=order.size)


def listed(run: Run, data: Dataset, teacher: str, order: Index, match: NDArray[np.floating[Any]]) -> None:
    """The list as a table; a click on a row opens its series."""
    predicted = cache.answer(run, PREDICTIONS).probability
    shown, names = order[:MOST_ROWS], [one_line(c) for c in data.classes]

    def said(role: str) -> list[str]:
        return [names[k] for k in predicted[role][shown].argmax(1)] if role in predicted else ["–"] * shown.size

    table = {
        say_plain("list head series"): shown,
        say_plain("list head class"): [names[k] for k in data.y[data.test[shown]]],
        say_plain("list head student"): said("student"),
        say_plain("list head teacher"): said(f"teacher.{teacher}"),
        "match": match[shown],
    }
    with st.popover(say("the list", count=order.size), width="content"):
        picked = st.dataframe(
            table, key=f"cases_{order.size}", on_select="rerun", selection_mode="single-row", hide_index=True,
            height=min(420, 38 + 35 * shown.size), alt=say_plain("the list alt"),
            column_config={"match": st.column_config.NumberColumn(say_plain("list head match"), format="%.2f")},
        )  # fmt: skip
        rows = picked["selection"]["rows"]
        if rows and st.session_state.get("opened_row") != (order.size, rows[0]):
            st.session_state["opened_row"] = (order.size, rows[0])
            st.session_state[OPEN_PLACE] = int(shown[rows[0]])
            st.rerun()


def _held(data: Dataset) -> int | None:
    asked = st.session_state.pop(OPEN_PLACE, None)
    if asked is not None:
        st.session_state[KEY] = asked
    held = int(st.session_state.get(KEY) or 0)
    return held if 0 <= held < data.test.size else None


def _step_in_order(order: Index, by: int) -> None:
    now = np.flatnonzero(order == int(st.session_state.get(KEY) or 0))
    st.session_state[KEY] = int(order[(now[0] + by) % order.size] if now.size else order[0])
