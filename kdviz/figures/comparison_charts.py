"""Comparisons drawn: scores and differences with intervals, what accuracy costs, average ranks, curves together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.chart import DASHES, Axis, Bar, Chart, Line, Point, hue, intervals, lines, points, ranks
from kdviz.figures.palette import CONTROL, INK, KINDS, MARGIN, label, spoken

Epoch = Mapping[str, Any]


class Mean(Protocol):
    """The mean of n runs with its interval; None where it is unknown."""

    @property
    def value(self) -> float | None:
        """The mean."""

    @property
    def low(self) -> float | None:
        """The lower end."""

    @property
    def high(self) -> float | None:
        """The upper end."""

    @property
    def n(self) -> int:
        """How many runs."""


class Gain(Protocol):
    """A paired difference, and what it allows to be said."""

    @property
    def mean(self) -> Mean:
        """The difference."""

    @property
    def conclusive(self) -> bool:
        """Whether it is shown."""

    @property
    def sentence(self) -> str:
        """What may be said."""


class Row(Protocol):
    """A method's scores and costs; `reference` is the teacher that it is held beside unless another is named."""

    @property
    def method(self) -> str:
        """Its name."""

    @property
    def reference(self) -> str:
        """A view, or empty."""

    def score(self, name: str, teacher: str = "") -> Mean:
        """One of SCORES."""

    def cost(self, name: str) -> float | None:
        """One of COSTS."""

    def difference(self, key: str) -> Gain | None:
        """`to_scratch` or `to_baseline`."""


class Place(Protocol):
    """A data set and a student, with a row for each method."""

    @property
    def data(self) -> str:
        """Its name."""

    @property
    def student(self) -> str:
        """What it sees, and its size."""

    @property
    def rows(self) -> Sequence[Row]:
        """Of the methods."""


class Order(Protocol):
    """A ranking over data sets."""

    @property
    def ranks(self) -> Mapping[str, float]:
        """Average ranks, 1 is best."""

    @property
    def groups(self) -> Sequence[Sequence[str]]:
        """Methods that cannot be told apart."""

    @property
    def sets(self) -> int:
        """How many data sets."""


COSTS = {
    "weights": Axis("parameters", "count", log=True),
    "macs": Axis("MACs per series", "number", log=True),
    "milliseconds": Axis("ms a series", "number", log=True),
}
SCORES = {
    "accuracy": Axis("test accuracy", "percent"),
    "agreement": Axis("agreement with the teacher", "percent"),
    "match": Axis("match of evidence (Pearson)", "number"),
    "transfer": Axis("evidence transfer (1: all, 0: as from scratch)", "number"),
    "seconds": Axis("seconds of training", "number"),
}
BESIDE = ("agreement", "match", "transfer")
"""Scores that stand beside a teacher."""
Scores = Mapping[str, NDArray[np.floating]]
SYMBOLS = ("circle", "square", "diamond")


def scores(rows: Sequence[Row], name: str = "accuracy", teacher: str = "") -> Chart:
    """One score of each method: mean and 95 % t interval over its runs; beside each one's reference teacher, or the
    teacher of one view for all."""
    axis = SCORES[name]
    bars = [
        Bar(r.method, mean.value, mean.low, mean.high, _told(r, name, axis, teacher), hue(k))
        for k, (r, mean) in enumerate((r, r.score(name, teacher)) for r in rows)
    ]
    return intervals(bars, axis, f"{axis.label} by method. " + " ".join(b.text for b in bars))


def differences(rows: Sequence[Row], key: str, other: str) -> Chart:
    """Paired differences in test accuracy to `other`, in points; squares are conclusive."""
    bars = [
        Bar(
            r.method,
            d.mean.value,
            d.mean.low,
            d.mean.high,
            d.sentence,
            hue(k) if d.conclusive else CONTROL,
            d.conclusive,
        )
        for k, r in enumerate(rows)
        if (d := r.difference(key))
    ]  # fmt: skip
    axis = Axis(f"points of accuracy above {other}", "points")
    return intervals(bars, axis, f"Differences to {other}. " + " ".join(b.text for b in bars), zero=True)


def front(rows: Sequence[tuple[str, Row]], cost: str) -> Chart:
    """Mean accuracy against cost, by (student, row); the dashed line joins those that nothing cheaper reaches."""
    axis, groups = COSTS[cost], dict[str, list[Point]]()
    for student, r in rows:
        score, spent = r.score("accuracy"), r.cost(cost)
        if spent is None or score.value is None:
            continue
        text = f"{r.method}, {student}: {_percent(score.value)} at {spent:,.3g} {axis.label}"
        groups.setdefault(r.method, []).append(Point(spent, score.value, text, score.low, score.high))
    y = Axis("test accuracy", "percent")
    told = "; ".join(point.text for each in groups.values() for point in each)
    return points(groups, axis, y, f"Accuracy against {axis.label}. {told}.", front=True)


def order(found: Order) -> Chart:
    """The critical-difference diagram of a ranking."""
    texts = {name: f"{name}: average rank {rank:.2f} over {found.sets} data sets" for name, rank in found.ranks.items()}
    alt = "Average ranks, 1 is best: " + ", ".join(f"{n} {r:.2f}" for n, r in found.ranks.items()) + "."
    return ranks(found.ranks, found.groups, texts, alt)


def overlaid(runs: Mapping[str, Sequence[Epoch]], what: str) -> Chart:
    """Curves of a few runs over one another: `loss` (the sum of all terms) or an accuracy's split."""
    each = [
        Line(name, [e["epoch"] for e in told], [_value(e, what) for e in told], hue(k), DASHES[k % len(DASHES)])
        for k, (name, told) in enumerate(runs.items())
    ]
    y = Axis("loss") if what == "loss" else Axis(f"{what} accuracy", "percent", 0.0, 1.0)
    ends = ", ".join(f"{line.name} {line.y[-1]:.3g}" for line in each if line.y)
    return lines(each, Axis("epoch", "count"), y, f"{y.label} by epoch; at the end: {ends}.")


def rows_by_data(places: Sequence[Place]) -> dict[str, list[tuple[str, Row]]]:
    """The rows of every student on one data set together, each with its student."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for place in sorted(places, key=lambda each: each.data):
        found.setdefault(place.data, []).extend((place.student, row) for row in place.rows)
    return found


def _value(epoch: Epoch, what: str) -> float:
    if what == "loss":
        return float(sum(epoch["losses"].values()))
    return float(epoch["accuracy"].get(what, np.nan))


def _told(row: Row, name: str, axis: Axis, teacher: str) -> str:
    found, held = row.score(name, teacher), teacher or row.reference
    if found.value is None:
        return f"{row.method}: not measured{f' beside the {spoken(held)}' if teacher else ''}."
    say = _percent if axis.format == "percent" else "{:.3g}".format
    low, high = found.low, found.high
    spread = "" if low is None or high is None else f", 95 % interval {say(low)} to {say(high)}"
    beside = f", beside the {spoken(held)}" if held and name in BESIDE else ""
    return f"{row.method}: {say(found.value)}{spread}, {found.n} run{'s' * (found.n != 1)}{beside}."


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
