"""A run that has ended: what came out of it, and how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.palette import network_name
from kdviz.runs.store.run import Run, RunState
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import launch
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say


def chosen_by(choices: Mapping[str, Any]) -> str:
    """Both selections' epochs, and what choosing by test data would have claimed, as sentences."""
    lines = []
    for name, words in (("best", "Best on validation"), ("last", "Last")):
        if name in choices:
            test = choices[name]["accuracy"]["test"]
            lines.append(f"{words}: epoch {choices[name]['epoch']}, {test:.1%} of the test set.")
    if "best_on_test" in choices and "best" in choices:
        claimed, honest = choices["best_on_test"]["test"], choices["best"]["accuracy"]["test"]
        lines.append(
            f"Choosing by the test set would have claimed {claimed:.1%} (epoch {choices['best_on_test']['epoch']}): "
            f"a selection optimism of {100 * (claimed - honest):.1f} points over the choice by validation."
        )
    return " ".join(lines)


GENTLER = {"rate": "try gentler", "teacher.rate": "try gentler teachers"}
ONCE = "accuracy on the test set, looked at once, at the end"


def show_result(run: Run) -> None:
    """How it ended; its scores, and the way to its evidence."""
    final = run.final or {}
    if final.get("event") == "failed":
        st.error(sentence(final["sentence"]), title="This run could not go on")
        if not try_gentler(run) and own(run) and st.button("Try again", key="retry_run"):
            launch.again(run)
        return
    if final.get("state") == RunState.STOPPED:
        st.info("What was learned until then is kept and can be looked at.", title="Stopped")
        if own(run) and st.button("Continue", key="continue_run"):
            launch.again(run)
    if final.get("accuracy"):
        scores(final)
        link("evidence", "See where they looked")
        command(f"python -m kdviz evidence {run.folder.name} --extractor cam --series 0 --out maps.npz")


def try_gentler(run: Run) -> bool:
    """A button that begins the same with the learning rate that its failure says to try; whether there is one."""
    retry = (run.final or {}).get("retry", {})
    name = next((name for name in GENTLER if isinstance(retry.get(name), float)), None)
    if name is None or not own(run):
        return False
    if st.button(say(GENTLER[name], rate=retry[name]), key="retry_gentler", icon=":material/replay:"):
        try:
            launch.begin_with(run, retry)
            st.rerun()
        except UserError as wrong:
            st.error(sentence(wrong), title=say("retry refused"))
    return True


def scores(final: Mapping[str, Any]) -> None:
    """Test accuracies of student, control and teachers, side by side."""
    others = final.get("teachers", {})
    named = {"Student": final["accuracy"], **{network_name(who): told["accuracy"] for who, told in others.items()}}
    with st.container(horizontal=True):
        for name, accuracy in named.items():
            st.metric(name, f"{accuracy['test']:.1%}", help=ONCE, width="content")
    if "best_on_test" in final.get("choices", {}):
        st.caption(chosen_by(final["choices"]))
    st.caption(
        f"Test accuracy. The student's answer is its {final['selection']} epoch ({final['best_epoch']} of "
        f"{final['epochs']}), chosen without test data. One seed: nothing can be concluded about the method from it."
    )
