"""What else a run tells while it learns: its remarks, what each term of the loss pulls with, the method's read-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from kdviz.figures import curves
from kdviz.runs.history import remarks
from kdviz.ui.escape import sentence

Log = Sequence[Mapping[str, Any]]
WARNS = "warning:"
SHORT = {"displayModeBar": False}
PULLS = (
    "How strongly each term pulls at the student's weights: the length of its own gradient, in the epochs in which it "
    "was measured. A term that pulls a hundred times less than another hardly teaches, whatever its value."
)


def noted(log: Log) -> None:
    """The sentences that the method left for its reader; what warns stands out."""
    for words in remarks(log):
        if WARNS in words:
            st.warning(sentence(words))
        else:
            st.caption(sentence(words))


def undertones(epochs: Log) -> None:
    """Pulls and read-outs of the student's epochs, where there are any."""
    pulled = [e for e in epochs if e["gradients"]]
    if not pulled:
        return
    with st.expander("What each term pulls with, and what the method reads out"):
        names = ", ".join(f"{name} {value:.3g}" for name, value in pulled[-1]["gradients"].items())
        st.plotly_chart(curves.pulls(pulled), key="pulls", config=SHORT, alt=f"Gradient norms by epoch; last: {names}.")
        st.caption(PULLS)
        for name, values in curves.by_name(epochs, "readouts").items():
            drawn = curves.readout(epochs, name)
            st.plotly_chart(drawn, key=f"readout_{name}", config=SHORT, alt=f"{name} by epoch, last {values[-1]:.3g}.")


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
