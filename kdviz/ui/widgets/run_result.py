"""A run that has ended: what came out of it, and how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures.palette import network_name
from kdviz.runs.store.run import Run
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state.launch import again
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import sentence
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


def show_result(run: Run) -> None:
    """How it ended; its scores, and the way to its evidence."""
    final = run.final or {}
    if final.get("event") == "failed":
        st.error(sentence(final["sentence"]), title=say("run failed"))
        if own(run) and st.button(say("try again"), key="retry_run"):
            again(run)
        return
    if final.get("state") == "stopped":
        st.info(say("run stopped"), title=say("run stopped title"))
        if own(run) and st.button(say("continue"), key="continue_run"):
            again(run)
    if final.get("accuracy"):
        scores(final)
        link("evidence", say("see where"))
        command(f"python -m kdviz evidence {run.folder.name} --extractor cam --series 0 --out maps.npz")


def scores(final: Mapping[str, Any]) -> None:
    """Test accuracies of student, control and teachers, side by side."""
    others = final.get("teachers", {})
    named = {network_name("student"): final["accuracy"]}
    named |= {network_name(role): each["accuracy"] for role, each in others.items()}
    with st.container(horizontal=True):
        for name, accuracy in named.items():
            st.metric(name, f"{accuracy['test']:.1%}", help=say("score help"), width="content")
    if "best_on_test" in final.get("choices", {}):
        st.caption(chosen_by(final["choices"]))
    st.caption(say("score note", selection=final["selection"], best=final["best_epoch"], epochs=final["epochs"]))
