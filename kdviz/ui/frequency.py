"""The page Frequency: which run and series, the cut that is dragged, and the accuracy on either side of it."""

from __future__ import annotations

import streamlit as st

from kdviz.figures import agreement_charts as draw
from kdviz.figures import palette
from kdviz.figures.frequency_cutter import Spectral, cutter
from kdviz.figures.palette import colour
from kdviz.runs.analysis.network_answers import FrequencyContent
from kdviz.runs.looker.questions import CUTOFFS, NETWORKS
from kdviz.runs.store.run import Run
from kdviz.ui.shell.presenter import wide
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import mount, nothing
from kdviz.ui.widgets.spectra_panel import FrequencySelection, title

USUAL_CUT = 0.1


def frequency(this: FrequencySelection, cut: float) -> str:
    """The lines that give spectra, filters, coherence, and accuracy at the cut."""
    start = f"python -m kdviz frequency {this.run.folder.name} --series {this.series} --stage {this.stage}"
    return f"{start} --out spectra.npz\n{start} --cuts {cut:g}"


def choose(run: Run) -> FrequencySelection:
    """The controls."""
    data, networks = cache.dataset_of(run), cache.answer(run, NETWORKS)
    roles = networks.roles
    depth = min((each.stages for each in roles.values() if each.stages), default=0)
    stages = {str(k): say_plain("frequency stage", stage=k + 1, depth=depth) for k in range(depth)}
    stages = stages or {"-1": say_plain("frequency no stage")}  # recurrent networks of somebody's own
    titles = {role: say_plain("board reference", teacher=palette.network_name(role)) for role in roles}
    with st.container(key="frequency_controls", horizontal=True, vertical_alignment="center", gap="xsmall"):
        with st.container(width=wide(230)):
            teacher = series_picker.against(roles, titles, networks.reference)
        with st.container(width=wide(230)):
            shown = st.selectbox, say("frequency maps of"), stages, str(depth - 1), "stage"
            stage = int(one_of(*shown, label_visibility="collapsed"))
        series = series_picker.walk(run, data, teacher, "cam")
    return FrequencySelection(run, data, roles, series, stage, teacher)


def cut(this: FrequencySelection, found: FrequencyContent) -> float:
    """The draggable cut; where it is let go is part of the link."""
    now = _cut_in_link()
    wanted = [(f"teacher.{this.teacher}", this.teacher), *(("student", m) for m in this.roles["student"].modalities)]
    maps = [
        Spectral(title(role, m), colour(role), each.map, 2 * each.rings, each.radial)
        for role, m in wanted
        if (each := found.spectra.get(role, {}).get(m)) is not None
    ]
    shown = cutter(maps, now, this.data.rate / 2 if this.data.rate else None)
    given = getattr(mount("frequency_cutter", shown, "cutter", on_cut_change=nothing), "cut", None)
    if isinstance(given, int | float) and 0 <= given <= 1 and st.session_state.get("cut_told") != given:
        st.session_state["cut_told"] = given
        st.query_params["cut"] = f"{given:g}"
        return float(given)
    return now


def _cut_in_link() -> float:
    given = st.query_params.get("cut", str(USUAL_CUT))
    try:
        asked = float(given)
    except ValueError:
        asked = -1.0
    if 0 <= asked <= 1:
        return asked
    st.caption(say("number in link", asked=one_line(given, 40), low=0, high=1))
    st.query_params.pop("cut")
    return USUAL_CUT


def show_bands(this: FrequencySelection, now: float) -> None:
    """Accuracy on low- and high-passed inputs: at this cut in numbers, at others as curves."""
    here, curves = cache.answer(this.run, CUTOFFS, cuts=[now]), cache.answer(this.run, CUTOFFS)
    titles = {role: palette.network_name(role) for role in this.roles}
    rows = {
        say_plain("frequency network"): list(titles.values()),
        say_plain("frequency all"): [f"{here.whole[role]:.1%}" for role in titles],
        say_plain("frequency low now", cut=now): [f"{here.low[role][0]:.1%}" for role in titles],
        say_plain("frequency high now", cut=now): [f"{here.high[role][0]:.1%}" for role in titles],
    }
    st.dataframe(rows, hide_index=True, key="carried_here")
    low, high = ({role: by[role] for role in titles} for by in (curves.low, curves.high))
    reached = "; ".join(
        say_plain("frequency reaches", network=titles[role], accuracy=low[role].max()) for role in titles
    )
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{say('frequency low')}**")
        alt = say_plain("frequency low alt", reached=reached)
        mount("chart", draw.by_cut(curves.cuts, low, titles, now, alt), "carried_low")
    with right:
        st.markdown(f"**{say('frequency high pass')}**")
        alt = say_plain("frequency high alt", reached=reached)
        mount("chart", draw.by_cut(curves.cuts, high, titles, now, alt), "carried_high")
    st.caption(say("frequency cut", series=here.series))
