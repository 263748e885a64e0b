"""The frequency page: what networks' features are made of, and which frequencies carry the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.figures import frequency as draw
from kdviz.figures.cutter import Spectral, cutter
from kdviz.figures.palette import colour, spoken
from kdviz.modalities.base import modalities
from kdviz.runs.store import Run
from kdviz.ui import board, cached, stepping
from kdviz.ui.drawings import mount, nothing
from kdviz.ui.escape import sentence
from kdviz.ui.linked import one_of

USUAL_CUT = 0.1


@dataclass(frozen=True)
class Hearing:
    """A run, its data, a series, a stage, and the teacher that the student is held beside."""

    run: Run
    data: Dataset
    roles: Mapping[str, Any]
    series: int
    stage: int
    teacher: str


def choose(run: Run) -> Hearing:
    """The controls."""
    data, networks = cached.dataset_of(run), cached.asked(run, "networks")[0]
    roles = networks["roles"]
    depth = min(each["stages"] for each in roles.values())
    stages = {str(k): f"stage {k + 1} of {depth}" for k in range(depth)}
    left, right = st.columns(2)
    with left:
        teacher = stepping.against(roles, {role: board.who(role) for role in roles})
    with right:
        stage = int(one_of(st.selectbox, "Feature maps of", stages, str(depth - 1), "stage"))
    return Hearing(run, data, roles, stepping.walk(run, data, teacher, "cam"), stage, teacher)


def title(name: str) -> str:
    """`role/modality` for people."""
    role, _, modality = name.partition("/")
    return (
        board.who(role)
        if role.startswith("teacher.") or modality == "signal"
        else f"{board.who(role)}, {modalities()[modality].title}"
    )


def spectra(this: Hearing) -> tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]:
    """Energy by frequency of every network, and how much of it is high."""
    words, arrays = cached.asked(this.run, "frequency", series=this.series, stage=this.stage)
    lines = {}
    for name in words["spectra"]:
        shares = 2 * arrays[f"spectra/{name}/rings"]
        lines[title(name)] = (name.partition("/")[0], shares, arrays[f"spectra/{name}/radial"])
    high = {title(name): each["high"] for name, each in words["spectra"].items()}
    told = "; ".join(f"{name}: {_percent(v[0])} above half" for name, v in high.items())
    mount("chart", draw.rings(lines, f"Energy of feature maps by frequency. {told}."), "rings")
    rows = {
        "network": list(high),
        "map": [" x ".join(map(str, each["grid"])) for each in words["spectra"].values()],
        "energy above half the highest frequency": [
            _percent(v[0]) + ("" if v[1] is None else f" ({_percent(v[1])} to {_percent(v[2])})") for v in high.values()
        ],
    }
    st.dataframe(rows, hide_index=True, key="high")
    st.caption(
        f"Means over channels and {words['series']} test series, scaled to sum one; the constant part is left out of "
        "the shares. Maps of different sizes have different highest frequencies: compare shapes, not places."
    )
    return words, arrays


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def cut(this: Hearing, arrays: Mapping[str, NDArray[Any]]) -> float:
    """The draggable cut; where it is let go is part of the link."""
    now = _cut_in_link()
    wanted = [f"teacher.{this.teacher}/{this.teacher}", *(f"student/{m}" for m in this.roles["student"]["modalities"])]
    maps = [
        Spectral(
            title(name),
            colour(name.partition("/")[0]),
            arrays[f"spectra/{name}/map"],
            2 * arrays[f"spectra/{name}/rings"],
            arrays[f"spectra/{name}/radial"],
        )
        for name in wanted
        if f"spectra/{name}/map" in arrays
    ]
    found = mount(
        "cutter", cutter(maps, now, this.data.rate / 2 if this.data.rate else None), "cutter", on_cut_change=nothing
    )
    given = getattr(found, "cut", None)
    if isinstance(given, int | float) and 0 <= given <= 1 and st.session_state.get("cut_told") != given:
        st.session_state["cut_told"] = given
        st.query_params["cut"] = f"{given:g}"
        return float(given)
    return now


def _cut_in_link() -> float:
    try:
        asked = float(st.query_params.get("cut", USUAL_CUT))
    except ValueError:
        return USUAL_CUT
    return asked if 0 <= asked <= 1 else USUAL_CUT


def carried(this: Hearing, now: float) -> None:
    """Accuracy on low- and high-passed inputs: at this cut in numbers, at others as curves."""
    words, here = cached.asked(this.run, "carried", cuts=[now])
    _, curves = cached.asked(this.run, "carried")
    titles = {role: board.who(role) for role in this.roles}
    rows = {
        "network": list(titles.values()),
        "all frequencies": [f"{words['whole'][role]:.1%}" for role in titles],
        f"only up to {now:.0%}": [f"{here[f'{role}/low'][0]:.1%}" for role in titles],
        f"only from {now:.0%}": [f"{here[f'{role}/high'][0]:.1%}" for role in titles],
    }
    st.dataframe(rows, hide_index=True, key="carried_here")
    low, high = ({role: curves[f"{role}/{kind}"] for role in titles} for kind in ("low", "high"))
    said = "; ".join(f"{titles[role]} reaches {low[role].max():.0%} with low frequencies alone" for role in titles)
    left, right = st.columns(2)
    for column, name, lines in ((left, "only up to the cut", low), (right, "only from the cut", high)):
        with column:
            st.markdown(f"**{name.capitalize()}**")
            mount("chart", draw.by_cut(curves["cuts"], lines, titles, now, f"Accuracy with {name}. {said}."), name)
    st.caption(
        f"Accuracy on {words['series']} test series whose signal was filtered (sharp edges, zero phase, means kept); "
        "every image is made anew. Networks never met such series: a fall shows what they rely on, not what the data "
        "hold."
    )


def coherence(this: Hearing) -> None:
    """Which frequencies of the CAM in time the student shares with its teacher."""
    try:
        words, arrays = cached.asked(this.run, "coherent", sight="cam", teacher=this.teacher)
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    lines: dict[str, NDArray[Any]] = {w: arrays[w] for w in ("student", "control", "chance") if w in arrays}
    said = "; ".join(f"{who}: mean {float(np.nanmean(v)):.2f}" for who, v in lines.items())
    mount("chart", draw.coherence(arrays["frequencies"], lines, f"Coherence. {said}."), "coherence")
    st.caption(
        f"Welch coherence of CAMs in time with the {spoken(this.teacher)}'s, means over "
        f"{words['series']} test series. Chance: the teacher's maps of other series of the class; few segments raise "
        "it. One run, one seed."
    )
