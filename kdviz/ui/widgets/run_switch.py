"""Which finished run a page shows: the link's, else the newest of the data looked at, else the newest of all.

It is named on the page and in the tab's title, and another one is a choice away; what cannot be shown says why.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.sources import samples
from kdviz.runs.index.run_facts import Answered, answered, taught_on
from kdviz.runs.store.run import PART_OF_ID, WITH_ANSWER, Run, by_identity
from kdviz.runs.store.run_table import about, records
from kdviz.training.knowledge import condition
from kdviz.training.recipe import RECORDED
from kdviz.ui.shell.frame import PAGES, link, name_tab
from kdviz.ui.shell.presenter import wide
from kdviz.ui.state import cache, current
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import clock_time, say, say_plain
from kdviz.ui.widgets import shipped_runs
from kdviz.ui.widgets.run_result import may_know

MOST = 100
OFFERED = 5
KEY = "run_shown"
OF_ONE_RUN = ("e", "a", "b")
"""What a link says of one run alone: an epoch, and a stretch of its series."""


def listed_as(run: Answered) -> str:
    """A run as lists name it; one that was recorded has no epochs of ours, and its data for a name: it says when."""
    own, data = one_line(run.name), one_line(run.data_name, 40)
    by = say_plain("run of data", method=_title(run.method), data=data)
    called = by if own in ("", one_line(run.data_name)) else own
    lasted = say_plain("of epochs" if run.ended else "of epochs open", epochs=run.epochs)
    when = clock_time(run.asked) if run.method == RECORDED else lasted
    return say_plain("run listed", called=called, seed=run.seed, when=when, mark=run.id[:6])


def finished_run(page: str, title: str, header: Any = None) -> Run:
    """The finished run that a page shows, with its data here; else the page says why, offers others, and ends.

    header: a container for the page's title and the switch alone, where the page itself says which run it is
    """
    asked = bool(st.query_params.get("run"))
    found = current.run()
    others = answered(data_now(), MOST)
    if found is None and not asked:
        found = by_identity(others[0].id) if others else shipped_runs.instead(data_now())
        current.choose_run(None if found is None else found.folder.name)
    this = labelled(found) if found is not None else None
    if found is None or this is None or not this.ended:
        if header is not None:
            header.title(PAGES[page][0], anchor=False)
        if not asked or found is not None:
            st.info(say("nothing trained" if found is None else "not finished"), title=title)
        _offer(others, page)
        st.stop()
    current.data_of(found)
    show(found, page, header)
    if all(shipped_runs.is_shipped(each.id) for each in others) and shipped_runs.is_shipped(found.folder.name):
        comes_with_kdviz()
    return found


def comes_with_kdviz() -> None:
    """Said where nobody has trained anything here yet, with the way to a run of one's own."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(say("shipped shown"), width="content")
        link("distill", say("train now"))


def data_now() -> str:
    """The fingerprint of the data looked at; empty where it is not here."""
    try:
        return cache.dataset(current.data_id()).sha256
    except UserError:
        return ""


def labelled(run: Run) -> Answered | None:
    """A run, perhaps somebody else's that a link lets one read; None where it cannot be read."""
    try:
        said = records(run)
    except UserError:
        return None
    recipe, of = said.recipe, str(said.request.get("data", ""))
    return Answered(run.folder.name, recipe.method, recipe.data, of, recipe.seed, said.final.get("best_epoch"),
                    recipe.epochs, said.state in WITH_ANSWER, about(run).name, run.asked_at)  # fmt: skip


def show(run: Run, page: str, header: Any = None) -> None:
    """Which run this is: its data, method, seed and epoch, in words, in the tab's title, and as a choice."""
    this = labelled(run)
    if this is None:
        return
    asked = st.query_params.get("e", "")
    epoch = int(asked) if asked.isdecimal() and len(asked) < 6 else this.epoch
    at = "" if epoch is None else say_plain("at epoch", epoch=epoch)
    method, data, seed = _title(this.method), one_line(this.data_name, 40), this.seed
    name_tab(say_plain("tab of run", page=PAGES[page][0], method=method, data=data, seed=seed, at=at))
    others = {each.id: each for each in answered(this.data, MOST)}
    every = others if this.id in others else {this.id: this, **others}
    slim = header is not None
    with header or st.container(key="run_header", horizontal=True, vertical_alignment="center"):
        if slim:
            st.title(PAGES[page][0], anchor=False, width="content")
        else:
            st.markdown(say("run shown", method=method, data=data, seed=seed, at=at), width="content")
        if len(every) > 1:
            st.session_state[KEY] = this.id
            st.selectbox(
                say("other run"), list(every), format_func=lambda each: listed_as(every[each]), key=KEY,
                width=wide(260 if slim else 420), label_visibility="collapsed", on_change=_switch,
            )  # fmt: skip
    may_know(run)
    _of_other_data(this)


