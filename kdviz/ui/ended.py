"""A run that has ended: what came out of it, and how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures.palette import titled
from kdviz.runs.store import Run
from kdviz.ui import cached, telling
from kdviz.ui.escape import sentence
from kdviz.ui.shell import command, link
from kdviz.ui.visitor import own, require_own

ONCE = "accuracy on the test set, looked at once, at the end"


def show(run: Run) -> None:
    """How it ended; its scores, and the way to its evidence."""
    final = run.final or {}
    if final.get("event") == "failed":
        st.error(sentence(final["sentence"]), title="This run could not go on")
        if own(run) and st.button("Try again", key="retry_run"):
            again(run)
        return
    if final.get("state") == "stopped":
        st.info("What was learned until then is kept and can be looked at.", title="Stopped")
        if own(run) and st.button("Continue", key="continue_run"):
            again(run)
    if final.get("accuracy"):
        scores(final)
        link("evidence", "See where they looked")
        command(f"python -m kdviz evidence {run.folder.name} --extractor cam --series 0 --out maps.npz")


def scores(final: Mapping[str, Any]) -> None:
    """Test accuracies of student, control and teachers, side by side."""
    others = final.get("teachers", {})
    named = {"Student": final["accuracy"], **{titled(who): told["accuracy"] for who, told in others.items()}}
    with st.container(horizontal=True):
        for name, accuracy in named.items():
            st.metric(name, f"{accuracy['test']:.1%}", help=ONCE, width="content")
    if "best_on_test" in final.get("choices", {}):
        st.caption(telling.chosen_by(final["choices"]))
    st.caption(
        f"Test accuracy. The student's answer is its {final['selection']} epoch ({final['best_epoch']} of "
        f"{final['epochs']}), chosen without test data. One seed: nothing can be concluded about the method from it."
    )


def again(run: Run) -> None:
    """Take the stop back and start a worker."""
    require_own(run)
    cached.supervisor().revive(run)
    st.rerun()
