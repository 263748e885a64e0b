"""Comparisons drawn: scores and differences with intervals, what accuracy costs, average ranks, curves together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.chart import DASHES, Axis, Bar, Chart, Line, Point, hue, intervals, lines, points, ranks
from kdviz.figures.palette import CONTROL, INK, KINDS, MARGIN, label

Row = Mapping[str, Any]
COSTS = {
    "weights": Axis("weights", "count", log=True),
    "macs": Axis("multiply-adds a series", "number", log=True),
    "milliseconds": Axis("ms a series", "number", log=True),
}
SCORES = {
    "accuracy": Axis("test accuracy", "percent"),
    "agreement": Axis("agreement with the teachers", "percent"),
    "match": Axis("match of evidence (Pearson)", "number"),
    "transfer": Axis("evidence transfer (1: all, 0: as from scratch)", "number"),
    "seconds": Axis("seconds of training", "number"),
}
Scores = Mapping[str, NDArray[np.floating]]
SYMBOLS = ("circle", "square", "diamond")


def scores(rows: Sequence[Row], name: str = "accuracy") -> Chart:
    """One score of each method: mean and 95 % t interval over its runs."""
    axis = SCORES[name]
    bars = [
        Bar(r["method"], r[name]["value"], r[name]["low"], r[name]["high"], _told(r, name, axis), hue(k))
        for k, r in enumerate(rows)
    ]
    return intervals(bars, axis, f"{axis.label} by method. " + " ".join(b.text for b in bars))


def differences(rows: Sequence[Row], key: str, other: str) -> Chart:
    """Paired differences in test accuracy to `other`, in points; squares are conclusive."""
    bars = [
        Bar(r["method"], d["mean"]["value"], d["mean"]["low"], d["mean"]["high"], d["sentence"],
            hue(k) if d["conclusive"] else CONTROL, bool(d["conclusive"]))
        for k, r in enumerate(rows) if (d := r[key])
    ]  # fmt: skip
    axis = Axis(f"points of accuracy above {other}", "points")
    return intervals(bars, axis, f"Differences to {other}. " + " ".join(b.text for b in bars), zero=True)


def front(rows: Sequence[Row], cost: str) -> Chart:
    """Mean accuracy against what a network costs; the dashed line joins those that nothing cheaper reaches."""
    axis, groups = COSTS[cost], dict[str, list[Point]]()
    for r in rows:
        if r[cost] is None or r["accuracy"]["value"] is None:
            continue
        score = r["accuracy"]
        text = f"{r['method']}, {r['student']}: {_percent(score['value'])} at {r[cost]:,.3g} {axis.label}"
        groups.setdefault(r["method"], []).append(Point(r[cost], score["value"], text, score["low"], score["high"]))
    y = Axis("test accuracy", "percent")
    return points(groups, axis, y, f"Accuracy against {axis.label}.", front=True)


def order(found: Row) -> Chart:
    """The critical-difference diagram of a ranking."""
    texts = {
        name: f"{name}: average rank {rank:.2f} over {found['sets']} data sets" for name, rank in found["ranks"].items()
    }
    alt = "Average ranks, 1 is best: " + ", ".join(f"{n} {r:.2f}" for n, r in found["ranks"].items()) + "."
    return ranks(found["ranks"], found["groups"], texts, alt)


def overlaid(runs: Mapping[str, Sequence[Row]], what: str) -> Chart:
    """Curves of a few runs over one another: `loss` (the sum of all terms) or an accuracy's split."""
    each = [
        Line(name, [e["epoch"] for e in told], [_value(e, what) for e in told], hue(k), DASHES[k % len(DASHES)])
        for k, (name, told) in enumerate(runs.items())
    ]
    y = Axis("loss") if what == "loss" else Axis(f"{what} accuracy", "percent", 0.0, 1.0)
    ends = ", ".join(f"{line.name} {line.y[-1]:.3g}" for line in each if line.y)
    return lines(each, Axis("epoch", "count"), y, f"{y.label} by epoch; at the end: {ends}.")


def places(found: Row) -> dict[str, list[Row]]:
    """The rows of every student on one data set together, each with its student."""
    rows = [{**row, "data": p["data"], "student": p["student"]} for p in found["places"] for row in p["rows"]]
    rows.sort(key=lambda r: r["data"])
    return {data: list(same) for data, same in groupby(rows, key=lambda r: str(r["data"]))}


def _value(epoch: Row, what: str) -> float:
    if what == "loss":
        return float(sum(epoch["losses"].values()))
    return float(epoch["accuracy"].get(what, np.nan))


def _told(row: Row, name: str, axis: Axis) -> str:
    found = row[name]
    if found["value"] is None:
        return f"{row['method']}: not measured."
    say = _percent if axis.format == "percent" else "{:.3g}".format
    spread = "" if found["low"] is None else f", 95 % interval {say(found['low'])} to {say(found['high'])}"
    return f"{row['method']}: {say(found['value'])}{spread}, {found['n']} run{'s' * (found['n'] != 1)}."


def _percent(value: float) -> str:
    return f"{value:.1%}"


def accuracies(names: Sequence[str], scores: Scores) -> go.Figure:
    """For each kind of score (n, 4): value, low, high, chance of n names; chance is a vertical bar."""
    figure = go.Figure()
    rows = np.arange(len(names))
    for number, (kind, found) in enumerate(scores.items()):
        value, low, high, chance = np.asarray(found, np.float32).T
        place = rows + 0.28 * (number - (len(scores) - 1) / 2)
        error = {"type": "data", "symmetric": False, "array": high - value, "arrayminus": value - low, "thickness": 1}
        figure.add_scatter(
            x=value, y=place, error_x=error, mode="markers", name=kind, legendgroup=kind,
            marker={"color": KINDS[number], "symbol": SYMBOLS[number % 3], "size": 10},
            hovertemplate=f"{kind}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=chance, y=place, mode="markers", name="chance", legendgroup="chance", showlegend=number == 0,
            marker={"color": INK, "symbol": "line-ns-open", "size": 14, "line": {"width": 2}},
            hovertemplate=f"{kind}, labels shuffled: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    axis = {"tickmode": "array", "tickvals": rows, "ticktext": [label(n) for n in names], "automargin": True}
    figure.update_yaxes(**axis, autorange="reversed", zeroline=False)
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%", title="accuracy")
    figure.update_layout(height=110 + 58 * len(names), margin={**MARGIN, "l": 8}, hovermode="closest",
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})  # fmt: skip
    return figure
