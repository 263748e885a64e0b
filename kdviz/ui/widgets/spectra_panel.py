"""What features are made of, what a method's filter does, which frequencies evidence shares: for two pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.figures import agreement_charts as draw
from kdviz.figures import palette
from kdviz.figures.palette import CONTROL, STUDENT, TEACHER, spoken
from kdviz.figures.tiles import Tile, tiles, together
from kdviz.metrics.spectra import along_last
from kdviz.modalities.base import title_of
from kdviz.runs.analysis.network_answers import FrequencyContent, FrequencyFilter, NetworkFacts
from kdviz.runs.looker.questions import COHERENCE, FREQUENCY
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.board_rows import TIMELESS, units
from kdviz.ui.widgets.drawings import mount

SPECTRA = ("teacher", "before", "after", "filter")
HUES = {"teacher": TEACHER, "before": CONTROL, "after": STUDENT, "filter": "#CC79A7"}
MAPS = ("seen", "rebuilt", "wanted")


@dataclass(frozen=True)
class FrequencySelection:
    """A run, its data, a series, a stage, and the teacher that the student is held beside."""

    run: Run
    data: Dataset
    roles: dict[str, NetworkFacts]
    series: int
    stage: int
    teacher: str


def title(role: str, modality: str) -> str:
    """A network's features for people."""
    name = palette.network_name(role)
    if role.startswith("teacher.") or modality == "signal":
        return name
    return say_plain("frequency title", network=name, view=title_of(modality))


def spectra(this: FrequencySelection) -> FrequencyContent:
    """Energy by frequency of every network, and how much of it is high."""
    found = cache.answer(this.run, FREQUENCY, series=this.series, stage=this.stage)
    each = {title(role, m): (role, one) for role, by in found.spectra.items() for m, one in by.items()}
    length, rate = this.data.length, this.data.rate or 1.0
    lines = {
        title(role, m): (role, one.rings * max(one.grid) / length * rate, one.radial)
        for role, by in found.spectra.items()
        for m, one in by.items()
        if m != TIMELESS
    }
    high = {name: one.high for name, (_, one) in each.items()}
    said = [say_plain("frequency above half", network=n, share=_percent(v.value)) for n, v in high.items()]
    mount(
        "chart",
        draw.rings(lines, units(this.data)[1], say_plain("frequency spectra alt", each="; ".join(said))),
        "rings",
    )
    shares = [
        _percent(v.value)
        if v.low is None
        else say_plain("frequency high range", share=_percent(v.value), low=_percent(v.low), high=_percent(v.high))
        for v in high.values()
    ]
    rows = {
        say_plain("frequency network"): list(each),
        say_plain("frequency map"): [" x ".join(map(str, one.grid)) for _, one in each.values()],
        say_plain("frequency high"): shares,
    }
    st.dataframe(rows, hide_index=True, key="high")
    st.caption(say("frequency spectra", series=found.series))
    return found


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def show_filters(this: FrequencySelection, found: FrequencyContent) -> None:
    """One filter of the run: its work along frequency, then the maps."""
    if not found.filters:
        st.info(say("frequency no filter"), title=say("frequency no filter here"))
        return
    titles = {name: filter_title(name) for name in found.filters}
    key = one_of(st.selectbox, say("frequency which filter"), titles, next(iter(titles)), "filter")
    one = found.filters[key]
    st.markdown(filter_sentence(one))
    drawn = {what: along_last(one.pictures[what]) for what in SPECTRA}
    work = {
        say_plain(f"frequency tile {what}"): (
            HUES[what], np.arange(1, line.size + 1) / this.data.length * (this.data.rate or 1.0), line
        )
        for what, line in drawn.items()
    }  # fmt: skip
    strongest = [say_plain("frequency strongest", name=n, at=at[line.argmax()]) for n, (_, at, line) in work.items()]
    mount(
        "chart",
        draw.filtered(work, units(this.data)[1], say_plain("frequency work", each="; ".join(strongest))),
        "spectra",
    )
    st.caption(say("frequency pictures"))
    maps = [Tile(say_plain(f"frequency tile {what}"), one.pictures[what]) for what in MAPS]
    mount("tiles", tiles(maps, together(maps)), "maps")
    st.caption(say("frequency maps"))
    lines = {say_plain(f"frequency branch {branch}"): values for branch, values in one.rate_lines.items()}
    if lines and found.epochs is not None:
        said = [say_plain("frequency rate", branch=name, first=v[0], last=v[-1]) for name, v in lines.items()]
        alt = say_plain("frequency rates alt", each="; ".join(said))
        mount("chart", draw.rates(found.epochs, lines, alt), "rates")
        st.caption(say("frequency rates"))


def filter_title(key: str) -> str:
    """`gaf 0` for people."""
    teacher, _, level = key.rpartition(" ")
    number = str(int(level) + 1) if level.isdecimal() else level
    return say_plain("frequency level", teacher=palette.network_name(f"teacher.{teacher}"), level=number)


def filter_sentence(one: FrequencyFilter) -> str:
    """A filter in words: what its mask removes, whose branch is louder, whether it brings the student nearer."""
    if one.radius:
        mask = say("frequency mask", lowest=2 * one.radius, radius=one.radius, side=one.side)
    else:
        mask = say("frequency mask none", side=one.side)
    total = one.energy["global"] + one.energy["local"] or 1.0
    said = f"{mask} {say('frequency loud', share=one.energy['global'] / total)}"
    before, after = one.distance["before"], one.distance["after"]
    if before is None or after is None:
        return said
    moved = say("frequency nearer" if after < before else "frequency no nearer", before=before, after=after)
    return f"{said} {moved}"


def coherence(this: FrequencySelection) -> None:
    """Which frequencies of the CAM in time the student shares with its teacher."""
    try:
        found = cache.answer(this.run, COHERENCE, extractor="cam", teacher=this.teacher)
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    lines = found.lines()
    said = [say_plain("frequency coherence mean", who=who, mean=float(np.nanmean(v))) for who, v in lines.items()]
    alt = say_plain("frequency coherence alt", each="; ".join(said))
    mount(
        "chart",
        draw.coherence(found.frequencies * (this.data.rate or 1.0), lines, units(this.data)[1], alt),
        "coherence",
    )
    st.caption(say("frequency coherence", teacher=spoken(this.teacher), series=found.series))
