"""How training went: loss by term and accuracy, by epoch.

One description of the lines, which a report draws as it is and a page with Plotly, where one can zoom.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from kdviz.figures.chart import DASHES, Axis, Chart, Line, lines
from kdviz.figures.palette import MARGIN, SERIES, colour, label, network_name

Epochs = Sequence[Mapping[str, Any]]
TERMS = {"ce": "labels (CE)", "kd": "soft targets (KD)"}
PLOTLY_DASHES = dict(zip(DASHES, ("solid", "dash", "dot", "dashdot", "longdash"), strict=True))
DOTTED = DASHES[2]
EPOCH = Axis("epoch", "count")


def loss_terms(epochs: Epochs) -> Chart:
    """The mean of each loss term by epoch, stage boundaries marked."""
    names = list(epochs[-1]["losses"]) if epochs else []
    told = f"Mean loss of the student by term over {epochs[-1]['epoch']} epochs." if epochs else ""
    return lines(
        _terms(epochs, {n: _values(epochs, "losses", n) for n in names}), EPOCH, Axis("loss"), told, _stages(epochs)
    )


def accuracies(by_who: Mapping[str, Epochs], trained: bool = False) -> Chart:
    """Validation accuracy by epoch, one line a network, the student's stages marked.

    `trained` adds the student's accuracy on what it learns from, dotted; without it, dashes tell networks apart.
    """
    each = []
    for place, (who, epochs) in enumerate(by_who.items()):
        dash, width = "" if trained else DASHES[place % len(DASHES)], 3.0 if who == "student" else 1.5
        values = _values(epochs, "accuracy", "validation")
        each.append(Line(network_name(who), _numbers(epochs), values, colour(who), dash, width))
        if trained and who == "student":
            known, name = _values(epochs, "accuracy", "train"), "Student, on what it learns from"
            each.append(Line(name, _numbers(epochs), known, colour(who), DOTTED, 1.0))
    last = {w: _values(e, "accuracy", "validation")[-1] for w, e in by_who.items() if e}
    ends = ", ".join(f"{network_name(w)} {v:.0%}" for w, v in last.items() if v == v) or "there is no validation set"
    told = f"Validation accuracy by epoch; at the end: {ends}."
    return lines(each, EPOCH, Axis("accuracy", "percent", 0.0, 1.0), told, _stages(by_who.get("student", ())))


def by_name(epochs: Epochs, what: str) -> dict[str, list[float]]:
    """Each number that the epochs tell under `what` (`gradients`, `readouts`), NaN where one does not."""
    names = dict.fromkeys(name for e in epochs for name in e.get(what, {}))
    return {name: _values(epochs, what, name) for name in names}


def pulls(epochs: Epochs) -> Chart:
    """The gradient norm of each loss term, on a logarithmic scale, by epoch."""
    found = by_name(epochs, "gradients")
    known = {name: [v if v > 0 else math.nan for v in values] for name, values in found.items()}
    return lines(
        _terms(epochs, known), EPOCH, Axis("gradient norm", log=True), "Gradient norms by epoch.", _stages(epochs)
    )


def readout(epochs: Epochs, name: str) -> Chart:
    """One number that the method reads out, by epoch."""
    line = Line(name, _numbers(epochs), by_name(epochs, "readouts")[name], SERIES[0])
    return lines([line], EPOCH, Axis(name), f"{name} by epoch.", _stages(epochs))


def zoomable(chart: Chart, height: int = 320, markers: bool = False) -> go.Figure:
    """A chart of lines for a page: the same lines and marks, with Plotly's zoom and one reading for all of them."""
    figure = go.Figure()
    legend = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}
    figure.update_layout(height=height, margin=MARGIN, hovermode="x unified", legend=legend)
    for line in chart["series"]:
        x, y = zip(*line["points"], strict=True) if line["points"] else ((), ())
        look = {"color": line["colour"], "dash": PLOTLY_DASHES[line["dash"]], "width": line["width"]}
        figure.add_scatter(x=x, y=y, name=label(line["name"]), mode="lines+markers" if markers else "lines", line=look)
    figure.update_xaxes(title=label(chart["x"]["label"]), rangemode="tozero")
    figure.update_yaxes(title=label(chart["y"]["label"]))
    if chart["y"]["log"]:
        figure.update_yaxes(type="log")
    if chart["y"]["format"] == "percent":
        figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    for mark in chart["marks"]:
        figure.add_vline(x=mark["x"], line_dash="dot", annotation_text=label(mark["label"]))
    return figure


def described(epochs: Epochs) -> str:
    """The curves in one sentence, for readers who cannot see them."""
    if not epochs:
        return "No epoch has ended yet."
    last = epochs[-1]
    reached = last["accuracy"].get("validation")
    judged = "no validation set" if reached is None else f"validation accuracy {reached:.0%}"
    return (
        f"After epoch {last['epoch']} of {last['epochs']}: {judged}, "
        + ", ".join(f"{term} loss {value:.3g}" for term, value in last["losses"].items())
        + "."
    )


def _terms(epochs: Epochs, each: Mapping[str, Sequence[float]]) -> list[Line]:
    """A line a term of the loss, told apart by colour and dash."""
    return [
        Line(
            TERMS.get(name, name.replace("_", " ")),
            _numbers(epochs),
            values,
            SERIES[k % len(SERIES)],
            DASHES[k % len(DASHES)],
        )
        for k, (name, values) in enumerate(each.items())
    ]


def _numbers(epochs: Epochs) -> list[int]:
    return [e["epoch"] for e in epochs]


def _values(epochs: Epochs, what: str, name: str) -> list[float]:
    return [float(e.get(what, {}).get(name, math.nan)) for e in epochs]


def _stages(epochs: Epochs) -> dict[float, str]:
    """Between two epochs of different stages, the name of the one that begins."""
    return {b["epoch"] - 0.5: str(b["stage"]) for a, b in pairwise(epochs) if a["stage"] != b["stage"]}
