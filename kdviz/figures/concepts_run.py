"""Figures of the concepts that need trained networks, from what a finished run says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.concepts import plain
from kdviz.figures.palette import CONTROL, INK, STUDENT, TEACHER


@dataclass(frozen=True)
class Of:
    """What a finished run says: its first kept series (T,), its arrays (kdviz.runs.snapshots) and its epochs."""

    signal: NDArray[np.floating[Any]]
    arrays: Mapping[str, NDArray[Any]]
    epochs: Sequence[int]


def cam(run: Of) -> go.Figure:
    """The first kept series (T,) and the signal teacher's map of it, over its own peak."""
    span = float(np.ptp(run.signal)) or 1.0
    figure = plain("sample", "share of the peak")
    values = run.arrays["teacher/signal"][0] / 127
    places = (
        (np.arange(run.arrays["teacher/signal"].shape[1]) + 0.5)
        * run.signal.size
        / run.arrays["teacher/signal"].shape[1]
    )
    figure.add_scatter(y=(run.signal - run.signal.min()) / span, name="series (scaled)", line={"color": INK})
    figure.add_scatter(x=places, y=values, name="CAM of the signal teacher", line={"color": TEACHER}, fill="tozeroy")
    return figure


def control(run: Of) -> go.Figure:
    """Mean match with the signal teacher by epoch: student, control, chance."""
    figure = plain("epoch", "match (Pearson)")
    lines = (("student", "match", STUDENT, "solid"), ("control", "control_match", CONTROL, "dash"))
    for name, key, ink, dash in lines:
        values = np.nanmean(run.arrays[f"{key}/signal"], 0)
        figure.add_scatter(x=list(run.epochs), y=values, name=name, line={"color": ink, "dash": dash})
    figure.add_scatter(
        x=list(run.epochs), y=run.arrays["chance/signal"], name="chance", line={"color": INK, "dash": "dot"}
    )
    return figure


def fidelity(run: Of) -> go.Figure:
    """The share of the kept series in which a network answers as the signal teacher does, by epoch."""
    figure = plain("epoch", "same answer as the teacher")
    for name, ink, dash in (("student", STUDENT, "solid"), ("control", CONTROL, "dash")):
        same = run.arrays[f"{name}/answer"] == run.arrays["teacher/signal/answer"][:, None]
        figure.add_scatter(x=list(run.epochs), y=same.mean(0), name=name, line={"color": ink, "dash": dash})
    return figure.update_yaxes(range=[0, 1.03], tickformat=".0%")


FROM_A_RUN: dict[str, tuple[Callable[[Of], go.Figure], str]] = {
    "cam": (
        cam,
        "A series of the finished run on Start, and what each place adds to the teacher's score.",
    ),
    "control": (control, "The finished run on Start: is the orange line above the dashed one, or only above chance?"),
    "fidelity": (fidelity, "The finished run on Start: how often each answers as the signal teacher, right or wrong."),
}
