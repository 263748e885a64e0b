"""One run opened: what it is, what came of it, on whom it stands, what can be done with it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.palette import network_name
from kdviz.runs.store import run_table
from kdviz.runs.store.lineage import children, parents, size
from kdviz.runs.store.run import Run, all_runs
from kdviz.runs.store.run_table import row
from kdviz.training.recipe import settings
from kdviz.training.shell_command import command
from kdviz.ui.runs import run_actions
from kdviz.ui.shell.frame import command as shell_line
from kdviz.ui.state import current
from kdviz.ui.state.cache import method_row
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.widgets import run_result


def show_detail(run: Run) -> None:
    """Everything about it."""
    found = row(run)
    if found["state"] == "unreadable":
        st.warning(text(found["why"], 300), title="This run cannot be read")
        run_actions.delete(run)
        return
    recipe, final = run.recipe, run.final or {}
    st.subheader(text(found["name"] or f"{recipe.method} on {found['data']}, seed {recipe.seed}"))
    taught = f"{len(found['teachers'])} teachers, " if found["teachers"] else ""
    st.caption(f"{found['state'].capitalize()}. {taught}{size(run.folder) / 1e6:.1f} MB, run {run.folder.name}.")
    if final.get("accuracy", {}).get("test") is not None:
        run_result.scores(final)
    elif final.get("sentence"):
        st.error(text(final["sentence"], 500))
        run_result.try_gentler(run)
    run_actions.bar(run)
    _lineage(run)
    _again(run)
    left, right = st.columns(2)
    with left:
        if own(run):
            _named(run)
    with right, st.expander("Every setting and where it was trained"):
        _settings(run)


def _lineage(run: Run) -> None:
    above, below = parents(run.recipe), children(all_runs()).get(run.folder.name, ())
    if not above and not below:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for parent in above:
            name = network_name(parent.role)
            if parent.here:
                st.button(name, key=f"parent_{parent.role}", on_click=current.choose_run, args=(parent.identity,),
                          icon=":material/arrow_upward:")  # fmt: skip
            else:
                st.caption(f"{name}: its own run was deleted; its weights are kept in this one.")
        for number, child in enumerate(below[:12]):
            st.button(f"Stands on it: {child[:8]}", key=f"child_{number}", on_click=current.choose_run, args=(child,),
                      icon=":material/arrow_downward:")  # fmt: skip
        if len(below) > 12:
            st.caption(f"and {len(below) - 12} more stand on it")


def _again(run: Run) -> None:
    try:
        shell_line(command(run.recipe, method_row(run), run.request.get("source", {})))
        st.caption("This line makes the same run again, to the bit with the same torch version and thread count.")
    except UserError as why:
        st.caption(text(why, 300))


def _named(run: Run) -> None:
    now = run_table.about(run)
    with st.expander("Name and tags"), st.form("about", border=False):
        name = st.text_input("Name", now.name, max_chars=run_table.LONGEST_NAME, key=f"name_{run.folder.name}")
        tags = st.text_input("Tags, separated by commas", ", ".join(now.tags), key=f"tags_{run.folder.name}")
        if st.form_submit_button("Keep"):
            run_table.write(run, name, tags.split(","))
            st.rerun()


def _settings(run: Run) -> None:
    final = run.final or {}
    where = {name: final[name] for name in ("torch", "threads", "device", "seconds") if name in final}
    told = {**settings(run.recipe), **{f"trained with {n}": str(v) for n, v in where.items()}}
    frame = pd.DataFrame({"setting": [one_line(n) for n in told], "value": [one_line(v) for v in told.values()]})
    st.dataframe(frame, hide_index=True, height=320)
