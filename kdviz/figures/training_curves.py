"""How training went: loss by term and accuracy, by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from kdviz.figures.palette import MARGIN, SERIES, colour, network_name

Epochs = Sequence[Mapping[str, Any]]
TERMS = {"ce": "labels (CE)", "kd": "softened answers (KD)"}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def _plain(height: int, x: str, y: str) -> go.Figure:
    figure = go.Figure()
    legend = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}
    figure.update_layout(height=height, margin=MARGIN, hovermode="x unified", legend=legend)
    figure.update_xaxes(title=x, rangemode="tozero")
    figure.update_yaxes(title=y)
    return figure


def loss_terms(epochs: Epochs, height: int = 320) -> go.Figure:
    """The mean of each loss term by epoch; stage boundaries are drawn."""
    figure = _plain(height, "epoch", "loss")
    numbers = np.array([e["epoch"] for e in epochs])
    for place, term in enumerate(epochs[-1]["losses"] if epochs else ()):
        values = np.array([e["losses"].get(term, np.nan) for e in epochs], np.float32)
        line = {"color": SERIES[place % len(SERIES)], "dash": DASHES[place % len(DASHES)]}
        figure.add_scatter(x=numbers, y=values, name=TERMS.get(term, term.replace("_", " ")), mode="lines", line=line)
    return _staged(figure, epochs)


def _staged(figure: go.Figure, epochs: Epochs) -> go.Figure:
    """A dotted line between two epochs of different stages, with the name of the one that begins."""
    for before, after in pairwise(epochs):
        if before["stage"] != after["stage"]:
            figure.add_vline(x=after["epoch"] - 0.5, line_dash="dot", annotation_text=after["stage"])
    return figure


def by_name(epochs: Epochs, what: str) -> dict[str, list[float]]:
    """Each number that the epochs tell under `what` (`gradients`, `readouts`), NaN where one does not."""
    names = dict.fromkeys(name for e in epochs for name in e.get(what, {}))
    return {name: [float(e.get(what, {}).get(name, np.nan)) for e in epochs] for name in names}


def pulls(epochs: Epochs, height: int = 280) -> go.Figure:
    """The gradient norm of each loss term, on a logarithmic scale, by epoch."""
    figure = _plain(height, "epoch", "gradient norm")
    numbers = np.array([e["epoch"] for e in epochs])
    for place, (term, values) in enumerate(by_name(epochs, "gradients").items()):
        line = {"color": SERIES[place % len(SERIES)], "dash": DASHES[place % len(DASHES)]}
        known = np.array([v if v > 0 else np.nan for v in values], np.float32)
        name = TERMS.get(term, term.replace("_", " "))
        figure.add_scatter(x=numbers, y=known, name=name, mode="lines+markers", line=line)
    return _staged(figure.update_yaxes(type="log"), epochs)


def readout(epochs: Epochs, name: str, height: int = 220) -> go.Figure:
    """One number that the method reads out, by epoch."""
    figure = _plain(height, "epoch", name)
    numbers, values = np.array([e["epoch"] for e in epochs]), by_name(epochs, "readouts")[name]
    line = {"color": SERIES[0]}
    figure.add_scatter(x=numbers, y=np.array(values, np.float32), name=name, mode="lines", line=line)
    return _staged(figure.update_yaxes(rangemode="tozero"), epochs)


def accuracies(by_who: Mapping[str, Epochs], height: int = 320) -> go.Figure:
    """Validation accuracy by epoch, one line a network; the student's in training is dotted, its stages marked."""
    figure = _plain(height, "epoch", "accuracy")
    for who, epochs in by_who.items():
        numbers = np.array([e["epoch"] for e in epochs])
        values = np.array([e["accuracy"]["validation"] for e in epochs], np.float32)
        width = 3 if who == "student" else 1.5
        line = {"color": colour(who), "width": width}
        figure.add_scatter(x=numbers, y=values, name=network_name(who), mode="lines", line=line)
        if who == "student":
            trained = np.array([e["accuracy"]["train"] for e in epochs], np.float32)
            dotted = {"color": colour(who), "dash": "dot", "width": 1}
            figure.add_scatter(x=numbers, y=trained, name="Student, on what it learns from", mode="lines", line=dotted)
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    return _staged(figure, by_who.get("student", ()))


def described(epochs: Epochs) -> str:
    """The curves in one sentence, for readers who cannot see them."""
    if not epochs:
        return "No epoch has ended yet."
    last = epochs[-1]
    return (
        f"After epoch {last['epoch']} of {last['epochs']}: validation accuracy {last['accuracy']['validation']:.0%}, "
        + ", ".join(f"{term} loss {value:.3g}" for term, value in last["losses"].items())
        + "."
    )
