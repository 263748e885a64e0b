"""A likeness between chance and the teacher's own map, with the control beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from kdviz.figures.palette import CONTROL, INK, STUDENT

OWN = "teacher's own map"
Found = Mapping[str, Mapping[str, Any]]


def beside(found: Found) -> go.Figure:
    """Each measure from chance (0) to the teacher's own map (1): the student with its interval, and the control."""
    figure = go.Figure()
    kept = {name: each for name, each in found.items() if _share(each, each["match"]) is not None}
    names = [each["title"] for each in kept.values()]
    low = [each["above"]["low"] for each in kept.values()]
    high = [each["above"]["high"] for each in kept.values()]
    mine = [each["above"]["value"] for each in kept.values()]
    known = [v is not None for v in low]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [h - v if k else 0 for h, v, k in zip(high, mine, known, strict=True)],
        "arrayminus": [v - one if k else 0 for one, v, k in zip(low, mine, known, strict=True)],
    }
    figure.add_scatter(
        x=mine, y=names, mode="markers", name="student", error_x=error, marker={"color": STUDENT, "size": 10},
        hovertemplate="%{y}: %{x:.2f} of the way from chance to the teacher's map<extra>student</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[_share(each, each["by_control"]) for each in kept.values()], y=names, mode="markers", name="control",
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


def _share(each: Mapping[str, Any], one: Mapping[str, Any] | None) -> float | None:
    """Where a value lies between chance (0) and the best there is (1)."""
    if one is None or one["value"] is None or each["by_chance"]["value"] is None or each["above"]["value"] is None:
        return None
    best = 1.0 if each["higher_is_better"] else 0.0
    room = best - each["by_chance"]["value"]
    return float(np.divide(one["value"] - each["by_chance"]["value"], room)) if abs(room) > 1e-12 else None


def described(found: Found) -> str:
    """The same in words."""
    parts = []
    for each in found.values():
        if each["match"]["value"] is not None:
            beside_it = [f"student {each['match']['value']:.2f}"]
            for key, name in (("by_control", "control"), ("by_chance", "chance")):
                if each[key] is not None and each[key]["value"] is not None:
                    beside_it.append(f"{name} {each[key]['value']:.2f}")
            parts.append(f"{each['title']}: {', '.join(beside_it)}")
    return "; ".join(parts) + "."
