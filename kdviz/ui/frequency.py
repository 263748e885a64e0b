"""The frequency page: what networks' features are made of, and which frequencies carry the decision.

What a frequency method's filter does to the student's map, beside what the teacher has there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.figures import evidence_charts as draw
from kdviz.figures import palette
from kdviz.figures.cutter import Spectral, cutter
from kdviz.figures.palette import colour, spoken
from kdviz.figures.tiles import Tile, tiles, together
from kdviz.modalities.base import modalities
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import mount, nothing


def frequency(this: FrequencySelection, cut: float) -> str:
    """Spectra, filters, coherence, and accuracy at the cut."""
    start = f"python -m kdviz frequency {this.run.folder.name} --series {this.series} --stage {this.stage}"
    return f"{start} --out spectra.npz\n{start} --cuts {cut:g}"


USUAL_CUT = 0.1


@dataclass(frozen=True)
class FrequencySelection:
    """A run, its data, a series, a stage, and the teacher that the student is held beside."""

    run: Run
    data: Dataset
    roles: Mapping[str, Any]
    series: int
    stage: int
    teacher: str


def choose(run: Run) -> FrequencySelection:
    """The controls."""
    data, networks = cache.dataset_of(run), cache.answer(run, "networks")[0]
    roles = networks["roles"]
    depth = min(each["stages"] for each in roles.values())
    stages = {str(k): f"stage {k + 1} of {depth}" for k in range(depth)}
    left, right = st.columns(2)
    with left:
        teacher = series_picker.against(roles, {role: palette.network_name(role) for role in roles})
    with right:
        stage = int(one_of(st.selectbox, "Feature maps of", stages, str(depth - 1), "stage"))
    return FrequencySelection(run, data, roles, series_picker.walk(run, data, teacher, "cam"), stage, teacher)


def title(name: str) -> str:
    """`role/modality` for people."""
    role, _, modality = name.partition("/")
    return (
        palette.network_name(role)
        if role.startswith("teacher.") or modality == "signal"
        else f"{palette.network_name(role)}, {modalities()[modality].title}"
    )


def spectra(this: FrequencySelection) -> tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]:
    """Energy by frequency of every network, and how much of it is high."""
    words, arrays = cache.answer(this.run, "frequency", series=this.series, stage=this.stage)
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


def cut(this: FrequencySelection, arrays: Mapping[str, NDArray[Any]]) -> float:
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


def show_bands(this: FrequencySelection, now: float) -> None:
    """Accuracy on low- and high-passed inputs: at this cut in numbers, at others as curves."""
    words, here = cache.answer(this.run, "carried", cuts=[now])
    _, curves = cache.answer(this.run, "carried")
    titles = {role: palette.network_name(role) for role in this.roles}
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


def coherence(this: FrequencySelection) -> None:
    """Which frequencies of the CAM in time the student shares with its teacher."""
    try:
        words, arrays = cache.answer(this.run, "coherent", sight="cam", teacher=this.teacher)
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


FREQUENCIES = ("frequency", "frequency")
SPECTRA = (
    ("student, before", "before"),
    ("|filter|", "filter"),
    ("left by the mask", "mask"),
    ("student, after", "after"),
    ("teacher", "teacher"),
)
MAPS = (("student, before", "seen"), ("student, rebuilt", "rebuilt"), ("teacher", "wanted"))
NONE = (
    "This method has no filter of frequencies: the spectra above are all there is. Distil with FAM (`fam`, `fam1d` or "
    "`fam_review`) to see one learn."
)


def show_filters(words: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """One filter of the run."""
    found = words["filters"]
    if not found:
        st.info(NONE, title="No filter here")
        return
    key = one_of(st.selectbox, "Filter", {name: filter_title(name) for name in found}, next(iter(found)), "filter")
    about = found[key]
    st.markdown(filter_sentence(about))
    mine = {what: arrays[f"filters/{key}/{what}"] for what in ("before", "filter", "mask", "after", "teacher")}
    mount("tiles", tiles([Tile(name, mine[what], *FREQUENCIES) for name, what in SPECTRA]), "spectra")
    st.caption("Log(1 + mean magnitude over channels), zero frequency in the centre; each panel on its own scale.")
    maps = [Tile(name, arrays[f"filters/{key}/{what}"]) for name, what in MAPS]
    mount("tiles", tiles(maps, together(maps)), "maps")
    st.caption("Means over channels, one colour scale: what the method asks to be alike are the last two.")
    lines = {f"{which} branch": arrays[f"filters/{key}/{which} rate"] for which in ("global", "local")
             if f"filters/{key}/{which} rate" in arrays}  # fmt: skip
    if lines:
        said = "; ".join(f"{name} from {v[0]:.2f} to {v[-1]:.2f}" for name, v in lines.items())
        mount("chart", draw.rates(arrays["filters/epochs"], lines, f"Rates: {said}."), "rates")
        st.caption("The learned rates of the two branches (gamma 1, gamma 2) over training.")


def filter_title(key: str) -> str:
    """`gaf 0` for people."""
    teacher, _, level = key.rpartition(" ")
    return f"{palette.network_name(f'teacher.{teacher}')}, level {int(level) + 1 if level.isdecimal() else level}"


def filter_sentence(about: Mapping[str, Any]) -> str:
    """A filter in words: what its mask removes, whose branch is louder, whether it brings the student nearer."""
    side, radius = about["side"], about["radius"]
    mask = (
        f"The mask removes the {2 * radius} lowest frequencies along each axis (radius {radius} on a side of {side})."
        if radius
        else f"**The mask removes nothing**: at a side of {side} its radius is 0. Raise `min_radius` or `cuton`."
    )
    both = about["energy"]
    total = both["global"] + both["local"] or 1.0
    loud = (
        f"Of what it hands on, {both['global'] / total:.0%} of the energy is the global branch's, the rest the local's."
    )
    before, after = about["distance"]["before"], about["distance"]["after"]
    if before is None or after is None:
        return f"{mask} {loud}"
    nearer = "nearer to" if after < before else "no nearer to"
    moved = (
        f"Its spectrum is {before:.1f} dB from the teacher's before the filter and {after:.1f} dB after: {nearer} it."
    )
    return f"{mask} {loud} {moved}"
