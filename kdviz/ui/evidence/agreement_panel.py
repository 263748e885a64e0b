"""How alike, in numbers that never stand alone: beside chance, beside the control, with what may be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from kdviz.figures.evidence_charts import beside, described
from kdviz.figures.palette import spoken
from kdviz.metrics.conclusions import shown
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence

BAR = {"displayModeBar": False}
HEADS = {
    "match": "student",
    "by_control": "control",
    "by_chance": "chance",
    "above": "above chance",
    "specific": "instance ETS",
    "transfer": "ETS",
}
HELP = (
    "student: the likeness itself, with its 95 % interval. control: the same for a student of the same seed and budget "
    "that had no teacher. chance: with the teacher's maps of other series of the class. above chance: 0 is chance, 1 "
    "the teacher's own map. instance ETS: student minus chance, turned so that more is better. ETS: 0 is the control, "
    "1 the teacher's own map, below 0 is away from the teacher. p: how often re-pairing within the class does as well."
)


def show_agreement(this: EvidenceSelection, epoch: int | None = None) -> None:
    """Every measure beside the chosen teacher; of the finished student, whatever epoch the board shows."""
    if epoch is not None:
        st.caption(f"The board above shows epoch {epoch}; these numbers are of the finished student.")
    sight, target = this.wanted.sights[0], this.wanted.target
    asked: str | int = int(target) if target.isdecimal() else target
    words, arrays = cache.answer(this.run, "match", sight=sight, target=asked)
    found = words["teachers"].get(this.wanted.teacher, {})
    if not found:
        st.info("There is nothing to compare here: one of both has no map in time for this extractor.")
        return
    teacher = spoken(this.wanted.teacher)
    title = words.get("title") or sight
    st.markdown(f"**{title}** of student and {teacher}, over {counted(words)}.")
    st.plotly_chart(beside(found), key="beside", config=BAR, alt=described(found))
    table(found)
    titles = {name: each["title"] for name, each in found.items()}
    name = one_of(st.selectbox, "Read in words", titles, next(iter(titles)), "measure")
    here(this, arrays, name, found[name], f"{this.wanted.teacher}/{name}")
    for each in found[name]["told"]:
        st.markdown(f"- {sentence(each)}")


def counted(words: Mapping[str, Any]) -> str:
    """How many series these numbers stand on."""
    if words["series"] < words["of"]:
        return f"{words['series']} of the {words['of']} test series, evenly spread"
    return f"all {words['of']} test series"


def table(found: Mapping[str, Any]) -> None:
    """Every measure with everything beside it."""
    rows = {"measure": [f"{each['title']}{', ' + each['unit'] if each['unit'] else ''}" for each in found.values()]}
    for key, head in HEADS.items():
        rows[head] = [shown(each[key]) for each in found.values()]
    rows["p"] = ["–" if each["p"] is None else f"{each['p']:.3f}" for each in found.values()]
    st.dataframe(rows, hide_index=True, key="matches", alt=described(found))
    st.caption(HELP)


def here(this: EvidenceSelection, arrays: Mapping[str, Any], name: str, found: Mapping[str, Any], key: str) -> None:
    """The measure in the series that is looked at."""
    place = np.flatnonzero(arrays["series"] == this.series)
    if not place.size or not np.isfinite(arrays[key][place[0]]):
        return
    mean = found["by_chance"]["value"]
    beside_it = "" if mean is None else f"; the class's chance is {mean:.2f}"
    unit = f" {found['unit']}" if found["unit"] else ""
    st.markdown(f"In this series: **{arrays[key][place[0]]:.2f}**{unit}{beside_it}.")
