"""Teacher and student side by side: choosing a series, a class and an extractor, and drawing what they saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures import evidence as draw
from kdviz.modalities.base import modalities
from kdviz.runs.store import Run
from kdviz.ui import cached
from kdviz.ui.escape import text
from kdviz.ui.live import titled

Array = NDArray[np.floating]
NORMS = {
    "unit": "each map divided by its own largest magnitude",
    "raw": "raw values, one scale for all",
    "minmax": "each map from its least (0) to its most (1)",
}
BAR = {"displaylogo": False}


@dataclass(frozen=True)
class Choice:
    """What a visitor looks at."""

    series: int
    target: int
    extractor: str
    norm: str


def step(key: str, by: int, count: int) -> None:
    """Move the series number, around the ends."""
    st.session_state[key] = (int(st.session_state.get(key, 0)) + by) % count


def choose(data: Dataset, extractors: list[Mapping[str, Any]]) -> Choice:
    """The controls: test series, class, extractor, normalising."""
    count = data.test.size
    place, before, after, which = st.columns([2, 1, 1, 3], vertical_alignment="bottom")
    number = place.number_input("Test series", 0, count - 1, key="i", bind="query-params")
    before.button("Previous", key="before", on_click=step, args=("i", -1, count), shortcut="Left")
    after.button("Next", key="after", on_click=step, args=("i", 1, count), shortcut="Right")
    series = int(data.test[int(number)])
    by_id = {e["id"]: e for e in extractors}
    name = which.selectbox(
        "Evidence", list(by_id), index=list(by_id).index("cam"), format_func=lambda i: by_id[i]["title"],
        key="extractor", bind="query-params", help="\n\n".join(f"{e['title']}: {e['idea']}" for e in extractors),
    )  # fmt: skip
    true = int(data.y[series])
    left, right = st.columns(2)
    names = [text(c) + (" (true)" if k == true else "") for k, c in enumerate(data.classes)]
    asked = left.selectbox(
        "Class asked about", range(len(names)), index=true, format_func=names.__getitem__, key=f"c{series}"
    )
    norm = right.selectbox("Scale", list(NORMS), format_func=NORMS.__getitem__, key="norm", bind="query-params")
    return Choice(series, int(asked), name, norm)


def show(run: Run, data: Dataset, choice: Choice) -> None:
    """Everything about one series."""
    mark = str((run.folder / "final.json").stat().st_mtime_ns) if run.final else "live"
    words, arrays = cached.evidence(run.folder.name, mark, choice.extractor, choice.series, choice.target)
    roles, signed = list(words["roles"]), bool(words["signed"]) and choice.norm != "minmax"
    predicted(data, choice, roles, arrays)
    in_time(data, choice, roles, arrays, signed)
    side_by_side(data, choice, roles, arrays, signed)


def predicted(data: Dataset, choice: Choice, roles: list[str], arrays: Mapping[str, Array]) -> None:
    """What each network predicts for this series, with its probability."""
    true = int(data.y[choice.series])
    for column, role in zip(st.columns(len(roles)), roles, strict=True):
        probability = arrays[f"{role}/probability"]
        best = int(probability.argmax())
        right = "right" if best == true else "wrong"
        column.metric(
            role_title(role),
            text(data.classes[best]),
            f"{probability[best]:.0%}, {right}",
            delta_color="off",
            delta_arrow="off",
        )


def role_title(role: str) -> str:
    """A network's name for people."""
    return titled(role.removeprefix("teacher."))


def in_time(data: Dataset, choice: Choice, roles: list[str], arrays: Mapping[str, Array], signed: bool) -> None:
    """All evidence that can be told in time, under the series, on one scale."""
    rows = {
        _row_title(role, m): draw.normalised(arrays[f"{role}/time/{m}"], choice.norm)
        for role in roles
        for m in seen_by(role, arrays, "time")
    }
    if "teacher.signal/time/signal" in arrays and "student/time/signal" in arrays:
        one, other = arrays["student/time/signal"], arrays["teacher.signal/time/signal"]
        rows["Student − signal teacher"] = draw.normalised(one, choice.norm) - draw.normalised(other, choice.norm)
    channel = 0
    if len(data.channels) > 1:
        names = [text(c) for c in data.channels]
        channel = st.selectbox(
            "Channel drawn", range(len(names)), format_func=names.__getitem__, key="ch", bind="query-params"
        )
    limits = draw.scale(list(rows.values()), signed=True) if signed else draw.scale(list(rows.values()), False)
    unit = "seconds" if data.rate else "sample"
    figure = draw.bands(data.times(), data.X[choice.series, channel], rows, limits, signed, unit)
    st.plotly_chart(figure, key="bands", config=BAR, alt=told(rows, data.times(), unit))
    st.caption(
        f"What speaks for class {text(data.classes[choice.target])}: {NORMS[choice.norm]}. Images are carried back to "
        "time: a GAF by its rows and columns, a persistence image through the birth and death sample of each pair."
    )


def _row_title(role: str, modality: str) -> str:
    own = role.startswith("teacher.") or modality == "signal"
    return role_title(role) if own else f"{role_title(role)}, {modality}"


def told(rows: Mapping[str, Array], times: Array, unit: str) -> str:
    """Where each row peaks, in words."""
    return "; ".join(f"{name} peaks at {times[int(np.argmax(row))]:.4g} {unit}" for name, row in rows.items()) + "."


def side_by_side(data: Dataset, choice: Choice, roles: list[str], arrays: Mapping[str, Array], signed: bool) -> None:
    """Teacher and student on their own images, one colour scale."""
    panels = {
        f"{role_title(role)}: {modalities()[m].title}": (
            arrays[f"view/{m}"][0],
            draw.normalised(arrays[f"{role}/map/{m}"], choice.norm),
        )
        for role in roles
        for m in seen_by(role, arrays, "map")
        if arrays[f"{role}/map/{m}"].ndim == 2
    }
    if not panels:
        st.caption("No network of this run sees an image.")
        return
    limits = draw.scale([e for _, e in panels.values()], signed)
    st.plotly_chart(
        draw.planes(panels, limits, signed),
        key="planes",
        config=BAR,
        alt="Evidence on each image, in grey the image's first channel.",
    )
    st.caption("The image's first channel in grey, the evidence over it, all on one colour scale.")


def seen_by(role: str, arrays: Mapping[str, Array], what: str) -> list[str]:
    """The modalities of which a network has evidence of this kind."""
    start = f"{role}/{what}/"
    return [name.removeprefix(start) for name in arrays if name.startswith(start)]