def beside(run: Run) -> Run | None:
    """The choice of a second run to lay beside this one: another that is finished, of the same data; else None. Key C
    on the board asks for the newest.
    """
    this = labelled(run)
    if this is None:
        return None
    like = {each.id: each for each in answered(this.data, MOST) if each.data == this.data and each.id != this.id}
    asked = st.query_params.get("beside", "")
    if PART_OF_ID.fullmatch(asked):
        st.query_params["beside"] = next((each for each in like if each.startswith(asked)), "")
    if st.session_state.pop("board_second", False) and like:
        st.session_state["beside"] = st.query_params["beside"] = next(iter(like))
    titles = {"": say_plain("beside none")} | {name: listed_as(each) for name, each in like.items()}
    picked = one_of(st.selectbox, say("beside"), titles, "", "beside") if like else ""
    if not picked:
        return None
    other = by_identity(picked)
    if condition(other.recipe) != condition(run.recipe):
        st.warning(say("knows other", one=_known(run), other=_known(other)))
    return other


def _known(run: Run) -> str:
    return condition(run.recipe) or say_plain("knows everything")


def told(run: Run, data: bool = True) -> str:
    """Which run it is, in words: method, data unless that goes without saying, seed, and its answer's epoch."""
    this = labelled(run)
    if this is None:
        return ""
    at = "" if this.epoch is None else say_plain("at epoch", epoch=this.epoch)
    method, of = _title(this.method), one_line(this.data_name, 40)
    if not data:
        return say_plain("run told short", method=method, seed=this.seed, at=at)
    return say_plain("run told", method=method, data=of, seed=this.seed, at=at)


def _of_other_data(this: Answered) -> None:
    """Said where the run is of other data than the visitor looks at."""
    try:
        now = cache.dataset(current.data_id())
    except UserError:
        return
    if now.sha256 != this.data:
        st.caption(say("run of other data", data=one_line(this.data_name, 40), other=now.name))


def on_data(run: Run | None, sha256: str) -> None:
    """The runs on one data set, open ones too, as a choice; `run` is the one that is shown."""
    every = {each.id: each for each in taught_on(sha256, MOST)}
    if run is not None and (this := labelled(run)) is not None:
        every = {this.id: this, **every} if this.id not in every else every
    if not every:
        return
    st.session_state[KEY] = run.folder.name if run is not None else None
    st.selectbox(
        say("runs on data"), list(every), index=None, format_func=lambda each: listed_as(every[each]), key=KEY,
        placeholder=say_plain("runs on data"), label_visibility="collapsed", on_change=_switch,
    )  # fmt: skip


def elsewhere(run: Run) -> None:
    """Said where the run of the link is of other data than the page: its name, and the way to it."""
    this = labelled(run)
    if this is not None:
        st.caption(say("run elsewhere", run=listed_as(this)))
        st.button(say("open other run"), key="open_elsewhere", on_click=_open, args=(this.id,))


def _offer(others: Sequence[Answered], page: str) -> None:
    """What else there is to look at, and the way to a new run."""
    if others:
        st.markdown(say("finished there"))
    for each in others[:OFFERED]:
        st.button(listed_as(each), key=f"open_{each.id}", on_click=_open, args=(each.id,), icon=":material/visibility:")
    shipped_runs.offer_shipped(page)
    with st.container(horizontal=True):
        link("distill", say("train now"))
        if others:
            link("runs", say("view runs"))


def _switch() -> None:
    if (identity := st.session_state[KEY]) is not None:
        _open(identity)


def _open(identity: str) -> None:
    """Look at this run and its data from now on."""
    for name in OF_ONE_RUN:
        st.query_params.pop(name, None)
    with contextlib.suppress(UserError):
        run = by_identity(identity)
        sample = str(run.request.get("source", {}).get("sample", ""))
        whole = sample in samples.names() and cache.dataset(sample).sha256 == run.recipe.data
        current.choose_data(sample if whole else run.recipe.data)
    current.choose_run(identity)


def _title(method: str) -> str:
    """A method's short title, such as AVER."""
    titles = {row["id"]: str(row["title"]) for row in cache.catalogue()["methods"]}
    return one_line(titles.get(method, method).partition(" (")[0])
