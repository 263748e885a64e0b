"""Two to four runs side by side, curves and recipes and whom each gets right; and watches, held against marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures import comparison_charts as draw
from kdviz.figures.chart import Axis, Bar, intervals
from kdviz.figures.palette import CONTROL, STUDENT
from kdviz.metrics.intervals import too_few
from kdviz.runs.analysis.watch_answers import FEWEST, WatchMeans
from kdviz.runs.index.run_facts import Compared
from kdviz.runs.looker.questions import WATCHES_COMPARED
from kdviz.runs.store.history import epochs_by_network
from kdviz.runs.store.home import home
from kdviz.runs.store.run import WITH_ANSWER, Run
from kdviz.training.recipe import differences
from kdviz.ui.compare.run_selection import compared
from kdviz.ui.shell.frame import command, link
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets.drawings import chart
from kdviz.ui.widgets.page_links import DIGITS

FEW = 4
CURVES = ("loss", "validation")
CONTROLS = ("discord", "neighbour", "random")


def show_few_runs(runs: Sequence[Compared]) -> None:
    """The picker, and what is picked beside each other."""
    st.subheader(say("few runs"))
    ended = {run.id[:DIGITS]: run for run in runs if run.state in WITH_ANSWER}
    picked = [ended[each] for each in _pick(ended)]
    few = [each.run for each in picked]
    if len(few) < 2:
        st.caption(say("few runs hint"))
        return
    names = {run.id[:DIGITS]: named(run) for run in picked}
    curves = {names[r.folder.name[:DIGITS]]: epochs_by_network(r.events()).get("student", []) for r in few}
    for what, column in zip(CURVES, st.columns(2, gap="large"), strict=True):
        with column:
            chart(draw.overlaid(curves, what), f"few_{what}", f"{what}-by-epoch")
    _recipes(few, list(names.values()))
    if len(few) == 2:
        _two(picked)


def _pick(ended: Mapping[str, Compared]) -> list[str]:
    asked = [each for each in st.query_params.get("few", "").split(",") if each in ended][:FEW]
    first = asked or (list(ended) if 2 <= len(ended) <= FEW else [])
    if not set(st.session_state.get("few") or ()) <= set(ended) or "few" not in st.session_state:
        st.session_state["few"] = first
    picked: list[str] = st.multiselect(
        say("pick few"), list(ended), format_func=lambda each: named(ended[each]), key="few", max_selections=FEW,
        placeholder=say_plain("pick few hint"), label_visibility="collapsed",
    )  # fmt: skip
    if picked:
        st.query_params["few"] = ",".join(picked)
    else:
        st.query_params.pop("few", None)
    return picked


def named(run: Compared, data: bool = True) -> str:
    """A run in short; without its data where these go without saying."""
    own, of, mark = one_line(run.name), one_line(run.data, 24), run.id[:6]
    if own not in ("", one_line(run.data)):
        return own
    if not data:
        return say_plain("run called shorter", method=run.method, seed=run.seed, mark=mark)
    return say_plain("run called short", method=run.method, data=of, seed=run.seed, mark=mark)


def _recipes(few: Sequence[Run], names: Sequence[str]) -> None:
    rows = differences([run.recipe for run in few])
    st.markdown(say("recipes differ") if rows else say("recipes same"))
    if rows:
        frame = pd.DataFrame(
            [(name, *map(one_line, values)) for name, values in rows], columns=[say_plain("setting"), *_apart(names)]
        )
        st.dataframe(frame, hide_index=True, alt=say_plain("recipes alt"))


def _apart(names: Sequence[str]) -> list[str]:
    """Names as heads of columns, which must not be the same."""
    once = [name for name in names if names.count(name) == 1]
    numbered = [say_plain("numbered", name=name, place=place + 1) for place, name in enumerate(names)]
    return [name if name in once else longer for name, longer in zip(names, numbered, strict=True)]


def _two(few: Sequence[Compared]) -> None:
    found = compared(few, "").pair
    if found is None:
        return
    spread = too_few(found.units, found.unit).rstrip(".")
    if found.low is not None and found.high is not None:
        spread = say("spread", low=100 * found.low, high=100 * found.high, units=found.units, unit=found.unit)
    if found.p is not None:
        spread = say("spread and test", spread=spread, p=found.p)
    st.markdown(
        say(
            "two networks", series=found.series, one=found.only_first, other=found.only_second,
            points=100 * (found.value or 0.0), spread=spread,
        )
    )  # fmt: skip


def watched(run: Compared) -> bool:
    """Whether it watched a recording."""
    return bool(run.run.recipe.train_end)


def show_watches(runs: Sequence[Compared]) -> None:
    """Watches held against the marks of their recordings, once somebody asks: means over recordings, with intervals."""
    if not runs:
        st.info(say("no watches"), title=say("nothing to compare"))
        link("watch", say("page watch"))
        return
    st.caption(say("watches compared", runs=counted(len(runs), "finished run")))
    if not st.toggle(say("watches marks"), key="watches_marks", help=say("watches marks help")):
        return
    try:
        found = _means(str(home()), json.dumps([r.id for r in runs]), json.dumps([r.mark for r in runs]))
    except UserError as wrong:
        st.info(sentence(wrong), title=say("marks none"))
        return
    every = sorted(found.means, key=lambda m: (m.watch, -m.vus_pr))
    rows = [
        Bar(one_line(f"{m.score}: {m.watch}", 60), m.vus_pr, m.low, m.high,
            say_plain("watch mean says", score=m.score, watch=m.watch, mean=m.vus_pr, recordings=m.recordings),
            STUDENT if m.score not in CONTROLS else CONTROL)
        for m in every
    ]  # fmt: skip
    told = say_plain("watch means alt", best=rows[0].text)
    chart(intervals(rows, Axis("VUS-PR", min=0.0, max=1.0), told), "watch_means", "watches", say("watch means"))
    frame = {
        say_plain("watch kind"): [one_line(m.watch, 60) for m in every], say_plain("score"): [m.score for m in every],
        "VUS-PR": [round(m.vus_pr, 3) for m in every],
        say_plain("watch interval"): ["-" if m.low is None else f"{m.low:.3f} - {m.high:.3f}" for m in every],
        say_plain("watch recordings"): [m.recordings for m in every], say_plain("watch runs"): [m.runs for m in every],
    }  # fmt: skip
    st.dataframe(pd.DataFrame(frame), hide_index=True)
    few = any(m.low is None for m in every)
    st.markdown(say("watch means few", fewest=FEWEST) if few else say("watch means enough"))
    for each in found.left_out[:FEWEST]:
        st.caption(sentence(each))
    command("python -m kdviz judge " + " ".join(r.id[:DIGITS] for r in runs))


@st.cache_data(max_entries=8, show_spinner=say("spinner comparing"))
def _means(place: str, runs: str, marks: str) -> WatchMeans:
    return cache.looker().ask(WATCHES_COMPARED, runs=json.loads(runs))
