"""Evidence in numbers, drawn: fidelity, deletion and insertion, frequencies, and likeness over chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.chart import DASHES, Axis, Chart, Line, lines
from kdviz.figures.palette import CONTROL, INK, MARGIN, STUDENT, colour
from kdviz.figures.tiles import Tile, tiles

Floats = NDArray[np.floating]
Index = NDArray[np.int64]


def layers(tables: Mapping[str, Floats], across: int) -> dict[str, Any]:
    """CKA (stages, teacher's stages) by whose stages they are, `across` of them in a row."""
    maps = [Tile(name, table, "its stage", "the teacher's stage") for name, table in tables.items()]
    return tiles(maps, (0.0, 1.0), written=True, across=across)


def over_epochs(epochs: Index, each: Mapping[str, Floats], title: str, share: bool, alt: str) -> Chart:
    """One score of student and control over the kept epochs."""
    looks = {"student": (STUDENT, "", 3.0), "control": (CONTROL, "6 3", 2.0)}
    found = [Line(who, epochs.tolist(), values.tolist(), *looks[who]) for who, values in each.items()]
    up = Axis(title, "percent", 0.0, 1.0) if share else Axis(title, min=0.0)
    return lines(found, Axis("epoch", "count"), up, alt)


def followed(shares: Mapping[str, Mapping[str, float]], names: Mapping[str, str]) -> go.Figure:
    """Whom student and control followed where teachers disagree: shares of those series that only this one said."""
    figure = go.Figure()
    for key, name in names.items():
        values = [each[key] for each in shares.values()]
        fill = INK if key in ("nobody", "several") else colour(key)
        pattern = {"nobody": "x", "several": "/"}.get(key, "")
        figure.add_bar(
            y=list(shares), x=values, name=name, orientation="h", marker={"color": fill, "pattern": {"shape": pattern}},
            hovertemplate="%{x:.0%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.update_layout(
        barmode="stack", height=130 + 20 * (len(shares) + len(names)), margin={**MARGIN, "l": 8, "b": 40},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"},
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(automargin=True, autorange="reversed")
    return figure


class Curves(Protocol):
    """The class's mean probability (k,) by the shares (k,) of segments that went or came."""

    @property
    def shares(self) -> Floats:
        """Shares (k,), 0..1."""

    @property
    def deletion(self) -> Floats:
        """As segments go (k,)."""

    @property
    def insertion(self) -> Floats:
        """As they come back (k,)."""

    @property
    def random(self) -> Floats:
        """In random orders (k,)."""


DASH = {"deletion": "", "insertion": "6 3", "random": "2 3"}


def deletions(role: str, curves: Curves, alt: str) -> Chart:
    """The class's mean probability as segments go or come."""
    each = {"deletion": curves.deletion, "insertion": curves.insertion, "random": curves.random}
    found = [
        Line(kind, curves.shares.tolist(), values.tolist(), INK if kind == "random" else colour(role), DASH[kind])
        for kind, values in each.items()
    ]
    return lines(found, Axis("segments", "percent", 0.0, 1.0), Axis("probability", min=0.0, max=1.0), alt)


SHARE = "share of the highest frequency"


def rings(each: Mapping[str, tuple[str, Floats, Floats]], unit: str, alt: str) -> Chart:
    """Energy by frequency, one line a network: title -> (role, frequencies in `unit`, energy)."""
    found = [
        Line(title, at.tolist(), np.maximum(energy, 1e-8).tolist(), colour(role), DASHES[k % len(DASHES)])
        for k, (title, (role, at, energy)) in enumerate(each.items())
    ]
    return lines(found, Axis(unit), Axis("share of energy", log=True), alt)


def filtered(each: Mapping[str, tuple[str, Floats, Floats]], unit: str, alt: str) -> Chart:
    """A filter's work along frequency: title -> (colour, frequencies in `unit`, decibels)."""
    found = [
        Line(title, at.tolist(), decibels.tolist(), hue, DASHES[k % len(DASHES)])
        for k, (title, (hue, at, decibels)) in enumerate(each.items())
    ]
    return lines(found, Axis(unit), Axis("dB of the strongest"), alt)


def rates(epochs: Index, each: Mapping[str, Floats], alt: str) -> Chart:
    """The learned rates of a filter's branches by epoch."""
    colours = ("#0072B2", "#D55E00")
    found = [
        Line(name, epochs[: len(values)].tolist(), values.tolist(), colours[k % 2], DASHES[k % 2])
        for k, (name, values) in enumerate(each.items())
    ]
    return lines(found, Axis("epoch", "count"), Axis("rate"), alt)


def by_cut(cuts: Floats, each: Mapping[str, Floats], titles: Mapping[str, str], now: float, alt: str) -> Chart:
    """Accuracy with only some frequencies, by where they are cut; one line a network."""
    found = [
        Line(titles[role], cuts.tolist(), values.tolist(), colour(role), DASHES[k % len(DASHES)])
        for k, (role, values) in enumerate(each.items())
    ]
    across, up = Axis(f"cut, {SHARE}", "percent", 0.0, 1.0), Axis("accuracy", "percent", 0.0, 1.0)
    return lines(found, across, up, alt, {now: "this cut"})


def coherence(frequencies: Floats, each: Mapping[str, Floats], unit: str, alt: str) -> Chart:
    """Squared coherence with the teacher by frequency: student, control, chance."""
    looks = {"student": ("", 3.0), "control": ("6 3", 2.0), "chance": ("2 3", 1.5)}
    found = [
        Line(who, frequencies.tolist(), values.tolist(), INK if who == "chance" else colour(who), *looks[who])
        for who, values in each.items()
    ]
    return lines(found, Axis(unit), Axis("coherence", min=0.0, max=1.0), alt)


OWN = "teacher's own map"


class Estimate(Protocol):
    """A number with the range it could as well have had; None where it is unknown."""

    @property
    def value(self) -> float | None:
        """The number."""

    @property
    def low(self) -> float | None:
        """The lower end."""

    @property
    def high(self) -> float | None:
        """The upper end."""


class Numbers(Protocol):
    """Student and teacher, with all that this must be read beside."""

    @property
    def match(self) -> Estimate:
        """The likeness itself."""

    @property
    def by_chance(self) -> Estimate:
        """With the teacher's maps of other series of the class."""

    @property
    def above(self) -> Estimate:
        """Where it lies between chance (0) and the best (1)."""

    @property
    def by_control(self) -> Estimate | None:
        """That of a student without a teacher."""


class Measured(Protocol):
    """One measure of likeness, of which more or less is better."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def higher_is_better(self) -> bool:
        """Whether more is more alike."""

    @property
    def numbers(self) -> Numbers:
        """What it gave."""


Found = Mapping[str, Measured]


def beside(found: Found) -> go.Figure:
    """Each measure from chance (0) to the teacher's own map (1): the student with its interval, and the control."""
    figure = go.Figure()
    kept = {name: each for name, each in found.items() if _share(each, each.numbers.match) is not None}
    names = [each.title for each in kept.values()]
    above = [each.numbers.above for each in kept.values()]
    low = [each.low for each in above]
    mine = [each.value for each in above]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [_apart(each.high, each.value) for each in above],
        "arrayminus": [_apart(each.value, each.low) for each in above],
    }
    figure.add_scatter(
        x=mine, y=names, mode="markers", name="student", error_x=error, marker={"color": STUDENT, "size": 10},
        hovertemplate="%{y}: %{x:.2f} of the way from chance to the teacher's map<extra>student</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[_share(each, each.numbers.by_control) for each in kept.values()], y=names, mode="markers", name="control",
        marker={"color": CONTROL, "size": 11, "symbol": "diamond-open", "line": {"width": 2}},
        hovertemplate="%{y}: %{x:.2f}<extra>from-scratch control</extra>",
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": INK, "dash": "dot"}, annotation_text="chance", annotation_position="top")
    figure.add_vline(
        x=1, line={"color": INK}, annotation_text=OWN, annotation_position="top", annotation_xanchor="right"
    )
    legend = {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0}
    figure.update_layout(height=90 + 34 * len(names), margin={"l": 8, "r": 16, "t": 26, "b": 30}, legend=legend)
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(range=[min(-0.15, *_known(low)), 1.08], zeroline=False)
    return figure


def _known(values: list[float | None]) -> list[float]:
    return [v - 0.05 for v in values if v is not None] or [0.0]


def _apart(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else upper - lower


def _share(each: Measured, one: Estimate | None) -> float | None:
    """Where a value lies between chance (0) and the best there is (1)."""
    chance = each.numbers.by_chance.value
    if one is None or one.value is None or chance is None or each.numbers.above.value is None:
        return None
    room = (1.0 if each.higher_is_better else 0.0) - chance
    return (one.value - chance) / room if abs(room) > 1e-12 else None


def described(found: Found) -> str:
    """The same in words."""
    parts = []
    for each in found.values():
        numbers = each.numbers
        if numbers.match.value is not None:
            beside_it = [f"student {numbers.match.value:.2f}"]
            for name, one in (("control", numbers.by_control), ("chance", numbers.by_chance)):
                if one is not None and one.value is not None:
                    beside_it.append(f"{name} {one.value:.2f}")
            parts.append(f"{each.title}: {', '.join(beside_it)}")
    return "; ".join(parts) + "."
