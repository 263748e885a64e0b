"""One run opened: what it is, what came of it, on whom it stands, what can be done with it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.palette import network_name
from kdviz.runs.index.run_list import children
from kdviz.runs.store import run_table
from kdviz.runs.store.history import remarks
from kdviz.runs.store.lineage import parents, size
from kdviz.runs.store.run import Run, RunState
from kdviz.runs.store.run_table import Row, row
from kdviz.training.recipe import settings
from kdviz.training.shell_command import command
from kdviz.training.watched.watch_settings import watch_line
from kdviz.ui.runs import run_actions
from kdviz.ui.shell.frame import command as shell_line
from kdviz.ui.state import current
from kdviz.ui.state.cache import method_row
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets import publication, run_result


def show_detail(run: Run) -> None:
    """Everything about it."""
    found = row(run)
    if found["state"] == "unreadable":
        st.warning(text(found["why"], 300), title=say("run cannot read"))
        run_actions.delete(run)
        return
    recipe, final = run.recipe, run.final or {}
    called = say_plain("run called", method=recipe.method, data=found["data"], seed=recipe.seed)
    st.subheader(text(found["name"] or called))
    _standing(run, found)
    run_result.may_know(run)
    if final.get("accuracy", {}).get("test") is not None:
        run_result.scores(final)
        for lack in remarks(run.events()) if recipe.recorded else ():
            st.caption(sentence(lack))
    elif final.get("sentence"):
        st.error(text(final["sentence"], 500))
        run_result.try_gentler(run)
    elif recipe.train_end and final.get("views"):
        st.markdown(say("run watched", alarms=counted(len(final["alarms"]), "alarm"), threshold=final["threshold"]))
    run_actions.bar(run)
    _lineage(run)
    _again(run)
    if run.state == RunState.FINISHED and recipe.teacher_names:
        publication.figures([run.folder.name], [run.outcome_key], run.folder.name, several=False)
    left, right = st.columns(2)
    with left:
        if own(run):
            _named(run)
    with right, st.expander(say("every setting")):
        _settings(run)


def _standing(run: Run, found: Row) -> None:
    state, megabytes = say(f"state {found['state']}").capitalize(), size(run.folder) / 1e6
    if teachers := len(found["teachers"]):
        taught = say("run standing taught", state=state, teachers=teachers, megabytes=megabytes, run=run.folder.name)
        st.caption(taught)
    else:
        st.caption(say("run standing", state=state, megabytes=megabytes, run=run.folder.name))


def _lineage(run: Run) -> None:
    above, below = parents(run.recipe), children(run.folder.name)
    if not above and not below:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for parent in above:
            name = network_name(parent.role)
            if parent.lent:
                name = say("parent lent", network=name, run=parent.identity[:6])
            if parent.here:
                st.button(name, key=f"parent_{parent.role}", on_click=current.choose_run, args=(parent.identity,),
                          icon=":material/arrow_upward:")  # fmt: skip
            else:
                st.caption(say("parent gone", network=name))
        for number, child in enumerate(below[:12]):
            title = say("stands on it", run=child[:8])
            st.button(title, key=f"child_{number}", on_click=current.choose_run, args=(child,),
                      icon=":material/arrow_downward:")  # fmt: skip
        if len(below) > 12:
            st.caption(say("more stand on it", count=len(below) - 12))


def _again(run: Run) -> None:
    if run.recipe.train_end:
        shell_line(watch_line(run.recipe, run.request.get("source", {}), str(run.request.get("data", ""))))
        return
    try:
        shell_line(command(run.recipe, method_row(run), run.request.get("source", {}), run.device))
        st.caption(say("same line"))
    except UserError as why:
        st.caption(text(why, 300))


def _named(run: Run) -> None:
    now = run_table.about(run)
    with st.expander(say("name and tags")), st.form("about", border=False):
        name = st.text_input(say("name"), now.name, max_chars=run_table.LONGEST_NAME, key=f"name_{run.folder.name}")
        tags = st.text_input(say("tags by commas"), ", ".join(now.tags), key=f"tags_{run.folder.name}")
        if st.form_submit_button(say("keep")):
            run_table.write(run, name, tags.split(","))
            st.rerun()


def _settings(run: Run) -> None:
    final = run.final or {}
    where = {name: final[name] for name in ("torch", "threads", "device", "card", "seconds") if name in final}
    every = {**settings(run.recipe), **{say_plain("trained with", what=n): str(v) for n, v in where.items()}}
    values = [one_line(v) for v in every.values()]
    frame = pd.DataFrame({say_plain("setting"): [one_line(n) for n in every], say_plain("value"): values})
    st.dataframe(frame, hide_index=True, height=320)
