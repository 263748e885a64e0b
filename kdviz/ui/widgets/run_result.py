"""A run that has ended: what came out of it, how to go on, and the run as one archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.palette import network_name
from kdviz.runs.archive import transfer
from kdviz.runs.store.final_record import TWIN, outcomes
from kdviz.runs.store.home import home
from kdviz.runs.store.run import Run, RunState
from kdviz.training.knowledge import condition
from kdviz.training.recipe import RECORDED
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import launch
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import file_name, sentence, text
from kdviz.ui.texts.sentences import say


def chosen_by(choices: Mapping[str, Any]) -> str:
    """Both selections' epochs, and what choosing by test data would have claimed, as sentences."""
    lines = []
    for name in ("best", "last"):
        if name in choices:
            epoch, test = choices[name]["epoch"], choices[name]["accuracy"]["test"]
            lines.append(say(f"choice {name}", epoch=epoch, test=test))
    if "best_on_test" in choices and "best" in choices:
        claimed, honest = choices["best_on_test"]["test"], choices["best"]["accuracy"]["test"]
        epoch, points = choices["best_on_test"]["epoch"], 100 * (claimed - honest)
        lines.append(say("chosen by test", claimed=claimed, epoch=epoch, points=points))
    return " ".join(lines)


def may_know(run: Run) -> None:
    """What the networks of a run may know, where that is not everything."""
    if known := condition(run.recipe, run.request.get("source", {})):
        st.caption(say("run may know", known=text(known, 300)))


GENTLER = ("rate", "teacher.rate")


def show_result(run: Run) -> None:
    """How it ended; its scores, and the way to its evidence."""
    final = run.final or {}
    if final.get("event") == "failed":
        st.error(sentence(final["sentence"]), title=say("run failed"))
        if not try_gentler(run) and own(run) and st.button(say("try again"), key="retry_run"):
            launch.again(run)
        return
    if final.get("state") == RunState.STOPPED:
        st.info(say("run stopped"), title=say("run stopped title"))
        if own(run) and st.button(say("continue"), key="continue_run"):
            launch.again(run)
    if final.get("accuracy"):
        scores(final)
        with st.container(key="see_where"):
            link("evidence", say("see where"))
        command(f"python -m kdviz evidence {run.folder.name} --extractor cam --series 0 --out maps.npz")


def try_gentler(run: Run) -> bool:
    """A button that begins the same with the learning rate that its failure says to try; whether there is one."""
    retry = (run.final or {}).get("retry", {})
    name = next((name for name in GENTLER if isinstance(retry.get(name), float)), None)
    if name is None or not own(run):
        return False
    label = say("try gentler teachers" if name == GENTLER[1] else "try gentler", rate=retry[name])
    if st.button(label, key="retry_gentler", icon=":material/replay:"):
        try:
            launch.begin_with(run, retry)
            st.rerun()
        except UserError as wrong:
            st.error(sentence(wrong), title=say("retry refused"))
    return True


def scores(final: Mapping[str, Any]) -> None:
    """Test accuracies of student, control and teachers, side by side."""
    named = {network_name(role): each for role, each in outcomes(final).items()}
    with st.container(horizontal=True):
        for name, accuracy in named.items():
            if "test" in accuracy:
                st.metric(text(name), f"{accuracy['test']:.1%}", help=say("score help"), width="content")
    if TWIN in final.get("teachers", {}):
        st.caption(say("score twin"))
    if "best_on_test" in final.get("choices", {}):
        st.caption(chosen_by(final["choices"]))
    if final.get("method") == RECORDED:
        st.caption(say("score recorded"))
    else:
        st.caption(say("score note", selection=final["selection"], best=final["best_epoch"], epochs=final["epochs"]))


def offer_archive(run: Run, name: str) -> None:
    """What goes into it, and the button that saves it; raises UserError."""
    epochs = st.toggle(say("with epochs"), True, key="with_epochs")
    data = st.toggle(say("with data"), False, key="with_data", help=say("with data help"))
    note = st.empty()
    if transfer.GATE.full(str(home())):
        note.caption(say("transfer waits"))
    archive = _archive(str(run.folder), run.outcome_key, epochs, data)
    st.download_button(say("archive size", megabytes=len(archive) / 1e6), archive,
                       file_name(name, "kdviz.zip", archive), "application/zip", on_click="ignore",
                       key="save_archive")  # fmt: skip
    note.empty()


@st.cache_data(max_entries=4, show_spinner=say("spinner packing"))
def _archive(run: str, mark: str, epochs: bool, data: bool) -> bytes:
    return transfer.exported(Run(Path(run)), epochs, data)
