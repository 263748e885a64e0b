"""How alike, in numbers that never stand alone: beside chance, beside the control, with what may be said of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from kdviz.figures.agreement_charts import beside, described
from kdviz.figures.palette import spoken
from kdviz.metrics.conclusions import shown
from kdviz.runs.analysis.evidence_answers import EvidenceMatch, MeasuredMatch
from kdviz.runs.looker.questions import MATCH
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence, text
from kdviz.ui.texts.sentences import Markdown, say, say_plain
from kdviz.ui.widgets.board_controls import EvidenceSelection

BAR = {"displayModeBar": False}
Measures = Mapping[str, MeasuredMatch]


def show_agreement(this: EvidenceSelection, epoch: int | None = None) -> None:
    """Every measure beside the chosen teacher; of the finished student, whatever epoch the board shows."""
    if epoch is not None:
        st.caption(say("evidence numbers of", epoch=epoch))
    target = this.wanted.target
    asked: str | int = int(target) if target.isdecimal() else target
    rows = this.wanted.extractors
    match = cache.answer(this.run, MATCH, extractor=rows[0], target=asked, extractors=len(rows))
    found = match.teachers.get(this.wanted.teacher, {})
    if not found:
        st.info(say("evidence no match"))
        return
    st.markdown(say("evidence match", title=match.title, teacher=spoken(this.wanted.teacher), series=counted(match)))
    st.plotly_chart(beside(found), key="beside_teacher", config=BAR, alt=described(found))
    table(found)
    st.caption(_family(match, len(rows)))
    titles = {name: each.title for name, each in found.items()}
    name = one_of(st.selectbox, say("evidence in words"), titles, next(iter(titles)), "measure")
    here(this.series, match, found[name])
    for each in found[name].sentences:
        st.markdown(f"- {sentence(each)}")


def counted(match: EvidenceMatch) -> str:
    """How many series these numbers stand on."""
    if match.series.size < match.test:
        return say_plain("evidence match some", series=match.series.size, test=match.test)
    return say_plain("evidence match all", test=match.test)


def _family(match: EvidenceMatch, extractors: int) -> str:
    """For how many comparisons p is corrected, and which they are."""
    teachers, most = len(match.teachers), max(len(each) for each in match.teachers.values())
    if extractors == 1:
        return say("evidence family", comparisons=match.comparisons, teachers=teachers, measures=most)
    return say(
        "evidence family of several", comparisons=match.comparisons, teachers=teachers, measures=most,
        extractors=extractors,
    )  # fmt: skip


def table(found: Measures) -> None:
    """Every measure with everything beside it."""
    numbers = [each.numbers for each in found.values()]
    named = [f"{each.title}{', ' + each.unit if each.unit else ''}" for each in found.values()]
    rows = {
        "measure": named,
        "match": [shown(each.match) for each in numbers],
        "by_control": [shown(each.by_control) for each in numbers],
        "by_chance": [shown(each.by_chance) for each in numbers],
        "above": [shown(each.above) for each in numbers],
        "specific": [shown(each.specific) for each in numbers],
        "transfer": [shown(each.transfer) for each in numbers],
        "p": ["–" if each.p is None else f"{each.p:.3f}" for each in numbers],
        "adjusted": ["–" if each.adjusted is None else f"{each.adjusted:.3f}" for each in found.values()],
    }
    titled = {say_plain(f"evidence head {key}"): values for key, values in rows.items()}
    st.dataframe(titled, hide_index=True, key="matches", alt=described(found))
    st.caption(say("evidence match help"))


def here(series: int, match: EvidenceMatch, found: MeasuredMatch) -> None:
    """The measure in the series that is looked at."""
    place = np.flatnonzero(match.series == series)
    if not place.size or not np.isfinite(found.each[place[0]]):
        return
    unit = Markdown(f" {text(found.unit)}" if found.unit else "")
    value, mean = found.each[place[0]], found.numbers.by_chance.value
    if mean is None:
        st.markdown(say("evidence here", value=value, unit=unit))
    else:
        st.markdown(say("evidence here chance", value=value, unit=unit, chance=mean))
