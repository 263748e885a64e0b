"""All runs: found by words, states and tags, in a table from which one is opened; how much room they take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.archive.transfer import imported
from kdviz.runs.hosting import quota
from kdviz.runs.index import run_list
from kdviz.runs.index.run_list import ORDERS, Filter, RunPage
from kdviz.runs.store.run_table import Row
from kdviz.ui.runs.trash_list import discard
from kdviz.ui.shell.frame import go
from kdviz.ui.state import current
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.page_links import MOST_IN_LINK, link_to

PAGE, MOST_AT_ONCE = 100, 1000
PAGE_KEY = "page_of_runs"


def columns() -> dict[str, Any]:
    """What the table says of a run, by name."""
    return {
        "what": st.column_config.TextColumn(say_plain("column run")),
        "state": st.column_config.TextColumn(say_plain("column state"), width="small"),
        "data": st.column_config.TextColumn(say_plain("column data"), width="small"),
        "student": st.column_config.TextColumn(say_plain("column student"), width="small"),
        "teachers": st.column_config.TextColumn(say_plain("column taught")),
        "seed": st.column_config.NumberColumn(say_plain("column seed"), format="%d", width="small"),
        "accuracy": st.column_config.NumberColumn(
            say_plain("column accuracy"), format="%.1f %%", help=say("column accuracy help")
        ),
        "gain": st.column_config.NumberColumn(say_plain("column gain"), format="%+.1f", help=say("column gain help")),
        "used": st.column_config.NumberColumn(say_plain("column used"), format="%d", help=say("column used help")),
        "size": st.column_config.NumberColumn(say_plain("column size"), format="%.1f", width="small"),
        "asked": st.column_config.DatetimeColumn(say_plain("column asked"), format="MM-DD HH:mm"),
        "tags": st.column_config.ListColumn(say_plain("column tags"), width="small"),
    }


def table() -> bool:
    """The filters and one page of what they leave; a row that is chosen is the run looked at. False: several are."""
    wanted, order = _filter()
    found = run_list.page(wanted, order, PAGE * _page_before(), PAGE)
    if not found.of and not found.unread:
        st.info(say("how to get runs"), title=say("no runs"))
        return True
    pages = max(1, -(-found.count // PAGE))
    if _page_before() >= pages:
        st.session_state[PAGE_KEY] = 1
        found = run_list.page(wanted, order, 0, PAGE)
    st.caption(" ".join(_counted(found, pages)))
    shown, heads = found.rows, columns()
    mark = hashlib.sha256(" ".join(str(r["id"]) for r in shown).encode()).hexdigest()[:12]
    picked = st.dataframe(
        pd.DataFrame([_shown(r) for r in shown], columns=list(heads)), key=f"runs_{mark}", hide_index=True,
        column_config=heads, column_order=_order(heads, shown), on_select="rerun", selection_mode="multi-row",
        height=min(38 + 35 * len(shown), 430), placeholder="–",
    )  # fmt: skip
    some = [str(shown[place]["id"]) for place in picked["selection"]["rows"] if place < len(shown)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.selectbox(say("page of runs"), range(1, pages + 1), format_func=partial(_page_title, pages),
                         key=PAGE_KEY, label_visibility="collapsed", width=180)  # fmt: skip
        if found.count > 1 and st.toggle(say("pick all found", count=min(found.count, MOST_AT_ONCE)), key="pick_all"):
            some = run_list.ids(wanted, MOST_AT_ONCE)
    return several(some)


def _page_before() -> int:
    """How many pages come before the one looked at."""
    return max(1, int(st.session_state.get(PAGE_KEY) or 1)) - 1


def _page_title(pages: int, number: int) -> str:
    return say_plain("page numbered", page=number, pages=pages)


def _counted(found: RunPage, pages: int) -> Iterator[str]:
    """How many runs are found, of how many, and what is not told yet."""
    if pages > 1:
        first = PAGE * _page_before() + 1
        yield say("runs of page", count=found.count, of=found.of, first=first, last=first + len(found.rows) - 1)
    else:
        yield say("runs of", count=found.count, of=found.of)
    if found.unread:
        yield say("runs unread", count=found.unread)
    if found.trouble:
        yield sentence(found.trouble)


def several(picked: Sequence[str]) -> bool:
    """One run that is picked is opened; two or more can be compared, or deleted together. False: two or more."""
    if len(picked) == 1 and st.session_state.get("picked_run") != picked[0]:
        st.session_state["picked_run"] = picked[0]
        current.choose_run(picked[0])
    if len(picked) < 2:
        st.caption(say("pick runs"))
        return True
    with st.container(horizontal=True):
        few = min(len(picked), MOST_IN_LINK)
        if st.button(say("compare these", count=few), key="compare_these", icon=":material/balance:"):
            go("compare", link_to(picked))
        st.button(say("delete these", count=len(picked)), key="delete_these", icon=":material/delete:",
                  on_click=discard, args=(tuple(picked),))  # fmt: skip
    return False


def _filter() -> tuple[Filter, str]:
    """What is looked for, and by what it is sorted."""
    left, middle, right = st.columns([3, 1, 2], vertical_alignment="bottom")
    words = left.text_input(say("find"), key="find", bind="query-params", placeholder=say_plain("find hint"))
    with middle:
        orders = {name: say_plain(f"sort {name}") for name in ORDERS}
        order = one_of(st.selectbox, say("sort by"), orders, "newest", "sort")
    alone = right.toggle(say("also teachers"), key="alone", bind="query-params")
    there, tags = run_list.kinds()
    with st.container(horizontal=True):
        states = _pick_states({s: say(f"state {s}") for s in there}) if len(there) > 1 else []
        tagged = st.pills(say("pick tags"), tags, selection_mode="multi", format_func=text, key="tags") if tags else []
    return Filter(words or "", tuple(states), tuple(tagged), alone), order


def _pick_states(there: Mapping[str, str]) -> list[str]:
    given: dict[str, Any] = {"selection_mode": "multi", "format_func": there.__getitem__, "key": "states"}
    return list(st.pills(say("pick state"), list(there), **given))


def _order(heads: Iterable[str], shown: Sequence[Row]) -> list[str]:
    """The columns that say something of these rows."""
    idle = {"used": all(not r.get("used_by") for r in shown), "tags": all(not r.get("tags") for r in shown)}
    return [name for name in heads if not idle.get(name)]


def _shown(row: Row) -> dict[str, Any]:
    accuracy = row.get("accuracy", {}).get("test")
    return {
        "what": one_line(row.get("name") or row.get("method", row["id"][:8])),
        "state": say_plain(f"state {row['state']}"),
        "data": one_line(row.get("data", "")),
        "student": one_line(
            ", ".join(str(row[name]) for name in ("student", "architecture", "knows") if row.get(name))
        ),
        "teachers": one_line(", ".join(row.get("teachers", ()))) or say_plain("labels"),
        "seed": row.get("seed"),
        "accuracy": None if accuracy is None else 100 * accuracy,
        "gain": None if row.get("gain") is None else 100 * row["gain"],
        "used": len(row.get("used_by", ())) or None,
        "size": row["bytes"] / 1e6,
        "asked": pd.Timestamp(row["asked"], unit="s") if "asked" in row else None,
        "tags": [one_line(t) for t in row.get("tags", ())],
    }


def bring() -> None:
    """A run that was exported elsewhere."""
    with st.expander(say("bring run"), icon=":material/upload:"):
        file = st.file_uploader(say("archive file"), key="archive", help=say("archive help"))
        if file is None or st.session_state.get("archive_taken") == file.file_id:
            return
        st.session_state["archive_taken"] = file.file_id
        try:
            quota.refuse_more(file.size)
            with st.spinner(say("spinner archive")):
                note = st.empty()
                found = imported(file.getvalue(), waits=lambda: note.caption(say("transfer waits")))
                note.empty()
        except UserError as wrong:
            st.error(sentence(wrong), title=say("cannot bring"))
            return
        current.choose_run(found["run"])
        here = say("run here now") if found["new"] else say("run here already")
        st.success(here if found["data_here"] else f"{here} {say('data missing')}")
